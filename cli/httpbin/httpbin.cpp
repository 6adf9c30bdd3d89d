// SPDX-License-Identifier: MIT
// cli/httpbin/httpbin.cpp: routes, and what every answer has.
#include "cli/httpbin/httpbin.hpp"

#include "cli/httpbin/answers.hpp"
#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/http/query.hpp"
#include "nurt/http/server.hpp"
#include "nurt/http/status.hpp"

#include <cstdio>
#include <optional>
#include <string_view>

namespace nurt::cli {

namespace {

enum methods : unsigned { get = 1, post = 2, put = 4, patch = 8, delete_ = 16, trace = 32 };
constexpr unsigned all = get | post | put | patch | delete_ | trace;

struct method_name {
    std::string_view name;
    unsigned bit;
};
constexpr method_name method_names[] = {{"GET", get},     {"HEAD", get},    {"POST", post},
                                        {"PUT", put},     {"PATCH", patch}, {"DELETE", delete_},
                                        {"TRACE", trace}, {"OPTIONS", ~0U}};

struct route {
    std::string_view path;  // one that ends with '/' wants something behind it
    unsigned methods;
    answer_function answer;
    bool deep = false;  // what is behind it may have slashes
};
constexpr route routes[] = {
    {"/get", get, answer_get},
    {"/post", post, answer_body},
    {"/put", put, answer_body},
    {"/patch", patch, answer_body},
    {"/delete", delete_, answer_body},
    {"/anything", all, answer_anything},
    {"/anything/", all, answer_anything, true},
    {"/headers", get, answer_headers},
    {"/ip", get, answer_ip},
    {"/user-agent", get, answer_user_agent},
    {"/uuid", get, answer_uuid},
    {"/delay/", all, answer_delay},
    {"/status/", all, answer_status},
    {"/bytes/", get, answer_bytes},
    {"/stream/", get, answer_stream},
};

const route* find_route(std::string_view path) {
    for (const route& r : routes) {
        if (!r.path.ends_with('/')) {
            if (path == r.path) return &r;
        } else if (path.size() > r.path.size() && path.starts_with(r.path)) {
            const bool flat = path.find('/', r.path.size()) == path.npos;
            if (flat || r.deep) return &r;
        }
    }
    return nullptr;
}

bool allows(const route& r, std::string_view method) {
    for (const method_name& m : method_names) {
        if (m.name == method) return (r.methods & m.bit) != 0;
    }
    return false;
}

std::string allowed(const route& r) {
    std::string list;
    for (const method_name& m : method_names) {
        if ((r.methods & m.bit) == 0) continue;
        if (!list.empty()) list += ", ";
        list += m.name;
    }
    return list;
}

// So that pages of other sites may ask.
void add_cors(const http::request& request, http::reply& answer) {
    const std::string_view origin = request.header("Origin");
    answer.header("Access-Control-Allow-Origin", origin.empty() ? "*" : origin);
    answer.header("Access-Control-Allow-Credentials", "true");
    if (request.method() != "OPTIONS") return;
    answer.header("Access-Control-Allow-Methods", "GET, POST, PUT, DELETE, PATCH, OPTIONS");
    answer.header("Access-Control-Max-Age", "3600");
    const auto wanted = request.headers().find("Access-Control-Request-Headers");
    if (wanted) answer.header("Access-Control-Allow-Headers", *wanted);
}

coro<http::reply> answer_route(http::request& request) {
    const auto path = http::decode_path(request.path());
    const route* const found = path ? find_route(*path) : nullptr;
    if (found == nullptr) {
        co_return error_page(http::status::not_found, "There is nothing at this URL.");
    }
    if (!allows(*found, request.method())) {
        co_return error_page(http::status::method_not_allowed, "Not with this method.")
            .header("Allow", allowed(*found));
    }
    if (request.method() == "OPTIONS") {
        co_return http::reply()
            .body("", "text/html; charset=utf-8")
            .header("Allow", allowed(*found));
    }
    std::string rest = path->substr(found->path.size());
    co_return co_await found->answer(request, std::move(rest));
}

coro<> serve(std::string host, std::uint16_t port) {
    http::server server = co_await http::start_server(httpbin, std::move(host), port);
    for (const socket_address& at : server.sockets()) {
        std::printf("listening on http://%s/\n", at.to_string().c_str());
    }
    std::fflush(stdout);
    co_await server.serve_forever();
}

}  // namespace

coro<http::reply> httpbin(http::request& request) {
    http::reply answer = co_await answer_route(request);
    add_cors(request, answer);
    co_return answer;
}

int run_httpbin(const std::string& host, std::uint16_t port) {
    try {
        run(serve(host, port));
    } catch (const keyboard_interrupt&) {
        return 0;
    } catch (const error& e) {
        std::fprintf(stderr, "nurt httpbin: %s\n", e.what());
        return 1;
    }
    return 0;
}

}  // namespace nurt::cli
