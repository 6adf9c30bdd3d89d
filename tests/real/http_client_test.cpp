// SPDX-License-Identifier: MIT
// The client over real sockets: blocking calls from threads, and nurt get.

#include "cli/get.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/run.hpp"
#include "nurt/http/blocking.hpp"
#include "nurt/http/errors.hpp"
#include "tests/http/scripted_server.hpp"
#include "tests/support/support.hpp"
#include "tests/tls/pair.hpp"

#include <doctest/doctest.h>

#include <atomic>
#include <filesystem>
#include <fstream>
#include <future>
#include <iterator>
#include <string>
#include <thread>
#include <vector>

#include <unistd.h>

namespace http = nurt::http;
using nurt::coro;
using nurt_test::ok;
using nurt_test::scripted_server;

namespace {

// A scripted server on a thread of its own.
class served {
public:
    explicit served(std::vector<std::string> answers, bool secure = false)
        : script_(std::move(answers)), secure_(secure) {
        std::promise<std::uint16_t> started;
        auto port = started.get_future();
        thread_ = std::thread(
            [this, &started] { nurt::run(serve(started), {.handle_interrupt = false}); });
        port_ = port.get();
    }
    ~served() {
        loop_->call_soon_threadsafe([this] { server_->close(), server_->close_clients(); });
        thread_.join();
    }

    std::string url(const std::string& path) const {
        return (secure_ ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_) +
               path;
    }

private:
    coro<void> serve(std::promise<std::uint16_t>& started) {
        coro<nurt::server> starting =
            secure_ ? script_.start_tls(nurt_test::site_options({"127.0.0.1"}), 0, "127.0.0.1")
                    : script_.start(0);
        auto server = co_await std::move(starting);
        server_ = &server;
        loop_ = &nurt::event_loop::running();
        started.set_value(server.port());
        co_await server.wait_closed();
    }

    scripted_server script_;
    const bool secure_;
    nurt::server* server_ = nullptr;
    nurt::event_loop* loop_ = nullptr;
    std::uint16_t port_ = 0;
    std::thread thread_;
};

std::string text_of(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("plain code gets a URL") {
    const served server({ok("hello", "X: y\r\n")});
    const http::response r = http::get(server.url("/a"));
    CHECK(r.raise_for_status().text() == "hello");
    CHECK(r.headers()["x"] == "y");
}

TEST_CASE("plain code posts, with options") {
    const served server({ok("created")});
    const auto r = http::post(server.url("/a"),
                              http::request_options().form("a", "b").timeout(nurt::seconds(10)));
    CHECK(r.text() == "created");
    CHECK(r.method() == "POST");
}

TEST_CASE("plain code gets a URL over https, from whom it trusts") {
    const served server({ok("hello")}, true);
    CHECK_THROWS_AS(http::get(server.url("/a")), http::connect_error);
    const nurt::tls::client_context trust = nurt_test::trusting();
    for (int i = 0; i < 2; ++i) {
        const http::response r = http::get(server.url("/a"), http::request_options().tls(trust));
        CHECK(r.text() == "hello");
    }
}

TEST_CASE("get trusts the authorities in a file, or anybody") {
    const served server({ok("hello")}, true);
    const nurt_test::temporary_folder folder;
    nurt::cli::get_options options;
    options.urls = {server.url("/a")};
    options.output = folder.path("a");
    options.quiet = true;
    CHECK(nurt::cli::run_get(options) == 1);
    options.ca_file = folder.write("ca.pem", nurt_test::root().pem());
    CHECK(nurt::cli::run_get(options) == 0);
    CHECK(text_of(folder.path("a")) == "hello");
    options.ca_file.clear();
    options.insecure = true;
    CHECK(nurt::cli::run_get(options) == 0);
}

TEST_CASE("many threads get at the same time") {
    const served server({ok("x")});
    std::atomic<int> good = 0;
    std::vector<std::thread> threads;
    for (int i = 0; i < 8; ++i) {
        threads.emplace_back([&] {
            for (int k = 0; k < 5; ++k) good += http::get(server.url("/")).text() == "x" ? 1 : 0;
        });
    }
    for (auto& t : threads) t.join();
    CHECK(good == 40);
}

TEST_CASE("nobody listening is an error that says so") {
    CHECK_THROWS_WITH_AS(http::get("http://127.0.0.1:1/"),
                         "GET http://127.0.0.1:1/: connect 127.0.0.1:1: Connection refused",
                         http::connect_error);
}

TEST_CASE("get writes what succeeded although another one failed") {
    const served server({ok("hello")});
    const auto directory = std::filesystem::path(nurt_test::build_dir()) /
                           ("get_test" + std::to_string(::getpid()));  // one for each backend
    std::filesystem::create_directories(directory);
    nurt::cli::get_options options;
    options.urls = {server.url("/a.txt"), "http://127.0.0.1:1/b", server.url("/c?d=e")};
    options.output_dir = directory.string();
    options.svg = (directory / "picture.svg").string();
    options.quiet = true;
    const int code = nurt::cli::run_get(options);
    CHECK(code == 1);
    CHECK(text_of(directory / "0001-a.txt") == "hello");
    CHECK(!std::filesystem::exists(directory / "0002-b"));
    CHECK(text_of(directory / "0003-c") == "hello");
    CHECK(text_of(directory / "picture.svg").find("<svg") != std::string::npos);
    std::filesystem::remove_all(directory);
}
