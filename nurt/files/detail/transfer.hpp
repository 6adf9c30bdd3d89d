// SPDX-License-Identifier: MIT
// nurt/files/detail/transfer.hpp: bytes between memory and a place in a file.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "nurt/files/detail/file_state.hpp"
#include "nurt/files/detail/file_work.hpp"

namespace nurt::files::detail {

// As the kernel counts; os_error(EINVAL) for what it would take for something else.
std::int64_t offset_in(const file_state& s, std::uint64_t offset);

// Reads once, or writes until all is written; at -1 is where the descriptor stands. A plain object in the frame of who waits.
class transfer final : public leaf, public file_work {
public:
    transfer(std::shared_ptr<file_state> s, file_call code, void* memory, std::size_t bytes,
             std::int64_t at) noexcept
        : state_(std::move(s)) {
        what = code;
        descriptor = state_->descriptor;
        data = memory;
        size = bytes;
        offset = at;
    }

    bool await_ready() const noexcept { return size == 0; }
    void await_suspend(std::coroutine_handle<>) { start(); }
    std::size_t await_resume() const {
        if (result < 0) [[unlikely]] {
            throw_failure();
        }
        return done_;
    }
    cancel_answer cancel() noexcept override;

private:
    void ended() noexcept override;
    [[noreturn]] void throw_failure() const;

    std::shared_ptr<file_state> state_;
    std::size_t done_ = 0;
};

}  // namespace nurt::files::detail
