// SPDX-License-Identifier: MIT
// nurt/http/blocking.cpp: see the header.
#include "nurt/http/blocking.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/http/client.hpp"
#include "nurt/loop/event_loop.hpp"

#include <utility>

namespace nurt::http {

response request(std::string_view method, std::string_view url, request_options options) {
    if (event_loop::running_or_null() != nullptr) {
        throw usage_error(
            "http::get and its like would block the running event loop: "
            "use http::client, co_await client.get(url)");
    }
    client_options common;
    if (options.tls()) common.tls(*options.tls());
    client alone(std::move(common));
    client_request request = alone.request(method, url);
    detail::request_data& words = options.words();
    words.method = method;
    words.url = url;
    request.words() = std::move(words);
    // Ctrl-C keeps its meaning in a program without a loop.
    return run(request.send(), {.handle_interrupt = false});
}

response get(std::string_view url, request_options options) {
    return request("GET", url, std::move(options));
}
response head(std::string_view url, request_options options) {
    return request("HEAD", url, std::move(options));
}
response post(std::string_view url, request_options options) {
    return request("POST", url, std::move(options));
}
response put(std::string_view url, request_options options) {
    return request("PUT", url, std::move(options));
}
response patch(std::string_view url, request_options options) {
    return request("PATCH", url, std::move(options));
}
response del(std::string_view url, request_options options) {
    return request("DELETE", url, std::move(options));
}

}  // namespace nurt::http
