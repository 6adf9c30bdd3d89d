// SPDX-License-Identifier: MIT
// tests/real/others.hpp: programs of others that speak TLS, and what they need.
#pragma once

#include "nurt/core/coro.hpp"
#include "nurt/threads/to_thread.hpp"
#include "nurt/tls/options.hpp"
#include "tests/tls/pair.hpp"

#include <doctest/doctest.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>

namespace nurt_test {

// What a command of the shell prints. It has ten seconds.
inline std::string output_of(std::string command) {
    std::FILE* pipe = ::popen(("exec 2>&1; timeout 10 " + command).c_str(), "re");
    std::string text;
    std::array<char, 4096> part;
    while (std::size_t n = std::fread(part.data(), 1, part.size(), pipe)) {
        text.append(part.data(), n);
    }
    ::pclose(pipe);
    return text;
}

inline nurt::coro<std::string> run(std::string command) {
    co_return co_await nurt::to_thread(output_of, std::move(command));
}

// A server of somebody else, whose first line with `before` says at which port it listens.
class other_server {
public:
    other_server(const std::string& command, const std::string& before)
        : pipe_(::popen(("exec 2>&1; exec timeout 10 " + command).c_str(), "re")) {
        std::array<char, 400> line;
        while (std::fgets(line.data(), line.size(), pipe_) != nullptr) {
            const std::string text = line.data();
            if (text.find(before) != std::string::npos) {
                port_ = static_cast<std::uint16_t>(std::stoi(text.substr(text.rfind(':') + 1)));
                return;
            }
        }
        FAIL("no port was said by: " << command);
    }
    other_server(const other_server&) = delete;
    other_server& operator=(const other_server&) = delete;
    ~other_server() { ::pclose(pipe_); }

    std::uint16_t port() const noexcept { return port_; }

private:
    std::FILE* pipe_;
    std::uint16_t port_ = 0;
};

// The files that other programs want.
struct files {
    files() {
        const identity one = root().issue({"localhost", "127.0.0.1"});
        chain = folder.write("chain.pem", one.certificate);
        key = folder.write("key.pem", one.key);
        ca = folder.write("ca.pem", root().pem());
    }
    nurt::tls::server_options options() const {
        return nurt::tls::server_options().certificate_files(chain, key);
    }

    temporary_folder folder;
    std::string chain;
    std::string key;
    std::string ca;
};

}  // namespace nurt_test
