// SPDX-License-Identifier: MIT
// nurt/http/client_options.hpp: what can be said about a request, and about all requests of a client.
//
// Both are said in the same words, one after another:
//
//     http::client client(http::client_options().base_url("http://127.0.0.1:8000").timeout(5s));
//     co_await client.get("/search").param("q", "c++").header("Accept", "application/json");
//
// Text that cannot be sent (a line end in a header, above all) is refused where it is given, with
// invalid_header or invalid_url, before anything goes out.
#pragma once

#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/http/headers.hpp"
#include "nurt/json/value.hpp"
#include "nurt/tls/context.hpp"

#include <charconv>
#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace nurt::http {

class client_transport;
class response;

// How long each phase of a request may take; duration::max() is no limit. Each has an exception of
// its own. The defaults are for programs that nobody watches: a dead server is noticed after seconds,
// a dead transfer after a minute, and no request lives for ever. A timeout around the request ends it as
// well, whatever it is doing, with a timeout_error that is none of these.
struct client_timeouts {
    duration connect = seconds(10);   // name and connection, and as long for TLS: connect_timeout
    duration head = seconds(30);      // until the answer's head is there: read_timeout
    duration read = seconds(60);      // between two pieces of the body: read_timeout
    duration write = seconds(60);     // until the server takes the next piece: write_timeout
    duration pool = duration::max();  // waiting for a free connection: pool_timeout
    duration total = seconds(300);    // all of it, redirects included: total_timeout
};

// How many connections a client keeps, and how long it keeps one that nobody uses. Requests above
// the limits wait for their turn, first come first served.
struct pool_limits {
    std::uint32_t connections = 100;
    std::uint32_t per_host = 10;  // for each scheme, host and port
    duration idle = seconds(30);
};

namespace detail {

class client_core;

// What the builders below write into.
struct request_data {
    static constexpr std::uint64_t no_limit = UINT64_MAX;

    std::string method = "GET";
    std::string url;
    std::string params;  // encoded
    headers fields;
    std::string body;
    bool has_body = false;
    bool has_timeouts = false;
    client_timeouts limits;
    int redirects = -1;  // -1: as the client says
    std::uint64_t body_limit = no_limit;

    void add_param(std::string_view name, std::string_view value);
    void set_header(std::string_view name, std::string_view value);
    void set_json(const nurt::json::value& what);
    void set_form(std::string_view name, std::string_view value);
    void set_content(std::string bytes, std::string_view type);
    void set_basic_auth(std::string_view user, std::string_view password);
    void set_bearer(std::string_view token);
    client_timeouts& own_limits() noexcept;
};

// The words, for whatever Self is. Those called on a temporary give it on, so that a whole chain can
// be awaited or returned.
template <class Self>
class request_words {
public:
    // Appends to the query: ?name=value, encoded.
    Self& param(std::string_view name, std::string_view value) & {
        data().add_param(name, value);
        return self();
    }
    template <std::integral T>
    Self& param(std::string_view name, T number) & {
        char digits[24];
        const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
        return param(name, std::string_view(digits, static_cast<std::size_t>(end - digits)));
    }
    // Sets a field of the head, instead of the client's own and of one set before. Content-Length
    // and Transfer-Encoding are the client's business: invalid_header.
    Self& header(std::string_view name, std::string_view value) & {
        data().set_header(name, value);
        return self();
    }
    // Authorization: Basic and Bearer. A redirect to another origin does not take them along.
    Self& basic_auth(std::string_view user, std::string_view password) & {
        data().set_basic_auth(user, password);
        return self();
    }
    Self& bearer(std::string_view token) & {
        data().set_bearer(token);
        return self();
    }
    // Replaces every limit; timeout() only the one on the whole request.
    Self& timeouts(const client_timeouts& limits) & {
        data().own_limits() = limits;
        return self();
    }
    Self& timeout(duration total) & {
        data().own_limits().total = total;
        return self();
    }
    // Follows up to so many redirects; 0, the default, gives a 3xx as the answer that it is.
    Self& follow_redirects(int most = 20) & {
        data().redirects = most;
        return self();
    }
    // A longer body of the answer is an error (read_error); there is no limit unless this is called.
    Self& body_limit(std::uint64_t bytes) & {
        data().body_limit = bytes;
        return self();
    }

    template <class T>
    Self&& param(std::string_view name, const T& value) && {
        return std::move(param(name, value));
    }
    Self&& header(std::string_view name, std::string_view value) && {
        return std::move(header(name, value));
    }
    Self&& basic_auth(std::string_view user, std::string_view password) && {
        return std::move(basic_auth(user, password));
    }
    Self&& bearer(std::string_view token) && { return std::move(bearer(token)); }
    Self&& timeouts(const client_timeouts& limits) && { return std::move(timeouts(limits)); }
    Self&& timeout(duration total) && { return std::move(timeout(total)); }
    Self&& follow_redirects(int most = 20) && { return std::move(follow_redirects(most)); }
    Self&& body_limit(std::uint64_t bytes) && { return std::move(body_limit(bytes)); }

protected:
    ~request_words() = default;

private:
    Self& self() noexcept { return static_cast<Self&>(*this); }
    request_data& data() { return self().words(); }
};

// The words for requests that carry something.
template <class Self>
class content_words : public request_words<Self> {
public:
    // The body, as it is; its type is application/octet-stream unless said.
    Self& body(std::string bytes, std::string_view type = {}) & {
        self().words().set_content(std::move(bytes), type);
        return self();
    }
    Self& json(const nurt::json::value& what) & {
        self().words().set_json(what);
        return self();
    }
    // One field of a form, as browsers send it (application/x-www-form-urlencoded).
    Self& form(std::string_view name, std::string_view value) & {
        self().words().set_form(name, value);
        return self();
    }

    Self&& body(std::string bytes, std::string_view type = {}) && {
        return std::move(body(std::move(bytes), type));
    }
    Self&& json(const nurt::json::value& what) && { return std::move(json(what)); }
    Self&& form(std::string_view name, std::string_view value) && {
        return std::move(form(name, value));
    }

protected:
    ~content_words() = default;

private:
    Self& self() noexcept { return static_cast<Self&>(*this); }
};

}  // namespace detail

// What a blocking request is given: http::post(url, http::request_options().json(v).timeout(2s)).
class request_options final : public detail::content_words<request_options> {
public:
    request_options() = default;

    // As of client_options. A program that asks https servers again and again keeps a context, for
    // one thread: reading whom the machine trusts takes milliseconds.
    request_options& tls(nurt::tls::client_context context) & {
        tls_ = std::move(context);
        return *this;
    }
    request_options&& tls(nurt::tls::client_context context) && {
        return std::move(tls(std::move(context)));
    }

    detail::request_data& words() noexcept { return data_; }
    const std::optional<nurt::tls::client_context>& tls() const noexcept { return tls_; }

private:
    detail::request_data data_;
    std::optional<nurt::tls::client_context> tls_;
};

// What an event hook sees of a request that is about to be sent, and may change.
struct outgoing_request {
    std::string_view method;
    std::string_view url;
    headers& fields;
};

// What all requests of a client have in common. A request's own words come on top.
class client_options final : public detail::request_words<client_options> {
public:
    using request_hook = unique_function<void(const outgoing_request&)>;
    using response_hook = unique_function<void(const response&)>;

    client_options() = default;

    // Where relative URLs lead to. Authorization and Cookie fields of the client then go to this
    // origin only.
    client_options& base_url(std::string_view url) & {
        data_.url = url;
        return *this;
    }
    client_options& limits(const pool_limits& l) & {
        pool_ = l;
        return *this;
    }
    // Called before each request that goes out (redirects too) and for each answer's head.
    client_options& on_request(request_hook hook) & {
        on_request_ = std::move(hook);
        return *this;
    }
    client_options& on_response(response_hook hook) & {
        on_response_ = std::move(hook);
        return *this;
    }
    // Whom https connections trust and what they show, instead of trusting whom the machine trusts:
    //
    //     options.tls(tls::client_options().ca_file("our-ca.pem"));
    //
    // What it says of ALPN is not used. Several clients may share one, and the sessions in it.
    client_options& tls(nurt::tls::client_context context) & {
        tls_ = std::move(context);
        return *this;
    }
    // Makes the connections, instead of TCP: see nurt/http/client_transport.hpp.
    client_options& transport(std::shared_ptr<client_transport> t) & {
        transport_ = std::move(t);
        return *this;
    }

    client_options&& base_url(std::string_view url) && { return std::move(base_url(url)); }
    client_options&& limits(const pool_limits& l) && { return std::move(limits(l)); }
    client_options&& on_request(request_hook hook) && {
        return std::move(on_request(std::move(hook)));
    }
    client_options&& on_response(response_hook hook) && {
        return std::move(on_response(std::move(hook)));
    }
    client_options&& tls(nurt::tls::client_context context) && {
        return std::move(tls(std::move(context)));
    }
    client_options&& transport(std::shared_ptr<client_transport> t) && {
        return std::move(transport(std::move(t)));
    }

    detail::request_data& words() noexcept { return data_; }

private:
    friend class detail::client_core;

    detail::request_data data_;
    pool_limits pool_;
    request_hook on_request_;
    response_hook on_response_;
    std::optional<nurt::tls::client_context> tls_;
    std::shared_ptr<client_transport> transport_;
};

}  // namespace nurt::http
