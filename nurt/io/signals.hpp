// SPDX-License-Identifier: MIT
// nurt/io/signals.hpp: who listens for which signals of the process.
//
// A signal belongs to the whole process and arrives on any of its threads. While somebody listens
// for it, one handler stands in the place of what was there before, tells everybody who listens, and
// does nothing else. Loops listen; programs use event_loop::add_signal_handler and
// nurt/sync/signals.hpp.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace nurt::io {

// Somebody who is told. May be used from any thread but not from signal handlers; after a fork()
// nobody listens in the child, where signals do again what they did before.
class signal_listener {
public:
    signal_listener(const signal_listener&) = delete;
    signal_listener& operator=(const signal_listener&) = delete;

    // From now on, and while it already listens for it nothing happens. usage_error for what is no
    // signal, cannot be caught, or tells of a mistake of the program (SIGSEGV and its like).
    void listen(int signal);
    // When it returns, raised() neither runs for this signal nor will. The last one who stops puts
    // back what was there before anybody listened.
    void stop_listening(int signal) noexcept;
    void stop_listening() noexcept;  // for all
    bool listens(int signal) const noexcept { return (signals_.load() & bit(signal)) != 0; }

    static constexpr std::uint64_t bit(int signal) noexcept {
        return signal >= 1 && signal <= 64 ? std::uint64_t{1} << (signal - 1) : 0;
    }

protected:
    signal_listener() = default;
    ~signal_listener() = default;  // has stopped listening

private:
    friend struct signal_table;
    // In the signal handler: only lock-free work and wake() are allowed.
    virtual void raised(int signal) noexcept = 0;

    std::atomic<std::uint64_t> signals_{0};
    std::atomic<signal_listener*> next_{nullptr};
};

// "SIGTERM", or "signal 35".
std::string signal_name(int signal);

}  // namespace nurt::io
