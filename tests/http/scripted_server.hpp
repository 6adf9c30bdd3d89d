// SPDX-License-Identifier: MIT
// tests/http/scripted_server.hpp: a server that says what the test wants it to say, byte for byte.
#pragma once

#include "nurt/core/coro.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/http/client.hpp"
#include "nurt/net/server.hpp"
#include "nurt/tls/tls.hpp"
#include "tests/support/in_loop.hpp"

#include <cstdlib>
#include <deque>
#include <string>
#include <utility>
#include <vector>

namespace nurt_test {

// Reads requests and answers with the texts in order; the last one stays. An answer that ends in
// "<close>" closes the connection behind it, one that ends in "<hang>" says nothing more.
class scripted_server {
public:
    explicit scripted_server(std::vector<std::string> answers)
        : answers_(answers.begin(), answers.end()) {}

    nurt::coro<nurt::server> start(std::uint16_t port = 80) {
        co_return co_await nurt::start_server(
            [this](nurt::stream s) { return serve(this, std::move(s)); }, "127.0.0.1", port);
    }

    nurt::coro<nurt::server> start_tls(nurt::tls::server_context site, std::uint16_t port = 443,
                                       std::string host = "localhost") {
        co_return co_await nurt::tls::start_server(
            [this](nurt::stream s) { return serve_securely(this, std::move(s)); }, std::move(host),
            port, std::move(site));
    }

    std::vector<nurt::tls::connection_info> agreements;  // of each connection
    std::vector<std::string> requests;                   // head and body of each
    int connections = 0;
    nurt::duration delay;  // before each answer

private:
    static nurt::coro<void> serve_securely(scripted_server* self, nurt::stream s) {
        self->agreements.push_back(*nurt::tls::info(s));
        try {
            co_await serve(self, std::move(s));
        } catch (const nurt::error&) {
            // A client that has gone without saying so is not what these tests are about.
        }
    }
    static nurt::coro<void> serve(scripted_server* self, nurt::stream s) {
        ++self->connections;
        for (bool open = true; open;) {
            std::string request;
            do {
                const std::string line = co_await s.readline();
                if (line.empty()) co_return;
                request += line;
            } while (!request.ends_with("\r\n\r\n"));
            request += co_await s.readexactly(length_of(request));
            self->requests.push_back(request);
            if (self->delay > nurt::duration()) co_await nurt::sleep(self->delay);
            std::string answer = self->next_answer();
            const bool hang = cut(answer, "<hang>");
            open = !cut(answer, "<close>");
            co_await s.write(answer);
            if (hang) co_await nurt::sleep(nurt::hours(1000));
        }
    }

    static std::size_t length_of(const std::string& head) {
        const std::size_t at = head.find("Content-Length: ");
        return at == head.npos ? 0 : std::strtoul(head.c_str() + at + 16, nullptr, 10);
    }
    static bool cut(std::string& text, std::string_view mark) {
        if (!text.ends_with(mark)) return false;
        text.resize(text.size() - mark.size());
        return true;
    }
    std::string next_answer() {
        std::string answer = answers_.front();
        if (answers_.size() > 1) answers_.pop_front();
        return answer;
    }

    std::deque<std::string> answers_;
};

// "HTTP/1.1 200 OK" with this body, and more fields if given ("A: b\r\n").
inline std::string ok(const std::string& body, const std::string& fields = {}) {
    return "HTTP/1.1 200 OK\r\n" + fields + "Content-Length: " + std::to_string(body.size()) +
           "\r\n\r\n" + body;
}

}  // namespace nurt_test
