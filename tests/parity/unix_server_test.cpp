// SPDX-License-Identifier: MIT
// The socket file of a server, as CPython's tests have it.
#include "nurt/net/unix.hpp"
#include "tests/real/folder.hpp"
#include "tests/support/in_loop.hpp"

#include <string>

#include <sys/socket.h>
#include <unistd.h>

using nurt::coro;
using nurt::start_unix_server;
using nurt_test::folder;

namespace {

coro<void> nothing(nurt::stream) {
    co_return;
}

template <class Body>
void with_real_files(Body body) {
    nurt_test::in_loop(nurt::services(), std::move(body));
}

}  // namespace

// CPython: test_server.UnixServerCleanupTests.test_unix_server_addr_cleanup
TEST_CASE("S162: closing a Unix server removes its socket file") {
    with_real_files([]() -> coro<void> {
        const folder f;
        auto server = co_await start_unix_server(nothing, f.path("s"));
        CHECK(f.has("s"));
        server.close();
        CHECK_FALSE(f.has("s"));
    });
}

// CPython: test_server.UnixServerCleanupTests.test_unix_server_cleanup_gone
TEST_CASE("S162: a socket file that is gone already is no error") {
    with_real_files([]() -> coro<void> {
        const folder f;
        auto server = co_await start_unix_server(nothing, f.path("s"));
        ::unlink(f.path("s").c_str());
        server.close();
        CHECK_FALSE(f.has("s"));
    });
}

// CPython: test_server.UnixServerCleanupTests.test_unix_server_cleanup_replaced
TEST_CASE("S162: a socket file that another server has replaced is left to that one") {
    with_real_files([]() -> coro<void> {
        const folder f;
        auto former = co_await start_unix_server(nothing, f.path("s"));
        auto next = co_await start_unix_server(nothing, f.path("s"));
        former.close();
        CHECK(f.has("s"));
        next.close();
        CHECK_FALSE(f.has("s"));
    });
}

// CPython: test_server.UnixServerCleanupTests.test_unix_server_cleanup_prevented
TEST_CASE("S162: cleanup_socket = false leaves the file") {
    with_real_files([]() -> coro<void> {
        const folder f;
        auto server = co_await start_unix_server(nothing, f.path("s"), {.cleanup_socket = false});
        server.close();
        CHECK(f.has("s"));
    });
}
