// SPDX-License-Identifier: MIT
// nurt/sync/channel.hpp: a way for items from senders to receivers.
//
// Unlike a queue it ends by itself: when the last sender has closed, receivers get what is left and
// then nothing; when the last receiver has closed, senders get an error instead of waiting for
// ever. Each end is closed by its destructor, so a producer that dies ends its consumer's loop.
#pragma once

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>

#include "nurt/sync/detail/exchange.hpp"
#include "nurt/sync/detail/fifo_store.hpp"
#include "nurt/sync/errors.hpp"
#include "nurt/sync/parking_lot.hpp"

namespace nurt {

struct channel_statistics {
    std::size_t buffered;
    std::size_t capacity;
    std::size_t open_senders;
    std::size_t open_receivers;
    std::size_t senders_waiting;
    std::size_t receivers_waiting;
};

namespace detail {
template <class T>
class channel_state;
template <class T>
class channel_ref;
}  // namespace detail

template <class T>
class receive_channel;

// The sending end: moved, not copied; clone() makes another. Closed when it is destroyed.
//
// What is on its way is delivered: closing an end does not disturb a send that waits.
template <class T>
class send_channel {
public:
    class sending;

    send_channel(send_channel&& other) noexcept = default;
    send_channel& operator=(send_channel&& other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~send_channel() { close(); }

    // co_await s.send(item): waits until there is room or, with capacity 0, a receiver. Throws
    // broken_resource_error when no receiver is left, closed_resource_error when this end is
    // closed.
    [[nodiscard]] sending send(T item);
    // Throws would_block besides.
    void send_nowait(T item);
    // False if it would have to wait, or no receiver is left; moved from only when true.
    bool try_send(T&& item);

    send_channel clone() const;
    // May be repeated. With the last of its kind the receivers' loops end.
    void close() noexcept;
    bool is_open() const noexcept { return static_cast<bool>(state_); }
    channel_statistics statistics() const { return state_.checked().statistics(); }

private:
    template <class U>
    friend std::pair<send_channel<U>, receive_channel<U>> open_channel(std::size_t);
    explicit send_channel(detail::channel_ref<T>&& state) noexcept : state_(std::move(state)) {}

    detail::channel_ref<T> state_;
};

// The receiving end: moved, not copied; clone() makes another, each item goes to one of them.
template <class T>
class receive_channel {
public:
    class receiving;

    receive_channel(receive_channel&& other) noexcept = default;
    receive_channel& operator=(receive_channel&& other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~receive_channel() { close(); }

    // while (auto item = co_await r.receive()): an empty optional when every sender has closed and
    // all is received. Throws closed_resource_error when this end is closed, or the last receiver
    // is closed meanwhile. One that was cancelled has taken nothing.
    [[nodiscard]] receiving receive();
    // Throws would_block when there is nothing yet.
    std::optional<T> receive_nowait();
    // Empty also when there is nothing yet.
    std::optional<T> try_receive();

    receive_channel clone() const;
    // May be repeated. With the last of its kind what is buffered is dropped.
    void close() noexcept;
    bool is_open() const noexcept { return static_cast<bool>(state_); }
    channel_statistics statistics() const { return state_.checked().statistics(); }

private:
    template <class U>
    friend std::pair<send_channel<U>, receive_channel<U>> open_channel(std::size_t);
    explicit receive_channel(detail::channel_ref<T>&& state) noexcept : state_(std::move(state)) {}

    detail::channel_ref<T> state_;
};

// capacity: how many items may lie between the ends; 0 makes send and receive meet.
//     auto [sender, receiver] = nurt::open_channel<int>(0);
// Source: the memory channels of Python's trio.
template <class T>
std::pair<send_channel<T>, receive_channel<T>> open_channel(std::size_t capacity = 0);

// Implementation

namespace detail {

template <class T>
class channel_state : public exchange<T, fifo_store<T>> {
public:
    using exchange<T, fifo_store<T>>::exchange;

    channel_statistics statistics() const noexcept {
        return {this->store.size(), this->capacity,      open_senders,
                open_receivers,     this->givers.size(), this->takers.size()};
    }
    bool offer(T& item) {
        if (open_receivers == 0) throw_no_receiver();
        return this->give(item);
    }
    std::optional<T> try_take() {
        if (!this->can_take()) return std::nullopt;
        return std::optional<T>(this->take());
    }

    std::size_t references = 0;  // ends and those who wait
    std::size_t open_senders = 0;
    std::size_t open_receivers = 0;
};

// Shared ownership of the state, for one thread.
template <class T>
class channel_ref {
public:
    channel_ref() = default;
    explicit channel_ref(channel_state<T>* s) noexcept : state_(s) { ++s->references; }
    channel_ref(const channel_ref& other) noexcept : channel_ref(other.state_) {}
    channel_ref(channel_ref&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
    channel_ref& operator=(channel_ref&& other) noexcept {
        std::swap(state_, other.state_);
        return *this;
    }
    ~channel_ref() {
        if (state_ != nullptr && --state_->references == 0) delete state_;
    }

    explicit operator bool() const noexcept { return state_ != nullptr; }
    channel_state<T>* operator->() const noexcept { return state_; }
    channel_state<T>& checked() const {
        if (state_ == nullptr) throw_channel_closed();
        return *state_;
    }
    channel_ref copy() const { return channel_ref(&checked()); }

private:
    channel_state<T>* state_ = nullptr;
};

}  // namespace detail

template <class T>
class send_channel<T>::sending final : public detail::giver<T> {
public:
    sending(detail::channel_ref<T>&& state, T&& what) noexcept
        : detail::giver<T>(state->givers, std::move(what)), state_(std::move(state)) {}
    bool await_ready() { return state_->offer(this->item); }
    void await_suspend(std::coroutine_handle<>) noexcept { this->park(); }
    void await_resume() const {
        if (this->refused) detail::throw_no_receiver();
    }

private:
    detail::channel_ref<T> state_;
};

template <class T>
class receive_channel<T>::receiving final : public detail::taker<T> {
public:
    explicit receiving(detail::channel_ref<T>&& state) noexcept
        : detail::taker<T>(state->takers), state_(std::move(state)) {}
    bool await_ready() const noexcept { return state_->can_take() || state_->open_senders == 0; }
    void await_suspend(std::coroutine_handle<>) noexcept { this->park(); }
    std::optional<T> await_resume() {
        if (this->item) return std::move(this->item);
        if (state_->open_receivers == 0) detail::throw_channel_closed();
        return state_->try_take();
    }

private:
    detail::channel_ref<T> state_;
};

template <class T>
typename send_channel<T>::sending send_channel<T>::send(T item) {
    return sending(state_.copy(), std::move(item));
}

template <class T>
void send_channel<T>::send_nowait(T item) {
    if (!state_.checked().offer(item)) detail::throw_would_block("send: the channel is full");
}

template <class T>
bool send_channel<T>::try_send(T&& item) {
    auto& state = state_.checked();
    return state.open_receivers != 0 && state.give(item);
}

template <class T>
send_channel<T> send_channel<T>::clone() const {
    auto state = state_.copy();
    ++state->open_senders;
    return send_channel(std::move(state));
}

template <class T>
void send_channel<T>::close() noexcept {
    const detail::channel_ref<T> state = std::move(state_);
    if (state && --state->open_senders == 0) {
        state->takers.unpark_all();
    }
}

template <class T>
typename receive_channel<T>::receiving receive_channel<T>::receive() {
    return receiving(state_.copy());
}

template <class T>
std::optional<T> receive_channel<T>::receive_nowait() {
    auto& state = state_.checked();
    if (!state.can_take() && state.open_senders != 0) {
        detail::throw_would_block("receive: the channel is empty");
    }
    return state.try_take();
}

template <class T>
std::optional<T> receive_channel<T>::try_receive() {
    return state_.checked().try_take();
}

template <class T>
receive_channel<T> receive_channel<T>::clone() const {
    auto state = state_.copy();
    ++state->open_receivers;
    return receive_channel(std::move(state));
}

template <class T>
void receive_channel<T>::close() noexcept {
    const detail::channel_ref<T> state = std::move(state_);
    if (state && --state->open_receivers == 0) {
        state->refuse_givers();
        state->takers.unpark_all();
        state->store.clear();
    }
}

template <class T>
std::pair<send_channel<T>, receive_channel<T>> open_channel(std::size_t capacity) {
    detail::channel_ref<T> state(new detail::channel_state<T>(capacity));
    state->open_senders = state->open_receivers = 1;
    detail::channel_ref<T> second = state.copy();
    return {send_channel<T>(std::move(state)), receive_channel<T>(std::move(second))};
}

}  // namespace nurt
