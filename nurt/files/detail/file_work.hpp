// SPDX-License-Identifier: MIT
// nurt/files/detail/file_work.hpp: one request about a file, made wherever that does not block.
//
// The loop's backend takes it if it can (io_uring); otherwise a thread makes the system call. Either
// way the request and its memory stay until the result, so a cancelled wait goes on until then too:
// at once if the request had not begun, and requests that have begun end by themselves.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "nurt/core/leaf.hpp"
#include "nurt/io/file_request.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/threads/detail/posted.hpp"

namespace nurt::files::detail {

using io::file_call;

// Makes the system call on this thread. What the call gave, or -errno.
std::int64_t perform(const io::file_request& r) noexcept;

class file_work : public io::file_request, public executor::job, public ready_node {
protected:
    file_work() = default;
    ~file_work() = default;

    // Throws when there is neither a backend nor a thread that takes it; it has not begun then.
    void start();
    // Blocks the loop rather than fail.
    void start_anyway() noexcept;
    // True: it has not begun, and ended() will not be called.
    bool withdraw() noexcept;
    // The result is there. From the loop's thread; it may start again.
    virtual void ended() noexcept = 0;

    bool was_cancelled() const noexcept;

    bool cancel_asked_ = false;

private:
    void complete() noexcept final;
    void call() noexcept final { result = perform(*this); }
    void deliver() noexcept final;
    void run() noexcept final { ended(); }

    nurt::detail::posted posted_;
    bool is_posted_ = false;  // else the backend has it
};

// A task waits for one request; gives its result, also when that is -errno.
class file_leaf final : public leaf, public file_work {
public:
    explicit file_leaf(file_call code, int on = -1) noexcept {
        what = code;
        descriptor = on;
    }
    // The path has to stay. A relative one begins at the working directory.
    file_leaf(file_call code, const std::string& name) noexcept;

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) { start(); }
    std::int64_t await_resume() const noexcept { return result; }
    cancel_answer cancel() noexcept override;

private:
    void ended() noexcept override;
};

// Throws std::invalid_argument for a path that the kernel would cut short.
void check_path(const std::string& path);

// "open /etc/shadow: Permission denied"
[[noreturn]] void fail(std::int64_t result, std::string_view call, std::string_view name);

inline std::size_t checked(std::int64_t result, std::string_view call, std::string_view name) {
    if (result < 0) [[unlikely]] {
        fail(result, call, name);
    }
    return static_cast<std::size_t>(result);
}

}  // namespace nurt::files::detail
