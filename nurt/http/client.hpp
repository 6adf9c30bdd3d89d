// SPDX-License-Identifier: MIT
// nurt/http/client.hpp: requests to servers, many at once, over connections that are kept.
//
//     http::client client;
//     auto r = co_await client.get("http://127.0.0.1:8000/get").param("q", "c++").timeout(2s);
//     r.raise_for_status();
//     auto [a, b] = co_await gather(client.get(first), client.get(second));
//
// https servers have to show a certificate for their name that the machine trusts, or whom
// client_options::tls says; a client remembers their sessions. A redirect from https to http is
// refused. For plain code without a loop there is nurt/http/blocking.hpp.
#pragma once

#include "nurt/core/coro.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/task.hpp"
#include "nurt/http/client_options.hpp"
#include "nurt/http/connection_pool.hpp"
#include "nurt/http/response.hpp"

#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace nurt::http {

namespace detail {
class client_call;
class client_core;
}  // namespace detail

// A request that is being described; awaiting it sends it, once, and gives the response with its
// whole body. Moved, not copied.
//
// Fails with an exception of the tree in nurt/http/errors.hpp, which names method and URL. A status
// such as 404 is an answer, not an error: see response::raise_for_status. Cancelling it closes its
// connection. It is repeated by itself in one case: the connection was a kept one, no byte of an
// answer came back and the method is idempotent.
class [[nodiscard("a request is sent when it is awaited")]] client_request final
    : public detail::content_words<client_request> {
public:
    client_request(std::shared_ptr<detail::client_core> core, std::string_view method,
                   std::string_view url);
    client_request(client_request&&) noexcept = default;
    client_request& operator=(client_request&&) noexcept = default;

    // For wait_for, task_group and whatever else wants a coroutine.
    coro<response> send();
    coro<response> operator co_await() { return send(); }

    detail::request_data& words();

private:
    friend class client;

    std::shared_ptr<detail::client_core> core_;
    std::unique_ptr<detail::request_data> data_;  // null: it was sent
};

// A response whose body is still to come. Moved, not copied. Destroying it before the end closes the
// connection. Timeouts hold as for any request, the one for the whole included.
class response_stream {
public:
    response_stream(response_stream&&) noexcept;
    response_stream& operator=(response_stream&&) noexcept;
    ~response_stream();

    // What came before the body; text() is empty.
    const response& head() const noexcept { return head_; }
    int status() const noexcept { return head_.status(); }
    headers_view headers() const noexcept { return head_.headers(); }

    // The next piece, never empty; nothing at the end.
    coro<std::optional<std::string>> read();
    // The rest in one piece.
    coro<std::string> read_all();

private:
    friend class client;

    response_stream(std::unique_ptr<detail::client_call> call, response head) noexcept;

    std::unique_ptr<detail::client_call> call_;
    response head_;
};

// Connections and what all requests have in common. Moved, not copied. Belongs to the loop in which
// it is first used; while connections are open, using it in another one is usage_error.
//
// Its end, or close(), closes the connections that nobody uses. Requests that have a connection go on
// to their end; those that wait for one, and later ones, fail with usage_error.
// Python: httpx.AsyncClient.
class client {
public:
    client();
    explicit client(client_options options);
    client(client&&) noexcept = default;
    client& operator=(client&& other) noexcept;
    ~client() { close(); }

    // An absolute http or https URL, or with a base_url a path such as "/get". invalid_url if it is
    // neither, when the request is awaited.
    client_request get(std::string_view url) { return request("GET", url); }
    client_request head(std::string_view url) { return request("HEAD", url); }
    client_request post(std::string_view url) { return request("POST", url); }
    client_request put(std::string_view url) { return request("PUT", url); }
    client_request patch(std::string_view url) { return request("PATCH", url); }
    client_request del(std::string_view url) { return request("DELETE", url); }
    client_request options(std::string_view url) { return request("OPTIONS", url); }
    client_request request(std::string_view method, std::string_view url);

    // Sends the request and gives the answer as soon as its head is there:
    //
    //     auto r = co_await client.stream(client.get(url));
    //     while (auto piece = co_await r.read()) use(*piece);
    coro<response_stream> stream(client_request what);
    coro<response_stream> stream(std::string_view method, std::string_view url);

    void close() noexcept;
    pool_statistics statistics() const;

private:
    std::shared_ptr<detail::client_core> core_;
};

}  // namespace nurt::http
