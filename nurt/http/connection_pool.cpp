// SPDX-License-Identifier: MIT
// nurt/http/connection_pool.cpp: see the header.
#include "nurt/http/connection_pool.hpp"

#include "nurt/base/error.hpp"

#include <utility>

namespace nurt::http {

using detail::client_connection;
using detail::connection_ptr;
using detail::pool_origin;
using detail::pool_wait;

namespace {

// How long a pool keeps to what the process's descriptors allowed.
constexpr duration shrunk_for = seconds(10);

}  // namespace

detail::pool_wait::~pool_wait() {
    if (!granted_) return;
    // The task that waited was destroyed before it could take what it had got.
    if (got_) {
        pool_.give_back(std::move(got_));
    } else {
        pool_.give_up(origin_);
    }
}

void detail::pool_wait::await_suspend(std::coroutine_handle<>) noexcept {
    pool_.enqueue(*this);
}

connection_ptr detail::pool_wait::await_resume() {
    granted_ = false;
    if (refused_) throw usage_error("the http::client is closed");
    return std::move(got_);
}

cancel_answer detail::pool_wait::cancel() noexcept {
    pool_.leave(*this);
    return cancel_answer::done;
}

pool_origin& connection_pool::origin(std::string_view name) {
    const auto found = origins_.find(name);
    if (found != origins_.end()) return found->second;
    pool_origin& made = origins_.try_emplace(std::string(name)).first->second;
    made.name = name;
    return made;
}

// Taking.

connection_ptr connection_pool::try_take(pool_origin& o) noexcept {
    if (!o.waiting.empty()) return nullptr;
    while (client_connection* c = o.idle.front()) {
        connection_ptr taken = unkeep(*c);
        if (taken->wake()) return taken;
        --open_;
        --o.open;
        grant_next();  // that one was over, and others may have waited for its place
    }
    return nullptr;
}

bool connection_pool::try_open(pool_origin& o, instant now) noexcept {
    if (most_ != limits_.connections && now >= shrunk_until_) {
        most_ = limits_.connections;
        grant_next();
    }
    if (closed_ || !o.waiting.empty() || o.open >= limits_.per_host || !ready_.empty()) {
        return false;
    }
    if (open_ >= most_ && !make_room()) return false;
    ++open_;
    ++o.open;
    return true;
}

// The connection that was idle longest makes room for one to somewhere else.
bool connection_pool::make_room() noexcept {
    client_connection* oldest = by_age_.front();
    if (oldest == nullptr || open_ > most_) return false;
    pool_origin& o = oldest->origin();
    unkeep(*oldest).reset();
    --open_;
    --o.open;
    release(o);
    return true;
}

// Giving back.

void connection_pool::give_up(pool_origin& o) noexcept {
    --open_;
    --o.open;
    release(o);
    grant_next();
}

void connection_pool::give_back(connection_ptr c) noexcept {
    pool_origin& o = c->origin();
    pool_wait* first = o.waiting.front();
    const bool others_first =
        !ready_.empty() && (first == nullptr || ready_.begin()->first < first->number_);
    if (closed_ || !c->reusable() || others_first || open_ > most_ || !c->quiet()) {
        c.reset();
        give_up(o);
    } else if (first != nullptr) {
        grant(*first, std::move(c));
        update(o);
    } else {
        keep(std::move(c));
    }
}

void connection_pool::keep(connection_ptr c) noexcept {
    client_connection& kept = *c.release();
    kept.origin().idle.push_front(kept);
    by_age_.push_back(kept);
    ++idle_;
    kept.rest(limits_.idle, *this);
}

connection_ptr connection_pool::unkeep(client_connection& c) noexcept {
    static_cast<detail::origin_link&>(c).unlink();
    static_cast<detail::age_link&>(c).unlink();
    --idle_;
    return connection_ptr(&c);
}

void connection_pool::idle_ended(client_connection& c) noexcept {
    pool_origin& o = c.origin();
    unkeep(c).reset();
    give_up(o);
}

void connection_pool::drop_idle(pool_origin& o) noexcept {
    for (client_connection* c = o.idle.front(); c != nullptr;) {
        client_connection* const following = o.idle.next(*c);  // null: o may be gone after this
        idle_ended(*c);
        c = following;
    }
}

void connection_pool::drop_idle() noexcept {
    while (client_connection* c = by_age_.front()) {
        idle_ended(*c);
    }
}

bool connection_pool::shrink(instant now) noexcept {
    if (open_ <= 1) return false;
    most_ = open_ - 1;
    shrunk_until_ = now + shrunk_for;
    return true;
}

void connection_pool::close() noexcept {
    closed_ = true;
    for (auto& [name, o] : origins_) {
        while (pool_wait* w = o.waiting.front()) {
            w->refused_ = true;
            leave(*w);
            w->complete();
        }
    }
    drop_idle();
}

// Waiting.

void connection_pool::enqueue(pool_wait& w) noexcept {
    w.number_ = ++numbers_;
    w.origin_.waiting.push_back(w);
    ++waiting_;
    update(w.origin_);
}

void connection_pool::leave(pool_wait& w) noexcept {
    static_cast<list_link&>(w).unlink();
    --waiting_;
    update(w.origin_);
}

void connection_pool::grant(pool_wait& w, connection_ptr c) noexcept {
    static_cast<list_link&>(w).unlink();
    --waiting_;
    w.got_ = std::move(c);
    w.granted_ = true;
    w.complete();
}

// Gives free places to those who have waited longest.
void connection_pool::grant_next() noexcept {
    while (!ready_.empty() && (open_ < most_ || make_room())) {
        pool_origin& o = *ready_.begin()->second;
        ++open_;
        ++o.open;
        grant(*o.waiting.front(), nullptr);
        update(o);
    }
}

// Keeps invariant 3 after a change of the waiters or of open.
void connection_pool::update(pool_origin& o) noexcept {
    const pool_wait* first = o.waiting.front();
    const std::uint64_t turn = first != nullptr && o.open < limits_.per_host ? first->number_ : 0;
    if (turn == o.turn) return;
    if (o.turn != 0) ready_.erase(o.turn);
    o.turn = turn;
    if (turn != 0) ready_.emplace(turn, &o);
}

// One connection less. An origin that nobody uses is forgotten.
void connection_pool::release(pool_origin& o) noexcept {
    update(o);
    if (o.open == 0 && o.waiting.empty()) {
        origins_.erase(origins_.find(std::string_view(o.name)));
    }
}

pool_statistics connection_pool::statistics() const noexcept {
    return {.open = open_,
            .idle = idle_,
            .waiting = waiting_,
            .origins = static_cast<std::uint32_t>(origins_.size())};
}

}  // namespace nurt::http
