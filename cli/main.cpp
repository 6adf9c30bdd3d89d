// SPDX-License-Identifier: MIT
// cli/main.cpp: the nurt program: options, subcommands, exit codes.
#include "cli/httpbin/httpbin.hpp"

#include <CLI/CLI.hpp>

#include <cstdint>
#include <string>

int main(int argc, char** argv) {
    CLI::App app("nurt: asyncio for C++");
    app.set_version_flag("--version", std::string("nurt ") + NURT_VERSION);
    app.require_subcommand(1);

    std::string host = "127.0.0.1";
    std::uint16_t port = 8000;
    CLI::App* const httpbin =
        app.add_subcommand("httpbin", "A server that tells what it was asked");
    httpbin->add_option("--host", host, "Address to listen on")->capture_default_str();
    httpbin->add_option("--port", port, "Port, 0 for a free one")->capture_default_str();

    CLI11_PARSE(app, argc, argv);
    return nurt::cli::run_httpbin(host, port);
}
