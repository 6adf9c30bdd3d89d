// SPDX-License-Identifier: MIT
// A server of several names: which context a client gets, and that no session leads around it.
#include "nurt/core/result.hpp"
#include "nurt/tls/detail/connection.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

#include <openssl/ssl.h>

using nurt::coro;
using nurt::create_task;
using nurt::stream;
using nurt::tls_error;
using nurt_test::error_of;
using nurt_test::in_task;
using nurt_test::root;
using nurt_test::site_options;
using nurt_test::tls_ends;
using nurt_test::trusting;
using nurt_test::trusting_options;

namespace {

namespace tls = nurt::tls;

const std::vector<std::string> both_names{"open.example", "closed.example"};

// Who asks for closed.example gets that context, and everybody else one that asks for nothing.
tls::server_options with_closed(const tls::server_context& closed) {
    return site_options(both_names)
        .select_by_name([closed](std::string_view name) -> std::optional<tls::server_context> {
            if (name == "closed.example") {
                return closed;
            }
            return std::nullopt;
        });
}

coro<tls_ends> meet(std::string name, tls::client_context client, tls::server_context server) {
    tls_ends ends =
        co_await nurt_test::tls_pair(std::move(client), std::move(server), 65536, std::move(name));
    co_await ends.server.write("x");  // behind the tickets
    const std::string got = co_await ends.client.readexactly(1);
    CHECK(got == "x");
    co_return ends;
}

coro<bool> is_resumed(std::string name, tls::client_context client, tls::server_context server) {
    const tls_ends ends = co_await meet(std::move(name), std::move(client), std::move(server));
    co_return tls::info(ends.server).value().resumed;
}

// What a client may do that is not ours: shows a session at another door than where it was given.
void take_session(const tls::client_context& client, const char* from, const char* to) {
    auto& sessions = client.state()->sessions;
    auto session = sessions.find(std::string(from) + ":0");
    REQUIRE(session);
    sessions.remember(std::string(to) + ":0", std::move(session));
}

// So that it has no choice but to begin again with another key: HelloRetryRequest.
void limit_groups(const tls::server_context& server) {
    SSL_CTX_set1_groups_list(server.state()->built()->context.get(), "P-384");
}

}  // namespace

TEST_CASE("a session of one name opens no door that wants a certificate") {
    in_task([]() -> coro<void> {
        for (const auto oldest : {tls::version::tls1_3, tls::version::tls1_2}) {
            const tls::server_context closed(site_options(both_names)
                                                 .ca_pem(root().pem())
                                                 .clients(tls::client_certificates::require));
            const tls::server_context server(with_closed(closed));
            const auto client = trusting();
            if (oldest == tls::version::tls1_2) {
                SSL_CTX_set_max_proto_version(client.state()->built()->context.get(),
                                              TLS1_2_VERSION);
            }
            const bool first = co_await is_resumed("open.example", client, server);
            CHECK(!first);
            take_session(client, "open.example", "closed.example");
            auto [here, there] = nurt::memory_stream_pair();
            auto knocking = create_task(tls::start(std::move(here), "closed.example", client));
            const auto e = co_await error_of<tls_error>(tls::start(std::move(there), server));
            CHECK(e.reason() == nurt::tls_errc::certificate);
            co_await nurt::as_result(knocking);
        }
    });
}

TEST_CASE("a session is resumed at the name that gave it") {
    in_task([]() -> coro<void> {
        const tls::server_context closed(site_options(both_names));
        const tls::server_context server(with_closed(closed));
        const auto client = trusting();
        for (const char* name : {"closed.example", "open.example"}) {
            const bool first = co_await is_resumed(name, client, server);
            const bool second = co_await is_resumed(name, client, server);
            CHECK(!first);
            CHECK(second);
        }
    });
}

TEST_CASE("a context that was reloaded resumes no session from before") {
    in_task([]() -> coro<void> {
        tls::server_context closed(site_options(both_names));
        const tls::server_context server(with_closed(closed));
        const auto client = trusting();
        co_await is_resumed("closed.example", client, server);
        closed.assign(site_options(both_names));
        const bool again = co_await is_resumed("closed.example", client, server);
        CHECK(!again);
    });
}

TEST_CASE("the context that was chosen says how old a version may be, and whether one comes back") {
    in_task([]() -> coro<void> {
        const tls::server_context closed(
            site_options(both_names).minimum_version(tls::version::tls1_3).no_session_resumption());
        const tls::server_context server(with_closed(closed));
        const auto client = trusting();
        co_await is_resumed("closed.example", client, server);
        const bool again = co_await is_resumed("closed.example", client, server);
        CHECK(!again);
        SSL_CTX_set_max_proto_version(client.state()->built()->context.get(), TLS1_2_VERSION);
        auto [here, there] = nurt::memory_stream_pair();
        auto knocking = create_task(tls::start(std::move(here), "closed.example", client));
        const auto e = co_await error_of<tls_error>(tls::start(std::move(there), server));
        CHECK(std::string(e.what()).ends_with("unsupported protocol"));
        co_await nurt::as_result(knocking);
    });
}

TEST_CASE("a name is looked up once, also when the handshake has to begin again") {
    in_task([]() -> coro<void> {
        const tls::server_context closed(site_options(both_names));
        limit_groups(closed);
        std::vector<std::string> asked;
        const auto select = [&](std::string_view name) -> std::optional<tls::server_context> {
            asked.emplace_back(name);
            return closed;
        };
        const tls::server_context server(site_options(both_names).select_by_name(select));
        limit_groups(server);
        const tls_ends ends = co_await meet("closed.example", trusting(), server);
        CHECK(asked == std::vector<std::string>{"closed.example"});
        CHECK(tls::info(ends.server).value().server_name == "closed.example");
    });
}

TEST_CASE("a client is told when the callback that selects has failed") {
    in_task([]() -> coro<void> {
        auto fails = [](std::string_view) -> std::optional<tls::server_context> {
            throw std::logic_error("no idea");
        };
        auto [here, there] = nurt::memory_stream_pair();
        auto serving =
            create_task(tls::start(std::move(there), site_options().select_by_name(fails)));
        const auto e =
            co_await error_of<tls_error>(tls::start(std::move(here), "localhost", trusting()));
        CHECK(e.reason() == nurt::tls_errc::rejected);
        CHECK(std::string(e.what()).ends_with("the peer says: internal error"));
        co_await nurt::as_result(serving);
    });
}
