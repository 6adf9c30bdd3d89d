// SPDX-License-Identifier: MIT
// Who is trusted, what a failure says, and that nothing waits for ever.
#include "nurt/core/sleep.hpp"
#include "tests/support/in_loop.hpp"
#include "tests/support/world.hpp"
#include "tests/tls/pair.hpp"

#include <algorithm>
#include <cerrno>

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
using nurt_test::stopwatch;
using nurt_test::trusting;
using nurt_test::trusting_options;

namespace {

namespace tls = nurt::tls;

struct outcome {
    std::string client;  // empty: it went well
    std::string server;
    tls_errc client_reason{};
    tls_errc server_reason{};
};

// Shakes hands over memory, and tells how that ended for each.
coro<outcome> shake(tls::client_context client, tls::server_context server,
                    std::string name = "localhost") {
    auto [here, there] = nurt::memory_stream_pair();
    outcome result;
    auto serving = create_task(tls::start(std::move(there), std::move(server)));
    try {
        const stream s = co_await tls::start(std::move(here), std::move(name), std::move(client));
    } catch (const tls_error& e) {
        result.client = e.what();
        result.client_reason = e.reason();
    }
    try {
        const stream s = co_await std::move(serving);
    } catch (const tls_error& e) {
        result.server = e.what();
        result.server_reason = e.reason();
    }
    co_return result;
}

coro<std::string> client_says(tls::client_context client, tls::server_context server,
                              std::string name = "localhost") {
    const outcome result = co_await shake(std::move(client), std::move(server), std::move(name));
    co_return result.client;
}

tls::server_context site_of(const identity& one) {
    return tls::server_context(tls::server_options().certificate_pem(one.certificate, one.key));
}

}  // namespace

TEST_CASE("a certificate that nobody we trust has signed is refused, and both sides say so") {
    in_task([]() -> coro<void> {
        const authority stranger("somebody else");
        const outcome result = co_await shake(trusting(), site_of(stranger.issue("localhost")));
        CHECK(result.client ==
              "TLS handshake with memory (localhost): certificate verify failed: unable to get "
              "local issuer certificate");
        CHECK(result.client_reason == tls_errc::certificate);
        CHECK(result.server == "TLS handshake with memory: the peer says: unknown ca");
        CHECK(result.server_reason == tls_errc::rejected);
    });
}

TEST_CASE("the system's trust does not cover a certificate of ours") {
    in_task([]() -> coro<void> {
        const std::string said = co_await client_says(tls::client_context(), site());
        CHECK(said.find("certificate verify failed") != std::string::npos);
    });
}

TEST_CASE("a certificate for another host is refused") {
    in_task([]() -> coro<void> {
        const std::string said = co_await client_says(trusting(), site(), "example.org");
        CHECK(said ==
              "TLS handshake with memory (example.org): certificate verify failed: hostname "
              "mismatch");
    });
}

TEST_CASE("a certificate that has expired is refused") {
    in_task([]() -> coro<void> {
        const auto old = root().issue("localhost", {.expired = true});
        const std::string said = co_await client_says(trusting(), site_of(old));
        CHECK(said ==
              "TLS handshake with memory (localhost): certificate verify failed: certificate has "
              "expired");
    });
}

TEST_CASE("a star stands for one label, and not for a part of one") {
    in_task([]() -> coro<void> {
        const auto star = site_of(root().issue("*.example.org"));
        const std::string said1 = co_await client_says(trusting(), star, "www.example.org");
        CHECK(said1.empty());
        const std::string said2 = co_await client_says(trusting(), star, "a.www.example.org");
        CHECK(!said2.empty());
        const std::string said3 = co_await client_says(trusting(), star, "example.org");
        CHECK(!said3.empty());
        const auto part = site_of(root().issue("w*.example.org"));
        const std::string said4 = co_await client_says(trusting(), part, "www.example.org");
        CHECK(!said4.empty());
    });
}

TEST_CASE("an address is compared with the addresses of the certificate") {
    in_task([]() -> coro<void> {
        const auto four = site_of(root().issue("127.0.0.1"));
        const std::string said5 = co_await client_says(trusting(), four, "127.0.0.1");
        CHECK(said5.empty());
        const std::string said = co_await client_says(trusting(), four, "127.0.0.2");
        CHECK(said ==
              "TLS handshake with memory (127.0.0.2): certificate verify failed: IP address "
              "mismatch");
        const auto six = site_of(root().issue("::1"));
        const std::string said6 = co_await client_says(trusting(), six, "0:0:0:0:0:0:0:1");
        CHECK(said6.empty());
        const auto local = site_of(root().issue("fe80::1"));
        const std::string said7 = co_await client_says(trusting(), local, "fe80::1%1");
        CHECK(said7.empty());
    });
}

TEST_CASE("a name with the final dot is the name without it") {
    in_task([]() -> coro<void> {
        const auto server = site_of(root().issue("www.example"));
        const std::string said = co_await client_says(trusting(), server, "www.example.");
        CHECK(said.empty());
        const std::string other = co_await client_says(trusting(), server, "www.example..");
        CHECK(!other.empty());
    });
}

TEST_CASE("an intermediate authority's certificate comes with the chain") {
    in_task([]() -> coro<void> {
        const authority middle(root(), "in the middle");
        const std::string said7 =
            co_await client_says(trusting(), site_of(middle.issue("localhost")));
        CHECK(said7.empty());
    });
}

TEST_CASE("accepting any name, or any certificate, has to be said") {
    in_task([]() -> coro<void> {
        const auto any_name = trusting_options().insecure_accept_any_name();
        const std::string said8 = co_await client_says(any_name, site(), "example.org");
        CHECK(said8.empty());
        const authority stranger("somebody else");
        const auto strange = site_of(stranger.issue("elsewhere"));
        const std::string said9 = co_await client_says(any_name, strange);
        CHECK(!said9.empty());
        const auto anybody = tls::client_options().insecure_accept_any_certificate();
        const std::string said10 = co_await client_says(anybody, strange);
        CHECK(said10.empty());
    });
}

TEST_CASE("a client that does not know whom it talks to is not let talk") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        const auto e =
            co_await error_of<nurt::usage_error>(tls::start(std::move(here), "", trusting()));
        CHECK(std::string(e.what()) ==
              "TLS needs the name of the server, to compare it with its certificate");
    });
}

TEST_CASE("a peer that says nothing is given up after ten seconds") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        const stopwatch time;
        const auto client = co_await error_of<nurt::timeout_error>(
            tls::start(std::move(here), "localhost", trusting()));
        CHECK(time.seconds() == 10);
        CHECK(std::string(client.what()) == "TLS handshake with memory (localhost): timed out");
        auto [quiet, server] = nurt::memory_stream_pair();
        const auto options = site_options().handshake_timeout(nurt::seconds(1));
        co_await error_of<nurt::timeout_error>(tls::start(std::move(server), options));
        CHECK(time.seconds() == 11);
    });
}

TEST_CASE("a connection may have less time for its handshake, and not more") {
    in_task([]() -> coro<void> {
        for (const int limit : {2, 60}) {
            auto [here, there] = nurt::memory_stream_pair();
            const stopwatch time;
            co_await error_of<nurt::timeout_error>(
                tls::start(std::move(here), "localhost", trusting(),
                           tls::start_options{.handshake_timeout = nurt::seconds(limit)}));
            CHECK(time.seconds() == std::min(limit, 10));
        }
    });
}

TEST_CASE("a peer that goes away in the middle is an error, not a timeout") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        there.close();
        const auto e =
            co_await error_of<nurt::os_error>(tls::start(std::move(here), "localhost", trusting()));
        CHECK(e.number() == EPIPE);
        auto [client, server] = nurt::memory_stream_pair();
        client.close();
        const auto cut = co_await error_of<tls_error>(tls::start(std::move(server), site()));
        CHECK(std::string(cut.what()) ==
              "TLS handshake with memory: the peer has closed the connection");
        CHECK(cut.reason() == tls_errc::truncated);
    });
}

TEST_CASE("what is not TLS is an error that says so") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        co_await here.write("GET / HTTP/1.1\r\n\r\n");
        const auto e = co_await error_of<tls_error>(tls::start(std::move(there), site()));
        CHECK(e.reason() == tls_errc::protocol);
        CHECK(std::string(e.what()) ==
              "TLS handshake with memory: the peer does not speak TLS: http request");
    });
}

TEST_CASE("a handshake that is cancelled closes the connection") {
    in_task([]() -> coro<void> {
        auto [here, there] = nurt::memory_stream_pair();
        auto shaking = create_task(tls::start(std::move(here), "localhost", trusting()));
        co_await nurt::sleep(nurt::seconds(1));
        shaking.cancel();
        const std::string hello = co_await there.read_all();  // ends
        CHECK(!hello.empty());
        CHECK(shaking.cancelled());
    });
}

TEST_CASE("certificates that cannot be used are refused before anybody connects") {
    const auto why = [](const tls::server_options& options) -> std::string {
        try {
            const tls::server_context context(options);
        } catch (const tls_error& e) {
            CHECK(e.reason() == tls_errc::configuration);
            return e.what();
        }
        return "nothing";
    };
    const identity one = root().issue("localhost");
    const identity other = root().issue("localhost");
    CHECK(why(tls::server_options()) == "TLS server: there is no certificate");
    CHECK(why(tls::server_options().certificate_pem("text", one.key)) ==
          "load certificate chain: there is no certificate in it");
    CHECK(why(tls::server_options().certificate_pem(one.certificate, other.key)) ==
          "load private key: key values mismatch");
    CHECK(why(tls::server_options().certificate_pem(one.certificate)) ==
          "load private key: there is no private key in it");
    CHECK(why(site_options().alpn("")) == "ALPN protocol '': has to have 1 to 255 bytes");
}

TEST_CASE("a file that is not there is named") {
    try {
        const tls::client_context context(tls::client_options().ca_file("/nowhere/ca.pem"));
        FAIL("it was found");
    } catch (const nurt::os_error& e) {
        CHECK(std::string(e.what()) ==
              "load certificates to trust /nowhere/ca.pem: No such file or directory");
    }
}
