// SPDX-License-Identifier: MIT
// What the two sides agree on: protocols, names, certificates of clients, sessions.
#include "nurt/core/sleep.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

using nurt::coro;
using nurt::create_task;
using nurt::stream;
using nurt::tls_errc;
using nurt::tls_error;
using nurt_test::authority;
using nurt_test::error_of;
using nurt_test::identity;
using nurt_test::in_task;
using nurt_test::root;
using nurt_test::site;
using nurt_test::site_options;
using nurt_test::temporary_folder;
using nurt_test::tls_ends;
using nurt_test::tls_pair;
using nurt_test::trusting;
using nurt_test::trusting_options;

namespace {

namespace tls = nurt::tls;

tls::connection_info info_of(const stream& s) {
    auto known = tls::info(s);
    REQUIRE(known);
    return *known;
}

// So that the client gets the tickets, which come after the handshake.
coro<void> talk(tls_ends& ends) {
    co_await ends.server.write("x");
    const std::string got = co_await ends.client.readexactly(1);
    CHECK(got == "x");
}

coro<bool> resumes(tls::client_context client, tls::server_context server) {
    tls_ends ends = co_await tls_pair(std::move(client), std::move(server));
    co_await talk(ends);
    const bool here = info_of(ends.client).resumed;
    CHECK(info_of(ends.server).resumed == here);
    co_return here;
}

coro<std::string> subject(tls::client_context client, tls::server_context server) {
    const tls_ends ends = co_await tls_pair(std::move(client), std::move(server));
    co_return info_of(ends.client).peer.value().dns_names.at(0);
}

}  // namespace

TEST_CASE("a connection knows what was agreed on, and with whom") {
    in_task([]() -> coro<void> {
        const auto server = site_options({"localhost", "127.0.0.1"});
        tls_ends ends = co_await tls_pair(trusting(), server);
        const tls::connection_info at_client = info_of(ends.client);
        CHECK(at_client.version == tls::version::tls1_3);
        CHECK(at_client.cipher == "TLS_AES_256_GCM_SHA384");
        CHECK(at_client.alpn.empty());
        CHECK(!at_client.resumed);
        REQUIRE(at_client.peer);
        CHECK(at_client.peer->subject == "CN=localhost");
        CHECK(at_client.peer->issuer == "CN=nurt test authority");
        CHECK(at_client.peer->dns_names == std::vector<std::string>{"localhost"});
        CHECK(at_client.peer->ip_addresses == std::vector<std::string>{"127.0.0.1"});
        CHECK(at_client.peer->sha256.size() == 64);
        CHECK(at_client.peer->der.starts_with("\x30"));
        CHECK(at_client.peer->not_after.ends_with("GMT"));
        const tls::connection_info at_server = info_of(ends.server);
        CHECK(at_server.server_name == "localhost");
        CHECK(!at_server.peer);
        ends.client.close();
        CHECK(!tls::info(ends.client));
        const auto plain = nurt::memory_stream_pair();
        CHECK(!tls::info(plain.first));
    });
}

TEST_CASE("the server chooses the protocol, its favourite first") {
    in_task([]() -> coro<void> {
        const auto server = site_options().alpn("h2", "http/1.1");
        const auto client = trusting_options().alpn("http/1.1", "h2");
        const tls_ends ends = co_await tls_pair(client, server);
        CHECK(info_of(ends.client).alpn == "h2");
        CHECK(info_of(ends.server).alpn == "h2");
        const tls_ends silent = co_await tls_pair(trusting(), server);
        CHECK(info_of(silent.client).alpn.empty());
    });
}

TEST_CASE("a client whose protocols the server does not speak is refused") {
    in_task([]() -> coro<void> {
        const auto client = trusting_options().alpn("gopher");
        const auto e =
            co_await error_of<tls_error>(tls_pair(client, site_options().alpn("http/1.1")));
        CHECK(e.reason() == tls_errc::rejected);
        CHECK(std::string(e.what()) ==
              "TLS handshake with memory (localhost): the peer says: no application protocol");
    });
}

namespace {

// The protocol on which both sides agree if each says so for this connection.
coro<std::string> protocol(tls::client_context client, const char* asked,
                           tls::server_context server, const char* spoken) {
    auto [here, there] = nurt::memory_stream_pair();
    auto serving = create_task(tls::accept(std::move(there), std::move(server), {.alpn = spoken}));
    const stream c = co_await tls::start(std::move(here), "localhost", std::move(client),
                                         tls::start_options{.alpn = asked});
    const stream s = co_await std::move(serving);
    CHECK(tls::info(*s.shared()->bytes)->alpn == info_of(c).alpn);
    co_return info_of(c).alpn;
}

}  // namespace

TEST_CASE("a connection may speak one protocol, whatever its context says") {
    in_task([]() -> coro<void> {
        const auto client = trusting_options().alpn("h2");
        const auto server = site_options().alpn("h2", "gopher");
        const std::string ours = co_await protocol(client, "http/1.1", server, "http/1.1");
        CHECK(ours == "http/1.1");
        const std::string theirs = co_await protocol(client, "gopher", server, "");
        CHECK(theirs == "gopher");
        auto choosing = site_options();
        choosing.select_by_name([server](std::string_view) { return server; });
        const std::string selected =
            co_await protocol(trusting(), "http/1.1", choosing, "http/1.1");
        CHECK(selected == "http/1.1");
        co_await error_of<tls_error>(protocol(client, "http/1.1", server, ""));
        const std::string long_name(256, 'x');
        co_await error_of<tls_error>(protocol(client, long_name.c_str(), server, ""));
    });
}

TEST_CASE("a server gets a closed stream of who cannot shake hands, and hears why") {
    in_task([]() -> coro<void> {
        int heard = 0;
        const auto options = site_options().on_handshake_error([&](const auto&) { ++heard; });
        auto [here, there] = nurt::memory_stream_pair();
        co_await here.write("GET / HTTP/1.1\r\n\r\n");
        const stream s = co_await tls::accept(std::move(there), options);
        CHECK(s.is_closed());
        CHECK(heard == 1);
        const std::string rest = co_await here.read_all();
        CHECK(rest.empty());
    });
}

TEST_CASE("TLS is told from what is not") {
    in_task([]() -> coro<void> {
        const tls_ends ends = co_await tls_pair();
        CHECK(tls::is_tls(*ends.client.shared()->bytes));
        const auto plain = nurt::memory_stream_pair();
        CHECK(!tls::is_tls(*plain.first.shared()->bytes));
        CHECK(!tls::info(*plain.first.shared()->bytes));
    });
}

TEST_CASE("a name selects the context") {
    in_task([]() -> coro<void> {
        auto select = [](std::string_view name) -> std::optional<tls::server_context> {
            if (name == "localhost") {
                return site_options({"localhost", "chosen.example"}).alpn("chosen");
            }
            return std::nullopt;
        };
        auto server =
            tls::server_options(site_options(std::vector<std::string>(1, "other.example")))
                .select_by_name(select);
        const auto client = trusting_options().alpn("chosen");
        const tls_ends ends = co_await tls_pair(client, server);
        CHECK(info_of(ends.client).peer.value().dns_names.at(1) == "chosen.example");
        CHECK(info_of(ends.client).alpn == "chosen");
        auto [here, there] = nurt::memory_stream_pair();
        auto serving = create_task(tls::start(std::move(there), server));
        const stream other = co_await tls::start(std::move(here), "other.example", client);
        const stream served = co_await std::move(serving);
        CHECK(info_of(other).peer.value().dns_names.at(0) == "other.example");
    });
}

TEST_CASE("an error of the callback that selects ends the handshake, and arrives") {
    in_task([]() -> coro<void> {
        auto fails = [](std::string_view) -> std::optional<tls::server_context> {
            throw std::logic_error("no idea");
        };
        auto [here, there] = nurt::memory_stream_pair();
        auto client = create_task(tls::start(std::move(here), "localhost", trusting()));
        const auto e = co_await error_of<std::logic_error>(
            tls::start(std::move(there), site_options().select_by_name(fails)));
        CHECK(std::string(e.what()) == "no idea");
        co_await error_of<nurt::os_error>(
            [](nurt::task<stream> t) -> coro<void> { co_await std::move(t); }(std::move(client)));
    });
}

TEST_CASE("a server that requires a certificate refuses clients without one") {
    in_task([]() -> coro<void> {
        const auto server =
            site_options().ca_pem(root().pem()).clients(tls::client_certificates::require);
        auto [here, there] = nurt::memory_stream_pair();
        auto client = create_task(tls::start(std::move(here), "localhost", trusting()));
        const auto e = co_await error_of<tls_error>(tls::start(std::move(there), server));
        CHECK(std::string(e.what()) ==
              "TLS handshake with memory: peer did not return a certificate");
        CHECK(e.reason() == tls_errc::certificate);
        stream s = co_await std::move(client);  // it learns of it when it reads
        const auto told = co_await error_of<tls_error>(s.read(1));
        CHECK(std::string(told.what()) == "read from memory: the peer says: certificate required");
    });
}

TEST_CASE("a server knows the client by its certificate") {
    in_task([]() -> coro<void> {
        const auto server =
            site_options().ca_pem(root().pem()).clients(tls::client_certificates::require);
        const identity ada = root().issue("ada.example");
        const auto client = trusting_options().certificate_pem(ada.certificate, ada.key);
        const tls_ends ends = co_await tls_pair(client, server);
        CHECK(info_of(ends.server).peer.value().subject == "CN=ada.example");
        const authority stranger("somebody else");
        const identity eve = stranger.issue("ada.example");
        const auto forged = trusting_options().certificate_pem(eve.certificate, eve.key);
        auto [here, there] = nurt::memory_stream_pair();
        auto knocking = create_task(tls::start(std::move(here), "localhost", forged));
        const auto e = co_await error_of<tls_error>(tls::start(std::move(there), server));
        CHECK(e.reason() == tls_errc::certificate);
        const stream inside = co_await std::move(knocking);  // as far as it knows
    });
}

TEST_CASE("a certificate that is only requested may be missing") {
    in_task([]() -> coro<void> {
        const auto server =
            site_options().ca_pem(root().pem()).clients(tls::client_certificates::request);
        const tls_ends ends = co_await tls_pair(trusting(), server);
        CHECK(!info_of(ends.server).peer);
    });
}

TEST_CASE("a client that comes back resumes its session, and still knows the server") {
    in_task([]() -> coro<void> {
        const auto client = trusting();
        const auto server = site();
        const bool again1 = co_await resumes(client, server);
        CHECK(!again1);
        const bool again2 = co_await resumes(client, server);
        CHECK(again2);
        const bool again3 = co_await resumes(client, server);
        CHECK(again3);
        const std::string name = co_await subject(client, server);
        CHECK(name == "localhost");
        const bool again4 = co_await resumes(trusting(), server);
        CHECK(!again4);
    });
}

TEST_CASE("no session is resumed where one side does not want it") {
    in_task([]() -> coro<void> {
        const auto server = site();
        const tls::client_context client(trusting_options().no_session_resumption());
        const bool again5 = co_await resumes(client, server);
        CHECK(!again5);
        const bool again6 = co_await resumes(client, server);
        CHECK(!again6);
        const tls::server_context forgetful(site_options().no_session_resumption());
        const auto willing = trusting();
        const bool again7 = co_await resumes(willing, forgetful);
        CHECK(!again7);
        const bool again8 = co_await resumes(willing, forgetful);
        CHECK(!again8);
    });
}

TEST_CASE("a session of a context that trusted anybody opens no door afterwards") {
    in_task([]() -> coro<void> {
        const authority stranger("somebody else");
        const identity one = stranger.issue("localhost");
        const tls::server_context server(
            tls::server_options().certificate_pem(one.certificate, one.key));
        tls::client_context client(tls::client_options().insecure_accept_any_certificate());
        tls_ends ends = co_await tls_pair(client, server);
        client.assign(trusting_options());
        co_await talk(ends);  // the tickets arrive now
        const auto e = co_await error_of<tls_error>(tls_pair(client, server));
        CHECK(e.reason() == tls_errc::certificate);
    });
}

TEST_CASE("reloaded certificates are for new connections, and the old ones go on") {
    in_task([]() -> coro<void> {
        const temporary_folder folder;
        const identity before = root().issue({"localhost", "before.example"});
        const std::string chain = folder.write("chain.pem", before.certificate + before.key);
        tls::server_context server(tls::server_options().certificate_files(chain));
        const auto client = trusting();
        tls_ends old = co_await tls_pair(client, server);
        co_await talk(old);
        const identity after = root().issue({"localhost", "after.example"});
        folder.write("chain.pem", after.certificate + after.key);
        server.reload();
        co_await talk(old);
        const tls_ends fresh = co_await tls_pair(client, server);
        CHECK(info_of(fresh.client).peer.value().dns_names.at(1) == "after.example");
        CHECK(info_of(old.client).peer.value().dns_names.at(1) == "before.example");
    });
}

TEST_CASE("a reload that fails leaves everything as it was") {
    in_task([]() -> coro<void> {
        const temporary_folder folder;
        const identity one = root().issue("localhost");
        const std::string chain = folder.write("chain.pem", one.certificate + one.key);
        tls::server_context server(tls::server_options().certificate_files(chain));
        folder.write("chain.pem", "-----BEGIN CERTIFICATE-----\nhalf of it");
        CHECK_THROWS_AS(server.reload(), tls_error);
        const tls_ends ends = co_await tls_pair(trusting(), server);
        CHECK(tls::info(ends.client));
    });
}

TEST_CASE("a key that needs a password is not asked for at the terminal") {
    in_task([]() -> coro<void> {
        const identity one = root().issue("localhost");
        const std::string sealed = nurt_test::encrypted(one.key, "secret");
        CHECK_THROWS_AS(
            tls::server_context(tls::server_options().certificate_pem(one.certificate, sealed)),
            tls_error);
        const tls::server_context server(
            tls::server_options().certificate_pem(one.certificate, sealed, "secret"));
        const tls_ends ends = co_await tls_pair(trusting(), server);
        CHECK(tls::info(ends.client));
    });
}
