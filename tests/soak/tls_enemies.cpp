// SPDX-License-Identifier: MIT
// tests/soak/tls_enemies.cpp: who knows no TLS, sends rubbish, cuts connections, or changes a bit.
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "nurt/core/timeout.hpp"
#include "nurt/core/with.hpp"
#include "nurt/net/tcp.hpp"
#include "nurt/stream/errors.hpp"
#include "tests/soak/secure.hpp"

namespace nurt_soak {

namespace {

namespace tls = nurt::tls;
using nurt::stream;

std::string rubbish(dice& d, std::size_t size) {
    std::string text(size, '\0');
    for (char& c : text) {
        c = static_cast<char>(d.below(256));
    }
    if (d.one_in(2)) {
        text.insert(0, "\x16\x03\x01\x02\x10\x01", 6);  // as a greeting of TLS begins
    }
    return text;
}

coro<> rubbish_for_the_server(secure& all, dice& d) {
    stream s = co_await nurt::connect("127.0.0.1", all.port);
    const std::string text = rubbish(d, d.below(3000));
    co_await s.write(text);
    if (d.one_in(2)) {
        co_await nurt::sleep(d.moment(20));
    }
    if (d.one_in(2)) {
        s.abort();
    } else if (d.one_in(2)) {
        s.shutdown_write();
        const std::string answer = co_await s.read_all();
    }
    all.w.did("tls enemy: rubbish for a server");
}

coro<> be_a_bad_server(dice& d, nurt::listener& at) {
    stream s = co_await at.accept();
    char memory[5000];
    if (!d.one_in(4)) {
        co_await s.read_some(memory);
    }
    switch (d.below(4)) {
        case 0: co_await nurt::sleep(nurt::seconds(5)); break;  // says nothing
        case 1: s.abort(); break;
        case 2: break;
        default: {
            const std::string text = rubbish(d, 1 + d.below(3000));
            co_await s.write(text);
            co_await s.read_some(memory);
        }
    }
}

// How the client's part ended. What an enemy does may make it fail, but not in any way.
template <class Work>
coro<bool> failed(Work work) {
    bool whole = false;
    try {
        co_await work();
        whole = true;
    } catch (const nurt::timeout_error&) {
    } catch (const nurt::os_error& e) {
        if (e.number() == static_cast<int>(nurt::tls_errc::configuration)) {
            throw;
        }
    }
    co_return !whole;
}

coro<> rubbish_for_the_client(secure& all, dice& d) {
    auto at = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
    dice enemy(d.below(SIZE_MAX));
    bool refused = false;
    auto body = [&](nurt::task_group& group) -> coro<> {
        auto bad = [&]() -> coro<> { co_await failed([&] { return be_a_bad_server(enemy, at); }); };
        group.create_task(bad).detach();
        refused = co_await failed([&]() -> coro<> {
            const stream s = co_await tls::connect("127.0.0.1", at.port(), all.hurried);
        });
        group.cancel();
    };
    co_await nurt::with(nurt::task_group(), body);
    if (!refused) {
        all.w.wrong("rubbish was taken for a handshake");
    }
    all.w.did("tls enemy: rubbish for a client");
}

// What a proxy does when so many bytes have passed.
struct plan {
    std::size_t bytes = 0;
    std::size_t deed = 0;
    bool done = false;
};

void change(std::span<char> bytes, dice& d, std::size_t place) {
    bytes[place] = static_cast<char>(bytes[place] ^ (1 << d.below(8)));
}

// False: the connection is over.
coro<bool> carry(dice& d, stream& from, stream& to, plan& p) {
    char memory[3000];
    if (from.is_closed()) {
        co_return false;  // by the other direction
    }
    const std::size_t n = co_await from.read_some(memory);
    if (to.is_closed()) {
        co_return false;
    }
    if (n == 0) {
        to.shutdown_write();
        co_return false;
    }
    std::size_t pass = n;
    if (!p.done && n > p.bytes) {
        p.done = true;
        switch (p.deed) {
            case 0: pass = p.bytes; break;  // and then it is cut
            case 1: change(memory, d, p.bytes); break;
            case 2: co_await nurt::sleep(d.up_to_ms(100)); break;
            default: from.abort(); to.abort();
        }
    }
    if (to.is_closed()) {
        co_return false;
    }
    p.bytes -= std::min(p.bytes, n);
    co_await to.write(std::string_view(memory, pass));
    if (pass != n) {
        to.close();
        from.close();
    }
    co_return pass == n;
}

coro<> carry_all(dice& d, stream& from, stream& to, plan& p) {
    co_await failed([&]() -> coro<> {
        for (bool more = true; more;) {
            more = co_await carry(d, from, to, p);
        }
    });
}

coro<> be_a_proxy(secure& all, dice& d, nurt::listener& at) {
    stream client = co_await at.accept();
    stream server = co_await nurt::connect("127.0.0.1", all.port);
    plan there{d.below(d.one_in(2) ? 1000 : 20'000), d.below(4), d.one_in(3)};
    plan back{d.below(d.one_in(2) ? 4000 : 50'000), d.below(4), d.one_in(3)};
    dice other(d.below(SIZE_MAX));
    auto body = [&](nurt::task_group& group) -> coro<> {
        group.create_task(carry_all(other, client, server, there)).detach();
        co_await carry_all(d, server, client, back);
    };
    co_await nurt::with(nurt::task_group(), body);
    all.w.did("tls enemy: carried");
}

coro<> through_a_proxy(secure& all, dice& d) {
    auto at = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
    dice enemy(d.below(SIZE_MAX));
    bool disturbed = false;
    auto body = [&](nurt::task_group& group) -> coro<> {
        auto proxy = [&]() -> coro<> {
            co_await failed([&] { return be_a_proxy(all, enemy, at); });
            at.close();
        };
        group.create_task(proxy).detach();
        disturbed = co_await failed([&]() -> coro<> {
            stream s = co_await tls::connect("localhost", at.port(), all.hurried);
            // A length that was changed makes both sides wait for the other.
            co_await nurt::wait_for(converse(all, d, std::move(s)), nurt::seconds(2));
        });
        group.cancel();
    };
    co_await nurt::with(nurt::task_group(), body);
    all.w.did(disturbed ? "tls enemy: disturbed" : "tls enemy: not disturbed");
}

constexpr deed<secure> deeds[] = {rubbish_for_the_server, rubbish_for_the_client, through_a_proxy,
                                  through_a_proxy};

}  // namespace

std::span<const deed<secure>> deeds_of_enemies() {
    return deeds;
}

}  // namespace nurt_soak
