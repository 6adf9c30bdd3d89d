// SPDX-License-Identifier: MIT
// nurt/net/detail/datagram_state.cpp: see the header.
#include "nurt/net/detail/datagram_state.hpp"

#include "nurt/base/error.hpp"
#include "nurt/net/address.hpp"
#include "nurt/net/unix_address.hpp"

#include <cerrno>
#include <string>
#include <utility>

namespace nurt::detail {

namespace {

// After a receive that looked in vain some wait without looking, more each time up to so many: in
// question and answer nothing is there yet, and the call would be for nothing. Under load looking
// pays, and goes on.
constexpr unsigned most_patience = 15;

// A Unix socket may say that it is writable while the one it sends to is full, and nothing says when
// that ends.
constexpr duration retry_pause = duration::nanoseconds(1'000'000);

std::string text_of(const io::endpoint& e) {
    if (const auto ip = socket_address::from(e)) {
        return ip->to_string();
    }
    const auto name = unix_address::from(e);
    return name && !name->is_unnamed() ? name->to_string() : std::string("a datagram socket");
}

}  // namespace

bool datagram_leaf::await_ready() {
    if (!state_ || state_->channel == nullptr) {
        throw usage_error("the socket is closed");
    }
    datagram_side& side = sends_ ? state_->sending : state_->receiving;
    if (side.anybody_waits()) {
        return false;
    }
    if (!sends_ && state_->waits_without_looking != 0) {
        --state_->waits_without_looking;
        return false;
    }
    const bool found = attempt();
    if (!sends_) {
        state_->looked(found, most_patience);
    }
    if (!found) {
        return false;
    }
    done_ = !state_->loop.spend_budget();
    return !done_;
}

void datagram_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    if (done_) {
        leaf::complete();
        return;
    }
    (sends_ ? state_->sending : state_->receiving).enter(*this);
}

cancel_answer datagram_leaf::cancel() noexcept {
    if (!linked()) {
        return cancel_answer::later;  // it has its result
    }
    (sends_ ? state_->sending : state_->receiving).leave(*this);
    return cancel_answer::done;
}

bool datagram_leaf::attempt() noexcept {
    return sends_ ? attempt_send() : attempt_receive();
}

bool datagram_leaf::attempt_receive() noexcept {
    if (count_ == 0) {
        return attempt_call();
    }
    if (state_->failure != 0) [[unlikely]] {
        result_ = std::exchange(state_->failure, 0);
        return true;
    }
    const std::size_t few = state_->expected < count_ ? state_->expected : count_;
    result_ = state_->io.receive_datagrams(*state_->channel, first_, few);
    if (count_ > 1 && result_ > 0) {
        receive_rest(few);
    }
    return result_ != -EAGAIN;
}

// The first slots of a batch are filled as far as something was there. If all of them are, there may
// be more; an error comes with the next receive then, since the kernel tells it only once.
void datagram_leaf::receive_rest(std::size_t few) noexcept {
    auto got = static_cast<std::size_t>(result_);
    if (got == few && few < count_) {
        const int more = state_->io.receive_datagrams(*state_->channel, first_ + few, count_ - few);
        got += more > 0 ? static_cast<std::size_t>(more) : 0;
        state_->failure = more < 0 && more != -EAGAIN ? more : 0;
    }
    if (got < count_) {
        state_->waits_without_looking = state_->failure != 0 ? 0 : 1;  // that was all
    }
    state_->expect(got);
    result_ = static_cast<std::int64_t>(got);
}

bool datagram_leaf::attempt_call() noexcept {
    result_ = call(state_->channel->descriptor());
    return result_ != -EAGAIN && !(sends_ && result_ == -ENOBUFS);
}

bool datagram_leaf::attempt_send() noexcept {
    if (count_ == 0) {
        return attempt_call();
    }
    while (sent_ < count_) {
        const int taken =
            state_->io.send_datagrams(*state_->channel, first_ + sent_, count_ - sent_);
        if (taken == -EAGAIN || taken == -ENOBUFS) {
            return false;
        }
        if (taken < 0) {
            result_ = sent_ != 0 ? static_cast<std::int64_t>(sent_) : taken;
            return true;
        }
        sent_ += static_cast<std::size_t>(taken);
    }
    result_ = static_cast<std::int64_t>(sent_);
    return true;
}

void datagram_leaf::fail() const {
    const int code = static_cast<int>(-result_);
    if (state_->channel == nullptr) {
        throw os_error(code, sends_ ? "send a datagram" : "receive a datagram");
    }
    io::endpoint peer = state_->io.peer_address(*state_->channel);
    if (sends_ && first_->address.size != 0) {
        peer = first_->address;
    }
    if (peer.size != 0) {
        throw os_error(code, (sends_ ? "send to " : "receive from ") + text_of(peer));
    }
    const std::string own = text_of(state_->io.local_address(*state_->channel));
    throw os_error(code, sends_ ? "send without a peer from " + own : "receive at " + own);
}

void datagram_side::enter(datagram_leaf& l) noexcept {
    line_.push_back(l);
    if (!in_flight && !armed()) {
        submit();
    }
}

void datagram_side::leave(datagram_leaf& l) noexcept {
    l.unlink();
    if (line_.empty()) {
        stop();
    }
}

void datagram_side::submit() noexcept {
    keep_ = state_.shared_from_this();
    state_.io.submit(*this);
}

void datagram_side::end_timer() noexcept {
    if (armed()) {
        state_.loop.timers().remove(*this);
        keep_.reset();
    }
}

// Nobody waits any more; whoever left holds the state.
void datagram_side::stop() noexcept {
    end_timer();
    if (in_flight && state_.io.cancel(*this)) {
        keep_.reset();
    }
}

void datagram_side::end_all(std::int64_t how) noexcept {
    while (datagram_leaf* l = line_.pop_front()) {
        l->finish(how);
    }
}

void datagram_side::serve() noexcept {
    while (datagram_leaf* l = line_.front()) {
        if (!l->attempt()) {
            return;
        }
        l->unlink();
        l->finish();
    }
}

void datagram_side::complete() noexcept {
    const std::shared_ptr<datagram_state> alive = std::move(keep_);
    if (result < 0) {
        end_all(result);
        return;
    }
    datagram_leaf* const first = line_.front();
    serve();
    if (line_.empty()) {
        return;
    }
    if (code == io::opcode::wait_writable && line_.front() == first) {
        retry_later();
    } else {
        submit();
    }
}

void datagram_side::retry_later() noexcept {
    try {
        state_.loop.timers().add(*this, state_.loop.time() + retry_pause);
        keep_ = state_.shared_from_this();
    } catch (...) {
        end_all(-ENOMEM);
    }
}

void datagram_side::expire() noexcept {
    const std::shared_ptr<datagram_state> alive = std::move(keep_);
    serve();
    if (!line_.empty()) {
        retry_later();
    }
}

void datagram_state::close() noexcept {
    if (channel == nullptr) {
        return;
    }
    file.remove();
    const auto alive = shared_from_this();
    io.close(*std::exchange(channel, nullptr), io::closing::flush);
    for (datagram_side* side : {&receiving, &sending}) {
        side->end_all(-ECANCELED);
        side->end_timer();
    }
}

std::unique_ptr<char[]> datagram_state::take_memory() {
    return memory ? std::move(memory) : std::make_unique_for_overwrite<char[]>(memory_size);
}

}  // namespace nurt::detail
