// SPDX-License-Identifier: MIT
// tests/faults/tls_test.cpp: TLS while each system call below it fails once, or moves one byte only.
#include "nurt/core/task.hpp"
#include "nurt/io/make_backend.hpp"
#include "nurt/net/unix.hpp"
#include "nurt/stream/errors.hpp"
#include "nurt/tls/errors.hpp"
#include "tests/faults/outside.hpp"
#include "tests/tls/pair.hpp"

#include <doctest/doctest.h>

#include <new>
#include <string>

using nurt::coro;
using nurt::io::backend_kind;
using namespace nurt_test;

namespace {

constexpr std::size_t much = 60'000;  // several records

const nurt::tls::server_context& the_site() {
    static const nurt::tls::server_context made = site();
    return made;
}

const nurt::tls::client_context& the_client() {
    static const nurt::tls::client_context made = trusting();
    return made;
}

// What is the matter on this side the other one hears of.
coro<> answer(nurt::stream plain) {
    try {
        nurt::stream s = co_await nurt::tls::start(std::move(plain), the_site());
        const std::string line = co_await s.readline();
        co_await s.write(line);
        co_await s.write(std::string(much, 'x'));
        co_await nurt::tls::shutdown(std::move(s));
    } catch (const nurt::os_error&) {
    } catch (const nurt::incomplete_read_error&) {
    } catch (const std::bad_alloc&) {
    }
}

coro<> talk(const folders&) {
    auto [near, far] = nurt::stream_pair();
    auto answering = nurt::create_task(answer(std::move(far)));
    nurt::stream s = co_await nurt::tls::start(std::move(near), "localhost", the_client());
    co_await s.write("hello\n");
    const std::string line = co_await s.readexactly(6);
    const std::string rest = co_await s.read_all();
    if (rest.empty()) {
        throw nurt::incomplete_read_error(rest, much);  // the other side has no memory
    }
    expect(line == "hello\n" && rest == std::string(much, 'x'), "something else was said");
    s.close();
    co_await answering;
}

// A record that is missing would look like an attack.
constexpr outside_part parts[] = {{.name = "TLS", .run = talk, .never_said = "bad record mac"}};

[[maybe_unused]] const bool added = add_parts(parts);

}  // namespace

TEST_CASE("TLS, each system call below it failing once, leaves nothing, on epoll") {
    without_each_call(parts[0], backend_kind::epoll);
}

TEST_CASE("TLS, each system call below it failing once, leaves nothing, on io_uring") {
    without_each_call(parts[0], backend_kind::uring);
}
