// SPDX-License-Identifier: MIT
// nurt/sync/signals.hpp: signals of the process as something to wait for.
#pragma once

#include <concepts>
#include <coroutine>
#include <cstdint>
#include <optional>
#include <utility>

#include "nurt/sync/parking_lot.hpp"

namespace nurt {

namespace detail {
class signal_box;
}

// Receives signals from its making to its end, whether somebody waits or not. Several of a kind that
// were not taken yet are one, but no kind is lost; of several kinds the lowest comes first. Each
// receiver gets each signal; of several tasks that wait on one, the first gets it. Moved, not
// copied. Source: trio's and anyio's open_signal_receiver; loop.add_signal_handler is asyncio's way.
//
//     auto signals = open_signal_receiver(SIGHUP, SIGTERM);
//     while (auto signal = co_await signals.next()) {
//         if (*signal == SIGTERM) break;
//         reload();
//     }
class signal_receiver {
public:
    class [[nodiscard]] next_awaitable final : public parked {
    public:
        explicit next_awaitable(detail::signal_box& box) noexcept;
        bool await_ready();
        void await_suspend(std::coroutine_handle<>) noexcept { park(); }
        std::optional<int> await_resume() const noexcept { return signal_; }

    private:
        friend class detail::signal_box;
        detail::signal_box& box_;
        std::optional<int> signal_;
    };

    signal_receiver(signal_receiver&& other) noexcept : box_(std::exchange(other.box_, nullptr)) {}
    signal_receiver& operator=(signal_receiver&& other) noexcept;
    ~signal_receiver();

    // The next signal; waits for it. Empty when the receiver was closed, or its loop.
    next_awaitable next() noexcept { return next_awaitable(*box_); }
    // A signal that has arrived already.
    std::optional<int> try_next() noexcept;

    // The signals do again what they did before. Who waits gets an empty optional.
    void close() noexcept;

private:
    template <class... Signals>
        requires(std::convertible_to<Signals, int> && ...)
    friend signal_receiver open_signal_receiver(Signals... signals);

    signal_receiver();
    void listen(int signal);

    detail::signal_box* box_;
};

// On the running loop. While it lives these signals do nothing else: SIGINT does not end run().
// usage_error for signals that cannot be caught.
template <class... Signals>
    requires(std::convertible_to<Signals, int> && ...)
signal_receiver open_signal_receiver(Signals... signals) {
    static_assert(sizeof...(Signals) > 0, "name the signals: open_signal_receiver(SIGTERM)");
    signal_receiver made;
    (made.listen(signals), ...);
    return made;
}

}  // namespace nurt
