// SPDX-License-Identifier: MIT
// Names without a network; tests/real/resolver_test.cpp asks a server.
#include "nurt/net/resolver.hpp"

#include "tests/support/in_loop.hpp"

#include <memory>
#include <string>
#include <vector>

using nurt::coro;
using nurt::ip_address;
using nurt_test::error_of;
using nurt_test::in_loop;

namespace {

// A resolver as a user may write it.
class one_address final : public nurt::resolver {
public:
    coro<std::vector<ip_address>> lookup(std::string) override {
        co_return std::vector<ip_address>(1, ip_address::v4(192, 0, 2, 1));
    }
};

class no_resolver final : public nurt::resolver_service {};

}  // namespace

TEST_CASE("a simulation knows the names that it was given, and no others") {
    auto parts = nurt::sim::make_services();
    auto& hosts = static_cast<nurt::sim::hosts&>(*parts.resolver);
    hosts.add("one.test", ip_address::v4(192, 0, 2, 1));
    hosts.add_mx("one.test", {20, "b.test"});
    hosts.add_mx("one.test", {10, "a.test"});
    hosts.add_txt("one.test", "v=spf1");
    in_loop(std::move(parts), []() -> coro<void> {
        const auto exchangers = co_await nurt::resolve_mx("one.test");
        REQUIRE(exchangers.size() == 2);
        CHECK(exchangers[0].host == "a.test");
        const auto texts = co_await nurt::resolve_txt("one.test");
        CHECK(texts == std::vector<std::string>{"v=spf1"});
        const auto names = co_await nurt::resolve_ptr(ip_address::v4(192, 0, 2, 1));
        CHECK(names == std::vector<std::string>{"one.test"});
        co_await error_of<nurt::resolve_error>(nurt::resolve_mx("two.test"));
        const auto e =
            co_await error_of<nurt::resolve_error>(nurt::resolve_ptr(ip_address::v4(192, 0, 2, 2)));
        CHECK(std::string(e.what()) == "resolve 192.0.2.2: Domain name not found");
    });
}

TEST_CASE("a resolver that knows only addresses says so when it is asked for more") {
    auto parts = nurt::sim::make_services();
    parts.resolver = std::make_unique<one_address>();
    in_loop(std::move(parts), []() -> coro<void> {
        const auto found = co_await nurt::resolve("any.test");
        CHECK(found.size() == 1);
        const auto e = co_await error_of<nurt::resolve_error>(nurt::resolve_txt("any.test"));
        CHECK(std::string(e.what()) ==
              "resolve any.test: the resolver of this loop knows only addresses");
    });
}

TEST_CASE("what is no name is refused without asking anybody") {
    nurt_test::in_sim([]() -> coro<void> {
        co_await error_of<nurt::resolve_error>(nurt::resolve_mx(""));
        const auto e = co_await error_of<nurt::resolve_error>(
            nurt::resolve_txt(std::string("one.test\0x", 10)));
        CHECK(std::string(e.what()) == "resolve 'one.test': not a name");
    });
}

TEST_CASE("a service in the resolver's place that is none is an error of its user") {
    auto parts = nurt::sim::make_services();
    parts.resolver = std::make_unique<no_resolver>();
    in_loop(std::move(parts), []() -> coro<void> {
        co_await error_of<nurt::usage_error>(nurt::resolve("any.test"));
    });
}
