// SPDX-License-Identifier: MIT
// tests/soak/tls.cpp: TLS clients and servers, whose certificates change, and pairs of streams.
#include <cerrno>
#include <charconv>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "nurt/core/with.hpp"
#include "nurt/net/server.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/net/unix.hpp"
#include "nurt/stream/errors.hpp"
#include "tests/soak/secure.hpp"

namespace nurt_soak {

namespace tls = nurt::tls;
using nurt::stream;

secure::secure(world& of)
    : w(of),
      authority("the soak's authority"),
      identities({authority.issue("localhost"), authority.issue("localhost")}),
      trust(tls::client_options().ca_pem(authority.pem())),
      hurried(tls::client_options()
                  .ca_pem(authority.pem())
                  .handshake_timeout(nurt::milliseconds(100))
                  .shutdown_timeout(nurt::milliseconds(50))),
      site(next_certificate()) {}

tls::server_options secure::next_certificate() {
    const nurt_test::identity& chosen = identities[next++ % identities.size()];
    return tls::server_options()
        .certificate_pem(chosen.certificate, chosen.key)
        .shutdown_timeout(nurt::milliseconds(500))
        .on_handshake_error(
            [this](const std::exception&) { w.did("tls: handshake failed at a server"); });
}

namespace {

coro<> say_goodbye(secure& all, dice& d, stream s) {
    if (d.one_in(3)) {
        s.abort();
    } else if (d.one_in(2)) {
        bool late = false;
        try {
            co_await tls::shutdown(std::move(s));
        } catch (const nurt::timeout_error&) {
            late = true;
        }
        all.w.did(late ? "tls: shutdown too late" : "tls: shutdown");
    } else if (d.one_in(2)) {
        s.shutdown_write();
        const std::string rest = co_await s.read_all();
        if (!rest.empty()) {
            all.w.wrong("an echo of nothing under TLS");
        }
    }
}

}  // namespace

coro<> converse(secure& all, dice& d, stream s) {
    std::uint64_t place = 0;
    const std::size_t rounds = 1 + d.below(5);
    co_await s.write("e 0\n");
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::string said = patterned(place, 1 + d.below(d.one_in(5) ? 50'000 : 300));
        co_await s.write(said);
        std::string heard;
        try {
            heard = co_await s.readexactly(said.size());
        } catch (const nurt::incomplete_read_error& e) {
            heard = e.partial();
        }
        if (!std::string_view(said).starts_with(heard)) {
            all.w.wrong("an echo under TLS is not what was said");
        }
        if (heard != said) {
            all.w.did("tls: closed by the server");
            co_return;
        }
        place += said.size();
        all.w.did("tls: echo");
    }
    co_await say_goodbye(all, d, std::move(s));
}

namespace {

coro<> send_pattern(dice& d, stream& to, std::size_t size) {
    for (std::size_t place = 0; place < size;) {
        const std::size_t some = 1 + d.below(size - place);
        const std::string text = patterned(place, some);
        co_await to.write(text);
        place += some;
        if (d.one_in(8)) {
            co_await nurt::sleep(d.moment(2));
        }
    }
    to.shutdown_write();
}

coro<> hear_pattern(world& w, dice& d, stream& from, std::size_t size, bool all_of_it) {
    std::string memory(1 + d.below(40'000), '\0');
    std::uint64_t place = 0;
    for (std::size_t got = 1; got != 0; place += got) {
        got = co_await from.read_some(std::span<char>(memory));
        if (!is_patterned(std::string_view(memory.data(), got), place)) {
            w.wrong("bytes were changed under TLS");
        }
    }
    if (place > size || (all_of_it && place < size)) {
        w.wrong("under TLS came " + std::to_string(place) + " bytes of " + std::to_string(size));
    }
    w.did(place == size ? "tls: heard all" : "tls: heard a part");
}

void check_peer(world& w, const std::optional<tls::connection_info>& info) {
    const bool known = info && info->peer && info->peer->dns_names.size() == 1;
    if (!known || info->peer->dns_names.front() != "localhost") {
        w.wrong("the peer has shown another certificate");
    }
    w.did(known && info->resumed ? "tls: resumed" : "tls: whole handshake");
}

coro<stream> connect(secure& all) {
    stream s = co_await tls::connect("localhost", all.port, all.trust);
    check_peer(all.w, tls::info(s));
    co_return s;
}

coro<> visit(secure& all, dice& d) {
    stream s = co_await connect(all);
    co_await converse(all, d, std::move(s));
}

coro<> download(secure& all, dice& d) {
    stream s = co_await connect(all);
    const std::size_t size = d.below(400'000);
    const std::string order = "s " + std::to_string(size) + "\n";
    co_await s.write(order);
    co_await hear_pattern(all.w, d, s, size, false);
}

coro<> start_later(secure& all, dice& d) {
    stream plain = co_await nurt::connect("127.0.0.1", all.start_port);
    const std::string name = co_await plain.readline();
    if (name != greeting()) {
        co_return;  // somebody else's port by now
    }
    co_await plain.write("STARTTLS\n");
    stream s = co_await tls::start(std::move(plain), "localhost", all.trust);
    all.w.did("tls: STARTTLS");
    co_await converse(all, d, std::move(s));
}

coro<> not_trusted(secure& all, dice&) {
    const tls::client_context stranger(
        tls::client_options().ca_pem(nurt_test::authority("somebody else").pem()));
    bool refused = false;
    try {
        const stream s = co_await tls::connect("localhost", all.port, stranger);
    } catch (const nurt::tls_error& e) {
        refused = e.reason() == nurt::tls_errc::certificate;
        if (!refused) {
            throw;
        }
    }
    if (!refused) {
        all.w.wrong("a server was trusted that is not");
    }
    all.w.did("tls: not trusted");
}

coro<> start_server_side(secure& all, stream plain, std::optional<stream>& made) {
    made.emplace(co_await tls::start(std::move(plain), all.site));
}

coro<> start_client_side(secure& all, stream plain, std::optional<stream>& made) {
    made.emplace(co_await tls::start(std::move(plain), "localhost", all.trust));
}

struct both_sides {
    std::optional<stream> server;
    std::optional<stream> client;
};

// TLS over two streams that are connected with each other.
coro<> shake_hands(secure& all, both_sides& sides) {
    auto pair = nurt::stream_pair();
    auto body = [&](nurt::task_group& group) -> coro<> {
        group.create_task(start_server_side(all, std::move(pair.first), sides.server)).detach();
        group.create_task(start_client_side(all, std::move(pair.second), sides.client)).detach();
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    check_peer(all.w, tls::info(*sides.client));
}

// In both directions at once; nothing of it may be lost.
coro<> through_pair(secure& all, dice& d) {
    both_sides sides;
    co_await shake_hands(all, sides);
    const std::size_t there = d.below(300'000);
    const std::size_t back = d.below(300'000);
    dice each[] = {dice(d.below(SIZE_MAX)), dice(d.below(SIZE_MAX)), dice(d.below(SIZE_MAX))};
    auto body = [&](nurt::task_group& group) -> coro<> {
        group.create_task(send_pattern(each[0], *sides.client, there)).detach();
        group.create_task(send_pattern(each[1], *sides.server, back)).detach();
        group.create_task(hear_pattern(all.w, each[2], *sides.server, there, true)).detach();
        group.create_task(hear_pattern(all.w, d, *sides.client, back, true)).detach();
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    all.w.did("tls: pair");
}

// The peer reads nothing, and does not say that it has heard of the end.
coro<> no_answer(secure& all, dice& d) {
    both_sides sides;
    co_await shake_hands(all, sides);
    if (d.one_in(2)) {
        const std::string text = patterned(0, d.below(2000));
        co_await sides.server->write(text);
    }
    bool late = false;
    try {
        co_await tls::shutdown(std::move(*sides.server));
    } catch (const nurt::timeout_error&) {
        late = true;
    }
    if (!late) {
        all.w.wrong("a peer that is silent has said that it is closed");
    }
    all.w.did("tls: no close_notify");
}

coro<> echo(stream& s) {
    std::string memory(16 * 1024, '\0');
    for (std::size_t n = 1; n != 0;) {
        n = co_await s.read_some(std::span<char>(memory));
        co_await s.write(std::string_view(memory.data(), n));
    }
}

coro<> serve(stream s) {
    const std::string line = co_await s.readline();
    if (line.starts_with("s ")) {
        std::size_t n = 0;
        std::from_chars(line.data() + 2, line.data() + line.size(), n);
        const std::string text = patterned(0, n);
        co_await s.write(text);
        s.shutdown_write();
        const std::string rest = co_await s.read_all();
    } else if (!line.empty()) {
        co_await echo(s);
    }
}

coro<> serve_started(secure& all, stream plain) {
    const std::string name = greeting();
    co_await plain.write(name);
    const std::string line = co_await plain.readline();
    if (line == "STARTTLS\n") {
        stream s = co_await tls::start(std::move(plain), all.site);
        co_await serve(std::move(s));
    }
}

coro<> serve_for_a_while(secure& all, dice& d) {
    auto started = [&all](stream s) { return serve_started(all, std::move(s)); };
    nurt::server later = co_await nurt::start_server(started, "127.0.0.1", 0);
    nurt::server server = co_await tls::start_server(serve, "127.0.0.1", 0, all.site);
    all.port = server.port();
    all.start_port = later.port();
    co_await nurt::sleep(d.up_to_ms(3000));
    switch (d.below(4)) {
        case 0: server.close_clients(); break;
        case 1: server.abort_clients(); break;
        case 2: co_await server.stop(d.up_to_ms(50)); break;
        default: break;  // with all that it has
    }
    all.w.did("tls: server closed");
}

coro<> house(secure& all, dice d) {
    while (!all.w.over()) {
        bool failed = false;
        try {
            co_await serve_for_a_while(all, d);
        } catch (const nurt::os_error&) {
            failed = true;  // there was no descriptor
        }
        if (failed) {
            co_await nurt::sleep(d.up_to_ms(20));
        }
    }
}

// Certificates change, and sessions are forgotten.
coro<> reload(secure& all, dice d) {
    while (!all.w.over()) {
        co_await nurt::sleep(d.up_to_ms(4000));
        if (d.one_in(4)) {
            all.trust.reload();
        } else {
            all.site.assign(all.next_certificate());
        }
        all.w.did("tls: reloaded");
    }
}

constexpr deed<secure> deeds[] = {visit,       visit,        download, start_later,
                                  not_trusted, through_pair, no_answer};
// Of TLS itself: what came is not TLS, since the port may be another's by now; and the connection was cut.
constexpr int errors[] = {EMFILE,
                          ECONNREFUSED,
                          ECONNRESET,
                          EPIPE,
                          ENOTCONN,  // who was reset cannot shut down
                          static_cast<int>(nurt::tls_errc::protocol),
                          static_cast<int>(nurt::tls_errc::truncated)};

coro<> speak(world& w) {
    secure all(w);
    for (const char* what :
         {"echo", "heard all", "resumed", "whole handshake", "STARTTLS", "pair", "no close_notify",
          "reloaded", "server closed", "not trusted", "handshake failed at a server", "shutdown"}) {
        w.expect(std::string("tls: ") + what);
    }
    auto body = [&](nurt::task_group& group) -> coro<> {
        const habits h{.kind = "tls", .patience_ms = 30, .errors = errors};
        group.create_task(house(all, w.dice_for("TLS server", 0)), "TLS server").detach();
        group.create_task(reload(all, w.dice_for("reload", 0)), "reload").detach();
        start_actors(w, group, all, 5, h, std::span<const deed<secure>>(deeds));
        const habits worse{.kind = "tls enemy", .patience_ms = 30, .errors = errors};
        start_actors(w, group, all, 2, worse, deeds_of_enemies());
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
}

}  // namespace

coro<> tls_crowd(world& w, nurt::task_group& group) {
    group.create_task(speak(w), "TLS").detach();
    co_return;
}

}  // namespace nurt_soak
