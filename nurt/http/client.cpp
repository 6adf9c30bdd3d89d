// SPDX-License-Identifier: MIT
// nurt/http/client.cpp: see the header.
#include "nurt/http/client.hpp"

#include "nurt/base/error.hpp"
#include "nurt/http/detail/client_call.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/loop/event_loop.hpp"

#include <utility>

namespace nurt::http {

namespace {

bool is_credential(std::string_view name) noexcept {
    // Names come out of `headers`, which finds them whatever their case.
    const field_position place{.name_size = static_cast<std::uint32_t>(name.size())};
    const headers_view one(name.data(), &place, 1);
    return one.contains("Authorization") || one.contains("Cookie") ||
           one.contains("Proxy-Authorization");
}

bool is_absolute(std::string_view text) noexcept {
    const std::size_t colon = text.find("://");
    return colon != text.npos && text.find_first_of("/?#") == colon + 1;
}

}  // namespace

namespace detail {

client_core::client_core(client_options options)
    : pool(options.pool_), options_(std::move(options)) {
    request_data& common = options_.data_;
    if (!common.fields.contains("Accept")) common.fields.add("Accept", "*/*");
    if (!common.fields.contains("User-Agent")) common.fields.add("User-Agent", "nurt");
    if (!common.url.empty()) base_.emplace(common.url);
}

event_loop& client_core::loop() {
    event_loop& running = event_loop::running();
    if (loop_ != &running) {
        if (loop_ != nullptr && pool.statistics().open != 0) {
            throw usage_error("this http::client has connections in another event loop");
        }
        loop_ = &running;
    }
    return running;
}

client_transport& client_core::transport() {
    if (!options_.transport_) options_.transport_ = tcp_transport();
    return *options_.transport_;
}

const tls::client_context& client_core::tls() {
    if (!options_.tls_) options_.tls_.emplace();
    return *options_.tls_;
}

void client_core::append_defaults(std::string& head, const headers& own, bool credentials) const {
    const headers& common = options_.data_.fields;
    if (own.empty() && credentials) {
        head += common.wire();
        return;
    }
    for (const header& field : common) {
        if (own.contains(field.name) || (!credentials && is_credential(field.name))) continue;
        head.append(field.name).append(": ").append(field.value).append("\r\n");
    }
}

bool client_core::trusts(const url& to) const noexcept {
    return !base_ || base_->origin() == to.origin();
}

url client_core::resolve(const request_data& request) {
    const std::string_view given = request.url;
    const bool again = last_ && given == last_given_ && request.params.empty();
    if (again) return *last_;
    std::string text;
    if (base_ && !is_absolute(given)) {
        // As httpx does: what is given goes below the base's path.
        text.append(base_->origin()).append(base_->path());
        if (text.back() == '/') text.pop_back();
        if (!given.starts_with('/') && !given.starts_with('?')) text += '/';
    }
    text += given.substr(0, given.find('#'));
    const std::string_view all_params[] = {options_.data_.params, request.params};
    for (const std::string_view params : all_params) {
        if (params.empty()) continue;
        text += text.find('?') == text.npos ? '?' : '&';
        text += params;
    }
    url made(text);
    if (request.params.empty()) {
        last_given_ = given;
        last_ = made;
    }
    return made;
}

namespace {

coro<response> perform(std::shared_ptr<client_core> core, std::unique_ptr<request_data> request) {
    client_call call(std::move(core), std::move(request));
    response r;
    co_await call.open(r);
    if (!call.finish_now(r)) co_await call.finish(r);
    co_return r;
}

}  // namespace
}  // namespace detail

client_request::client_request(std::shared_ptr<detail::client_core> core, std::string_view method,
                               std::string_view url)
    : core_(std::move(core)), data_(std::make_unique<detail::request_data>()) {
    data_->method = method;
    data_->url = url;
    data_->body_limit = core_->defaults().body_limit;
    data_->limits = core_->defaults().limits;
}

detail::request_data& client_request::words() {
    if (!data_) throw usage_error("this request has been sent");
    return *data_;
}

coro<response> client_request::send() {
    words();
    return detail::perform(std::move(core_), std::move(data_));
}

response_stream::response_stream(std::unique_ptr<detail::client_call> call, response head) noexcept
    : call_(std::move(call)), head_(std::move(head)) {}
response_stream::response_stream(response_stream&&) noexcept = default;
response_stream& response_stream::operator=(response_stream&&) noexcept = default;
response_stream::~response_stream() = default;

coro<std::optional<std::string>> response_stream::read() {
    std::string piece = co_await call_->read();
    std::optional<std::string> given;
    if (!piece.empty()) given = std::move(piece);
    co_return given;
}

coro<std::string> response_stream::read_all() {
    std::string all;
    for (std::string piece = co_await call_->read(); !piece.empty();
         piece = co_await call_->read()) {
        all += piece;
    }
    co_return all;
}

client::client() : client(client_options()) {}

client::client(client_options options)
    : core_(std::make_shared<detail::client_core>(std::move(options))) {}

client& client::operator=(client&& other) noexcept {
    if (this != &other) {
        close();
        core_ = std::move(other.core_);
    }
    return *this;
}

client_request client::request(std::string_view method, std::string_view url) {
    if (!core_) throw usage_error("this http::client was moved from");
    return client_request(core_, method, url);
}

coro<response_stream> client::stream(client_request what) {
    what.words();
    auto call = std::make_unique<detail::client_call>(std::move(what.core_), std::move(what.data_));
    response head;
    co_await call->open(head);
    co_return response_stream(std::move(call), std::move(head));
}

coro<response_stream> client::stream(std::string_view method, std::string_view url) {
    return stream(request(method, url));
}

void client::close() noexcept {
    if (core_) core_->pool.close();
}

pool_statistics client::statistics() const {
    return core_ ? core_->pool.statistics() : pool_statistics();
}

}  // namespace nurt::http
