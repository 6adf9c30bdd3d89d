// SPDX-License-Identifier: MIT
// nurt/http/connection_pool.hpp: who may connect to where, and which connections are kept.
//
// The book-keeping of http::client, without any HTTP. A connection that becomes free goes to the
// request that has waited longest; nobody overtakes. No step looks at all connections or at all
// requests, so ten thousand waiting requests cost what one costs.
#pragma once

#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/http/client_options.hpp"
#include "nurt/http/detail/client_connection.hpp"

#include <coroutine>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace nurt::http {

class connection_pool;

namespace detail {

class pool_wait;

// Scheme, host and port, and what there is of connections to them.
struct pool_origin {
    std::string name;                                     // "http://127.0.0.1:8000"
    intrusive_list<client_connection, origin_link> idle;  // the one used last is in front
    intrusive_list<pool_wait> waiting;
    std::uint32_t open = 0;  // connections and permissions to make one
    std::uint64_t turn = 0;  // its place among those that could connect, 0: it is not among them
};

// Waits for a connection, or for the permission to make one: then it gives null.
// Cancelling it gives the place up.
class pool_wait final : public leaf, public list_link {
public:
    pool_wait(connection_pool& pool, pool_origin& origin) noexcept : pool_(pool), origin_(origin) {}
    ~pool_wait();

    bool await_ready() const noexcept { return false; }
    void await_suspend(std::coroutine_handle<>) noexcept;
    connection_ptr await_resume();
    cancel_answer cancel() noexcept override;

private:
    friend class nurt::http::connection_pool;

    connection_pool& pool_;
    pool_origin& origin_;
    connection_ptr got_;
    std::uint64_t number_ = 0;  // in the order of arrival
    bool granted_ = false;      // and not yet taken
    bool refused_ = false;
};

}  // namespace detail

struct pool_statistics {
    std::uint32_t open = 0;  // connections, those being made included
    std::uint32_t idle = 0;
    std::uint32_t waiting = 0;  // requests
    std::uint32_t origins = 0;
};

// Invariants:
//  1. open of an origin is at most per_host, and the sum of all is open_.
//  2. Who waits does so because its origin is full, or because the pool is full and nobody is idle.
//  3. ready_ holds the origins of the second kind, by the number of their first waiter.
class connection_pool final : public detail::idle_listener {
public:
    explicit connection_pool(const pool_limits& limits)
        : limits_(limits), most_(limits.connections) {}
    connection_pool(const connection_pool&) = delete;
    connection_pool& operator=(const connection_pool&) = delete;
    ~connection_pool() { close(); }

    // A reference is valid until the next call, unless a connection or a permission is held.
    detail::pool_origin& origin(std::string_view name);

    // A kept connection, or null.
    detail::connection_ptr try_take(detail::pool_origin& origin) noexcept;
    // Permission to connect; has to end in give_up or in a connection that is given back.
    bool try_open(detail::pool_origin& origin, instant now) noexcept;
    detail::pool_wait wait(detail::pool_origin& origin) noexcept { return {*this, origin}; }

    void give_up(detail::pool_origin& origin) noexcept;
    void give_back(detail::connection_ptr c) noexcept;

    // Closes what is idle, of one origin or of all.
    void drop_idle(detail::pool_origin& origin) noexcept;
    void drop_idle() noexcept;
    // The process has no descriptor for another connection: for a while there are no more than the
    // others that are open. False if there are none.
    bool shrink(instant now) noexcept;

    // Waiting requests fail, idle connections are closed, others when they are given back.
    void close() noexcept;
    bool is_closed() const noexcept { return closed_; }

    pool_statistics statistics() const noexcept;

    void idle_ended(detail::client_connection& c) noexcept override;

private:
    friend class detail::pool_wait;

    struct text_hash {
        using is_transparent = void;
        std::size_t operator()(std::string_view text) const noexcept {
            return std::hash<std::string_view>()(text);
        }
    };

    void enqueue(detail::pool_wait& w) noexcept;
    void leave(detail::pool_wait& w) noexcept;
    void grant(detail::pool_wait& w, detail::connection_ptr c) noexcept;
    void grant_next() noexcept;
    void update(detail::pool_origin& origin) noexcept;
    void release(detail::pool_origin& origin) noexcept;
    void keep(detail::connection_ptr c) noexcept;
    detail::connection_ptr unkeep(detail::client_connection& c) noexcept;
    bool make_room() noexcept;

    pool_limits limits_;
    std::uint32_t most_;  // connections at the moment: limits_.connections unless it shrank
    instant shrunk_until_;
    std::uint32_t open_ = 0;
    std::uint32_t idle_ = 0;
    std::uint32_t waiting_ = 0;
    std::uint64_t numbers_ = 0;
    bool closed_ = false;
    std::unordered_map<std::string, detail::pool_origin, text_hash, std::equal_to<>> origins_;
    std::map<std::uint64_t, detail::pool_origin*> ready_;
    intrusive_list<detail::client_connection, detail::age_link> by_age_;  // idle ones, oldest first
};

}  // namespace nurt::http
