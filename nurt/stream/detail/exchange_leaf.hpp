// SPDX-License-Identifier: MIT
// nurt/stream/detail/exchange_leaf.hpp: a question and its answer, in one await.
//
// Both operations are submitted together where the stream lets a send join the wait for its answer
// (io/operation.hpp), and one after the other elsewhere. The result is the same: the question is
// written whole before a byte of the answer is taken, so the two memories may be the same.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <utility>

#include "nurt/core/leaf.hpp"
#include "nurt/io/operation.hpp"
#include "nurt/stream/detail/stream_state.hpp"

namespace nurt::detail {

class exchange_leaf final : public leaf {
public:
    exchange_leaf(stream_ref state, const void* from, std::size_t from_size, void* to,
                  std::size_t to_size) noexcept;

    bool await_ready();
    void await_suspend(std::coroutine_handle<>) noexcept;
    std::size_t await_resume();
    cancel_answer cancel() noexcept override;

private:
    struct question final : io::operation {
        explicit question(exchange_leaf& l) noexcept : owner(l) {}
        void complete() noexcept override { owner.asked(); }
        exchange_leaf& owner;
    };
    struct answer final : io::operation {
        explicit answer(exchange_leaf& l) noexcept : owner(l) {}
        void complete() noexcept override { owner.answered(); }
        exchange_leaf& owner;
    };

    bool ask();
    bool answer_now();
    bool answer_without_stream() noexcept;
    bool advance() noexcept;
    void asked() noexcept;
    void answer_next() noexcept;
    void answered() noexcept;
    void finish() noexcept;
    [[noreturn]] void fail(const char* attempt, std::int64_t result) const;

    stream_ref state_;
    question question_;
    answer answer_;
    std::size_t written_ = 0;
    bool has_answer_ = false;    // or the error instead of it
    bool done_ = false;          // has its result, and only lets others run
    bool cancel_asked_ = false;  // and could not be unhooked
};

}  // namespace nurt::detail
