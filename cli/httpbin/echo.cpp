// SPDX-License-Identifier: MIT
// cli/httpbin/echo.cpp: see the header.
#include "cli/httpbin/echo.hpp"

#include "cli/httpbin/form.hpp"
#include "nurt/http/query.hpp"
#include "nurt/json/parse.hpp"
#include "nurt/net/address.hpp"

#include <optional>
#include <string_view>

namespace nurt::cli {

namespace {

// What proxies add, and who asks does not want to see.
constexpr std::string_view proxy_fields[] = {"X-Varnish",
                                             "X-Request-Start",
                                             "X-Heroku-Queue-Depth",
                                             "X-Real-Ip",
                                             "X-Forwarded-Proto",
                                             "X-Forwarded-Protocol",
                                             "X-Forwarded-Ssl",
                                             "X-Heroku-Queue-Wait-Time",
                                             "X-Forwarded-For",
                                             "X-Heroku-Dynos-In-Use",
                                             "X-Forwarded-Port",
                                             "X-Request-Id",
                                             "Via",
                                             "Total-Route-Time",
                                             "Connect-Time"};

std::string title_case(std::string_view name) {
    std::string result(name);
    bool inside = false;  // a word, which is of letters only
    for (char& c : result) {
        const bool lower = c >= 'a' && c <= 'z';
        const bool upper = c >= 'A' && c <= 'Z';
        if (lower && !inside) c = static_cast<char>(c - 32);
        if (upper && inside) c = static_cast<char>(c + 32);
        inside = lower || upper;
    }
    return result;
}

json::object echo_args(std::string_view query) {
    json::object args;
    for (const auto& [name, value] : http::parse_query(query)) {
        add_repeated(args, to_utf8(name), to_utf8(value));
    }
    return args;
}

// The target for people: escaped letters are decoded, whatever has a meaning of its own is not.
std::string readable(std::string_view target) {
    std::string result;
    std::string run;  // decoded bytes above 127, and the same as they were
    std::string escaped;
    const auto end_run = [&] {
        result += is_utf8(run) ? run : escaped;
        run.clear();
        escaped.clear();
    };
    for (std::size_t i = 0; i < target.size(); ++i) {
        const std::string_view escape = target.substr(i, 3);
        const auto decoded = target[i] == '%' ? http::percent_decode(escape) : std::nullopt;
        const char byte = decoded && decoded->size() == 1 ? decoded->front() : '\0';
        if ((static_cast<unsigned char>(byte) & 0x80) != 0) {
            run += byte;
            escaped += escape;
            i += 2;
            continue;
        }
        end_run();
        if (byte != '\0' && http::percent_encode(std::string_view(&byte, 1)).size() == 1) {
            result += byte;
            i += 2;
        } else {
            result += target[i];
        }
    }
    end_run();
    return result;
}

std::string echo_url(const http::request& request) {
    std::string_view scheme = request.header("X-Forwarded-Proto");
    if (scheme.empty()) scheme = request.header("X-Forwarded-Protocol");
    if (scheme.empty())
        scheme = request.header("X-Forwarded-Ssl") == "on" ? "https" : request.scheme();
    std::string url = to_utf8(scheme) + "://" + to_utf8(request.authority());
    url += readable(request.path());
    if (!request.query().empty()) url += "?" + readable(request.query());
    return url;
}

void add_body(json::object& to, const http::request& request, std::string_view body, bool parse) {
    const std::string_view type = request.header("Content-Type");
    const std::string_view kind = type.substr(0, std::min(type.find(';'), type.size()));
    form_data parts;
    if (kind == "application/x-www-form-urlencoded") {
        parts.form = echo_args(body);
        body = {};
    } else if (kind == "multipart/form-data") {
        parts = parse_multipart(body, parameter(type, "boundary"));
        body = {};
    }
    to.set("data", json_safe(body, "application/octet-stream"));
    to.set("files", std::move(parts.files));
    to.set("form", std::move(parts.form));
    if (parse) to.set("json", json::try_parse(body).value_or(nullptr));
}

}  // namespace

json::object echo_headers(const http::request& request) {
    const auto args = http::parse_query(request.query());
    bool all = false;
    for (const auto& [name, value] : args) all = all || name == "show_env";
    json::object result;
    for (const http::header field : request.headers()) {
        const std::string name = title_case(field.name);
        bool hidden = false;
        for (const std::string_view proxy : proxy_fields) hidden = hidden || proxy == name;
        if (hidden && !all) continue;
        std::string value = to_utf8(field.value);
        if (const json::value* before = result.find(name)) {
            value = before->as_string() + "," + value;
        }
        result.set(name, std::move(value));
    }
    return result;
}

std::string echo_origin(const http::request& request) {
    const std::string_view forwarded = request.header("X-Forwarded-For");
    if (!forwarded.empty()) return to_utf8(forwarded);
    const auto address = socket_address::from(request.peer_endpoint());
    return address ? address->ip().to_string() : request.peer_name();
}

coro<json::object> echo(http::request& request, echo_parts parts) {
    json::object result;
    result.set("args", echo_args(request.query()));
    if (parts.body) {
        const std::string body = co_await request.read_all();
        add_body(result, request, body, parts.json);
    }
    result.set("headers", echo_headers(request));
    if (parts.method) result.set("method", request.method());
    result.set("origin", echo_origin(request));
    result.set("url", echo_url(request));
    co_return result;
}

}  // namespace nurt::cli
