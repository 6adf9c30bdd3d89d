// SPDX-License-Identifier: MIT
// Lookups with real packets, to a name server of our own on the loopback interface.
#include "nurt/net/resolver.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/real/name_server.hpp"
#include "tests/support/in_loop.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

using nurt::coro;
using nurt::resolve;
using nurt_test::error_of;
using nurt_test::name_server;

namespace {

// Runs the body on a loop whose resolver asks this server.
template <class Body>
void with_server(const name_server& server, Body body) {
    nurt::run_options options;
    options.handle_interrupt = false;
    nurt::runner runner(options);
    const std::string where = server.address();
    runner.loop().parts().resolver =
        nurt::make_resolver(runner.loop(), {.nameservers = where, .hosts_file = "/does/not/exist"});
    runner.run(body());
    runner.close();
}

std::string text(std::vector<nurt::ip_address> addresses) {
    std::sort(addresses.begin(), addresses.end());
    std::string result;
    for (const auto& each : addresses) {
        result += each.to_string() + ' ';
    }
    return result;
}

}  // namespace

TEST_CASE("a name is resolved by asking the name server") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        const auto found = co_await resolve("one.test");
        CHECK(text(found) == "192.0.2.1 ");
    });
    CHECK(server.questions() >= 1);
}

TEST_CASE("a name has addresses of both families") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        const auto found = co_await resolve("both.test");
        CHECK(text(found) == "192.0.2.2 2001:db8::2 ");
    });
}

TEST_CASE("a name that does not exist is an error that names it") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        const auto e = co_await error_of<nurt::resolve_error>(resolve("no.such.name.test"));
        CHECK(std::string_view(e.what()) == "resolve no.such.name.test: Domain name not found");
    });
}

TEST_CASE("addresses and localhost ask nobody") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        CHECK(text(co_await resolve("192.0.2.9")) == "192.0.2.9 ");
        CHECK(text(co_await resolve("::1")) == "::1 ");
        CHECK(text(co_await resolve("localhost")) == "127.0.0.1 ::1 ");
        CHECK(text(co_await resolve("WWW.Localhost.")) == "127.0.0.1 ::1 ");
        co_await error_of<nurt::resolve_error>(resolve(""));
        co_await error_of<nurt::resolve_error>(resolve(std::string("one.test\0x", 10)));
    });
    CHECK(server.questions() == 0);
}

TEST_CASE("a lookup that is never answered can be cancelled, and others go on") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        auto silent = nurt::create_task(resolve("silent.test"));
        const auto found = co_await resolve("one.test");
        CHECK(text(found) == "192.0.2.1 ");
        CHECK_FALSE(silent.done());
        silent.cancel();
        co_await nurt::sleep(nurt::seconds(0));
        co_await nurt::sleep(nurt::seconds(0));
        CHECK(silent.cancelled());
    });
}

TEST_CASE("a lookup runs into the timeout of its scope") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        auto bounded = []() -> coro<void> {
            co_await nurt::wait_for(resolve("silent.test"), nurt::milliseconds(20));
        };
        co_await error_of<nurt::timeout_error>(bounded());
    });
}

TEST_CASE("the loop may end while a lookup is under way") {
    const name_server server;
    with_server(server, [&]() -> coro<void> {
        nurt::create_task(resolve("silent.test")).detach();
        while (server.questions() == 0) {
            co_await nurt::sleep(nurt::milliseconds(1));
        }
    });
    CHECK(server.questions() >= 1);
}

TEST_CASE("names of /etc/hosts need no name server") {
    std::ifstream hosts("/etc/hosts");
    std::string ip;
    std::string name;
    bool found = false;
    for (std::string line; !found && std::getline(hosts, line);) {
        std::istringstream words(line);
        found = static_cast<bool>(words >> ip >> name) && ip[0] != '#' &&
                name.find("localhost") == name.npos && nurt::ip_address::parse(ip);
    }
    if (!found) {
        MESSAGE("/etc/hosts has no name but localhost");
        return;
    }
    const name_server server;
    with_server(server, [&]() -> coro<void> {
        const auto addresses = co_await resolve(name);
        CHECK(text(addresses).find(nurt::ip_address::parse(ip)->to_string()) != std::string::npos);
    });
    CHECK(server.questions() == 0);
}

TEST_CASE("a name is asked for once as long as its time to live lasts") {
    const name_server server;
    with_server(server, [&]() -> coro<void> {
        co_await resolve("both.test");
        const int asked = server.questions();
        for (int i = 0; i < 10; ++i) {
            const auto found = co_await resolve("Both.test");
            CHECK(found.size() == 2);
        }
        CHECK(server.questions() == asked);
    });
}

TEST_CASE("a name whose time to live is zero is asked for each time") {
    const name_server server;
    with_server(server, [&]() -> coro<void> {
        co_await resolve("brief.test");
        const int asked = server.questions();
        co_await resolve("brief.test");
        CHECK(server.questions() > asked);
    });
}

TEST_CASE("a hundred lookups of one name at once are one question for each family") {
    const name_server server;
    with_server(server, [&]() -> coro<void> {
        std::vector<nurt::task<std::vector<nurt::ip_address>>> lookups;
        for (int i = 0; i < 100; ++i) {
            lookups.push_back(nurt::create_task(resolve("both.test")));
        }
        for (auto& each : lookups) {
            const auto found = co_await each;
            CHECK(found.size() == 2);
        }
        CHECK(server.questions() == 2);
    });
}

TEST_CASE("mail exchangers are resolved, the preferred first") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        const auto found = co_await nurt::resolve_mx("mail.test");
        REQUIRE(found.size() == 2);
        CHECK(found[0] == nurt::mail_exchanger{10, "a.mail.test"});
        CHECK(found[1] == nurt::mail_exchanger{20, "b.mail.test"});
    });
}

TEST_CASE("texts are resolved, and asked for once") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        const auto found = co_await nurt::resolve_txt("text.test");
        CHECK(found == std::vector<std::string>{"one two", "three"});
        co_await nurt::resolve_txt("text.test");
    });
    CHECK(server.questions() == 1);
}

TEST_CASE("the name of an address is resolved") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        const auto found = co_await nurt::resolve_ptr(nurt::ip_address::v4(192, 0, 2, 1));
        CHECK(found == std::vector<std::string>{"one.test"});
    });
}

TEST_CASE("a name without records of this type, or with malformed ones, is an error") {
    const name_server server;
    with_server(server, []() -> coro<void> {
        const auto none = co_await error_of<nurt::resolve_error>(nurt::resolve_mx("one.test"));
        CHECK(std::string_view(none.what()) ==
              "resolve one.test: DNS server returned answer with no data");
        const auto torn = co_await error_of<nurt::resolve_error>(nurt::resolve_txt("torn.test"));
        CHECK(std::string_view(torn.what()) == "resolve torn.test: Misformatted DNS reply");
    });
}

TEST_CASE("a nameserver option that is no list of addresses is refused") {
    nurt::runner runner;
    CHECK_THROWS_AS(nurt::make_resolver(runner.loop(), {.nameservers = "not an address"}),
                    nurt::error);
}
