// SPDX-License-Identifier: MIT
// cli/httpbin/answers.cpp: see the header.
#include "cli/httpbin/answers.hpp"

#include "cli/httpbin/echo.hpp"
#include "cli/httpbin/python_random.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/http/query.hpp"
#include "nurt/http/status.hpp"
#include "nurt/json/write.hpp"
#include "nurt/loop/event_loop.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace nurt::cli {

namespace {

constexpr std::uint64_t most_bytes = 100 * 1024;
constexpr std::uint64_t most_lines = 100;
constexpr double longest_delay = 10;  // seconds

http::reply json_line(json::object members) {
    http::reply answer = http::reply::json(json::value(std::move(members)));
    std::string text = answer.body();
    answer.body(std::move(text) + "\n");
    return answer;
}

template <class Number>
std::optional<Number> number(std::string_view text) {
    Number result{};
    const char* const end = text.data() + text.size();
    const auto parsed = std::from_chars(text.data(), end, result);
    if (parsed.ec != std::errc() || parsed.ptr != end) return std::nullopt;
    return result;
}

// The number in a path such as /bytes/5, where only digits make a route.
std::optional<std::uint64_t> path_number(std::string_view text) {
    const bool digits = !text.empty() && text.find_first_not_of("0123456789") == text.npos;
    if (!digits) return std::nullopt;
    return number<std::uint64_t>(text).value_or(~std::uint64_t{0});
}

http::reply no_such_page() {
    return error_page(http::status::not_found, "There is nothing at this URL.");
}

// The loop's random numbers, as the standard library wants them.
struct loop_random {
    using result_type = std::uint64_t;
    static constexpr result_type min() { return 0; }
    static constexpr result_type max() { return ~result_type{0}; }
    result_type operator()() const { return event_loop::running().random().next(); }
};

loop_random chance() {
    return {};
}

std::optional<std::uint64_t> seed_of(const http::request& request) {
    for (const auto& [name, value] : http::parse_query(request.query())) {
        if (name == "seed") return number<std::uint64_t>(value);
    }
    return std::nullopt;
}

struct choice {
    int code;
    double weight;
};

std::optional<choice> parse_choice(std::string_view text) {
    const std::size_t colon = text.find(':');
    const auto code = number<int>(text.substr(0, colon));
    const auto weight = colon == text.npos ? 1.0 : number<double>(text.substr(colon + 1));
    if (!code || !weight || *code < 200 || *code > 999 || !(*weight >= 0)) return std::nullopt;
    return choice{*code, *weight};
}

// One of "200", "200,500" or "200:0.9,500:0.1" by its weight; 0 if that is no list of codes.
int choose_status(std::string_view codes) {
    std::vector<choice> choices;
    double total = 0;
    for (std::size_t at = 0; at <= codes.size();) {
        const std::size_t end = std::min(codes.find(',', at), codes.size());
        const auto parsed = parse_choice(codes.substr(at, end - at));
        if (!parsed) return 0;
        choices.push_back(*parsed);
        total += parsed->weight;
        at = end + 1;
    }
    loop_random random = chance();
    double left = std::uniform_real_distribution<double>(0, total > 0 ? total : 1)(random);
    for (const choice& c : choices) {
        left -= c.weight;
        if (left < 0) return c.code;
    }
    return choices.back().code;
}

constexpr std::string_view teapot = R"(
        ;,'
 _o_    ;:;'
(  ,`-.-'/
 \    ; /     short and stout
  `----'
)";

http::reply status_answer(int code) {
    http::reply answer(code);
    switch (code) {
        case 301:
        case 302:
        case 303:
        case 305:
        case 307: return std::move(answer).header("Location", "/redirect/1");
        case 401:
            return std::move(answer).header("WWW-Authenticate", R"(Basic realm="Fake Realm")");
        case 402:
            answer.header("x-more-info", "http://vimeo.com/22053820");
            return std::move(answer).body("Money first, please.", "");
        case 406: {
            json::array types;
            for (const char* type :
                 {"image/webp", "image/svg+xml", "image/jpeg", "image/png", "image/*"}) {
                types.append(type);
            }
            json::object members("message", "Client did not request a supported media type.");
            members.set("accept", std::move(types));
            return http::reply::json(std::move(members)).status(code);
        }
        case 407:
            return std::move(answer).header("Proxy-Authenticate", R"(Basic realm="Fake Realm")");
        case 418:
            answer.header("x-more-info", "http://tools.ietf.org/html/rfc2324");
            return std::move(answer).body(std::string(teapot), "");
        case 304: return answer;
        default: return std::move(answer).body("", "text/html; charset=utf-8");
    }
}

}  // namespace

http::reply error_page(int status, std::string_view text) {
    std::string page = "<!doctype html>\n<title>" + std::to_string(status) + " ";
    page.append(http::reason_phrase(status)).append("</title>\n<p>").append(text).append("</p>\n");
    return http::reply(status).body(std::move(page), "text/html; charset=utf-8");
}

coro<http::reply> answer_get(http::request& request, std::string) {
    co_return json_line(co_await echo(request, {}));
}

coro<http::reply> answer_body(http::request& request, std::string) {
    co_return json_line(co_await echo(request, {.body = true, .json = true}));
}

coro<http::reply> answer_anything(http::request& request, std::string) {
    co_return json_line(co_await echo(request, {.body = true, .json = true, .method = true}));
}

coro<http::reply> answer_headers(http::request& request, std::string) {
    co_return json_line(json::object("headers", echo_headers(request)));
}

coro<http::reply> answer_ip(http::request& request, std::string) {
    co_return json_line(json::object("origin", echo_origin(request)));
}

coro<http::reply> answer_user_agent(http::request& request, std::string) {
    const json::object headers = echo_headers(request);
    const json::value* const agent = headers.find("User-Agent");
    co_return json_line(json::object("user-agent", agent == nullptr ? json::value() : *agent));
}

// Version 4 of RFC 9562: random but for six bits.
coro<http::reply> answer_uuid(http::request&, std::string) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string text = "xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx";
    for (char& c : text) {
        const auto nibble = static_cast<std::size_t>(chance()() >> 60);
        if (c == 'x') c = digits[nibble];
        if (c == 'y') c = digits[8 + nibble % 4];
    }
    co_return json_line(json::object("uuid", text));
}

coro<http::reply> answer_delay(http::request& request, std::string rest) {
    const auto delay = number<double>(rest);
    if (!delay || !(*delay >= 0)) {
        throw http::refusal(http::status::bad_request, "the delay is not a number of seconds");
    }
    co_await sleep(seconds(std::min(*delay, longest_delay)));
    co_return json_line(co_await echo(request, {.body = true}));
}

coro<http::reply> answer_status(http::request&, std::string rest) {
    const int code = choose_status(rest);
    if (code == 0) co_return http::reply("Invalid status code").status(400);
    co_return status_answer(code);
}

coro<http::reply> answer_bytes(http::request& request, std::string rest) {
    const auto count = path_number(rest);
    if (!count) co_return no_such_page();
    std::string bytes(static_cast<std::size_t>(std::min(*count, most_bytes)), '\0');
    python_random source(seed_of(request).value_or(chance()()));
    for (char& byte : bytes) byte = static_cast<char>(source.byte());
    co_return http::reply().body(std::move(bytes), "application/octet-stream");
}

coro<http::reply> answer_stream(http::request& request, std::string rest) {
    const auto count = path_number(rest);
    if (!count) co_return no_such_page();
    const std::uint64_t lines = std::min(*count, most_lines);
    json::object members = co_await echo(request, {});
    http::reply answer;
    answer.header("Content-Type", "application/json");
    answer.stream([lines, told = std::move(members)](http::body_writer& out) mutable -> coro<> {
        for (std::uint64_t i = 0; i < lines; ++i) {
            told.set("id", i);
            const std::string line = json::dump(json::value(told)) + "\n";
            co_await out.write(line);
        }
    });
    co_return answer;
}

}  // namespace nurt::cli
