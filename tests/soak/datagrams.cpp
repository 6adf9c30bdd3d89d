// SPDX-License-Identifier: MIT
// tests/soak/datagrams.cpp: messages over UDP and Unix sockets, in batches, and sockets that go.
#include <algorithm>
#include <cerrno>
#include <charconv>
#include <iterator>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nurt/core/task.hpp"
#include "nurt/net/datagram_socket.hpp"
#include "nurt/net/unix.hpp"
#include "tests/soak/actor.hpp"

namespace nurt_soak {

namespace {

using nurt::datagram_socket;
using nurt::socket_address;
using nurt::unix_address;

struct post_office {
    explicit post_office(world& of) : w(of) {}

    world& w;
    std::uint64_t letters = 0;  // every conversation has a number
};

// "number place " and as many bytes of the pattern as the place says.
std::string letter(std::uint64_t number, std::uint64_t place, std::size_t size) {
    return std::to_string(number) + ' ' + std::to_string(place) + ' ' + patterned(place, size);
}

struct opened_letter {
    std::uint64_t number = 0;
    std::uint64_t place = 0;
    bool whole = false;
};

opened_letter open_letter(std::string_view text) {
    opened_letter l;
    const char* end = text.data() + text.size();
    const auto first = std::from_chars(text.data(), end, l.number);
    if (first.ec != std::errc() || first.ptr == end) {
        return l;
    }
    const auto second = std::from_chars(first.ptr + 1, end, l.place);
    if (second.ec != std::errc() || second.ptr == end) {
        return l;
    }
    l.whole =
        is_patterned(text.substr(static_cast<std::size_t>(second.ptr + 1 - text.data())), l.place);
    return l;
}

socket_address somewhere() {
    return *socket_address::parse("127.0.0.1:0");
}

// Until the socket is closed. Many of them may read one socket.
coro<> read_letters(post_office& post, datagram_socket& from, std::uint64_t number) {
    std::string memory(65'536, '\0');
    while (!from.is_closed()) {
        nurt::received got;
        try {
            got = co_await from.receive(std::span<char>(memory));
        } catch (const nurt::os_error& e) {
            if (e.number() != ECANCELED) {
                throw;
            }
            co_return;
        }
        const opened_letter l = open_letter(std::string_view(memory.data(), got.size));
        if (l.number == number && (!l.whole || got.truncated)) {
            post.w.wrong("a datagram was changed");
        }
        post.w.did(l.number == number ? "datagram: UDP" : "datagram: somebody else's");
    }
}

coro<> write_letters(dice& d, datagram_socket& to, const socket_address& where,
                     std::uint64_t number) {
    const std::size_t count = 1 + d.below(40);
    for (std::size_t i = 0; i < count; ++i) {
        const std::string text = letter(number, i, d.below(d.one_in(5) ? 65'000 : 500));
        co_await to.send_to(text, where);
        if (d.one_in(10)) {
            co_await nurt::sleep(d.moment(2));
        }
    }
}

// Several read one socket, which is closed while they do.
coro<> many_readers(post_office& post, dice& d) {
    datagram_socket in = nurt::open_datagram_socket(somewhere());
    datagram_socket out = nurt::open_datagram_socket(somewhere());
    const socket_address where = in.local_address();
    const std::uint64_t number = ++post.letters;
    const std::size_t readers = 1 + d.below(4);
    auto body = [&](nurt::task_group& group) -> coro<> {
        for (std::size_t i = 0; i < readers; ++i) {
            const auto task = group.create_task(read_letters(post, in, number));
            if (d.one_in(4)) {
                co_await nurt::sleep(d.moment(2));
                task.cancel();
            }
        }
        co_await write_letters(d, out, where, number);
        co_await nurt::sleep(d.moment(5));
        in.close();
    };
    co_await nurt::with(nurt::task_group(), body);
}

// A connected socket hears only its peer. Over the loopback interface nothing gets lost as long as
// there is room for it.
coro<> question_and_answer(post_office& post, dice& d) {
    datagram_socket server = nurt::open_datagram_socket(somewhere());
    datagram_socket client = nurt::connect_datagram_socket(server.local_address());
    const std::uint64_t number = ++post.letters;
    const std::size_t rounds = 1 + d.below(10);
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::string question = letter(number, i, d.below(d.one_in(5) ? 60'000 : 500));
        co_await client.send(question);
        for (bool ours = false; !ours;) {
            const nurt::datagram heard = co_await server.receive();
            ours = heard.data == question;
            if (ours) {
                co_await server.send_to(heard.data, heard.sender);
            }
        }
        const nurt::datagram answer = co_await client.receive();
        if (answer.data != question) {
            post.w.wrong("an answer by UDP is not the question");
        }
        post.w.did("datagram: answer");
    }
}

coro<> nobody_there(post_office& post, dice& d) {
    socket_address gone;
    {
        const datagram_socket there = nurt::open_datagram_socket(somewhere());
        gone = there.local_address();
    }
    datagram_socket client = nurt::connect_datagram_socket(gone);
    bool refused = false;
    for (int i = 0; i < 3; ++i) {
        try {
            co_await client.send("is anybody there?");
            if (d.one_in(2)) {
                char byte[1];
                co_await within(d.moment(3), [&] { return client.receive(byte); });
            }
        } catch (const nurt::os_error& e) {
            if (e.number() != ECONNREFUSED) {
                throw;
            }
            refused = true;
        }
    }
    post.w.did(refused ? "datagram: refused" : "datagram: somebody there");
}

// What both ends of a pair know of each other. Nothing of what one sends may get lost, come twice
// or late, whoever is cancelled.
struct series {
    std::uint64_t round = 0;  // begins anew when a batch was cancelled, which may have sent a part
    std::uint64_t sent = 0;   // of this round, for certain
    std::uint64_t received = 0;  // likewise
    std::uint64_t heard_round = 0;
    bool over = false;
};

coro<> send_one(dice& d, datagram_socket& to, series& s) {
    const std::string text = letter(s.round, s.sent, d.below(d.one_in(20) ? 30'000 : 100));
    bool gone = false;
    co_await within(d.moment(3), [&]() -> coro<> {
        co_await to.send(text);
        gone = true;
    });
    s.sent += gone ? 1 : 0;
}

coro<> send_batch(dice& d, datagram_socket& to, series& s) {
    std::vector<std::string> texts;
    std::vector<nurt::datagram_slot> slots(1 + d.below(80));
    for (std::size_t i = 0; i < slots.size(); ++i) {
        texts.push_back(letter(s.round, s.sent + i, d.below(100)));
    }
    for (std::size_t i = 0; i < slots.size(); ++i) {
        slots[i].data = texts[i].data();
        slots[i].size = texts[i].size();
    }
    std::size_t gone = 0;
    bool known = false;
    co_await within(d.moment(3), [&]() -> coro<> {
        gone = co_await to.send_many(slots);
        known = true;
    });
    if (known) {
        s.sent += gone;
    } else {
        ++s.round;
        s.sent = 0;
    }
}

coro<> send_series(dice& d, datagram_socket& to, series& s) {
    const std::size_t count = d.below(60);
    for (std::size_t i = 0; i < count; ++i) {
        if (d.one_in(3)) {
            co_await send_batch(d, to, s);
        } else {
            co_await send_one(d, to, s);
        }
        if (d.one_in(10)) {
            co_await nurt::sleep(d.moment(1));
        }
    }
    co_await to.send("");
}

void take_letter(post_office& post, series& s, std::string_view text, bool truncated) {
    if (text.empty()) {
        s.over = true;
        return;
    }
    const opened_letter l = open_letter(text);
    if (l.number != s.heard_round) {
        s.heard_round = l.number;
        s.received = 0;
    }
    if (!l.whole || truncated || l.place != s.received) {
        post.w.wrong("of a Unix socket came number " + std::to_string(l.place) + " instead of " +
                     std::to_string(s.received));
    }
    ++s.received;
    post.w.did("datagram: Unix");
}

coro<> receive_batch(post_office& post, dice& d, datagram_socket& from, series& s) {
    std::vector<nurt::datagram_slot> slots(1 + d.below(8));
    std::string memory(slots.size() * 65'536, '\0');
    for (std::size_t i = 0; i < slots.size(); ++i) {
        slots[i].data = memory.data() + i * 65'536;
        slots[i].room = 65'536;
    }
    std::size_t count = 0;
    co_await within(d.moment(3), [&]() -> coro<> { count = co_await from.receive_many(slots); });
    for (std::size_t i = 0; i < count; ++i) {
        take_letter(post, s, std::string_view(slots[i].data, slots[i].size), slots[i].truncated);
    }
}

coro<> receive_one(post_office& post, dice& d, datagram_socket& from, series& s) {
    std::string memory(65'536, '\0');
    co_await within(d.moment(3), [&]() -> coro<> {
        const nurt::received got = co_await from.receive(std::span<char>(memory));
        take_letter(post, s, std::string_view(memory.data(), got.size), got.truncated);
    });
}

coro<> receive_series(post_office& post, dice& d, datagram_socket& from, series& s) {
    while (!s.over) {
        if (d.one_in(3)) {
            co_await receive_batch(post, d, from, s);
        } else {
            co_await receive_one(post, d, from, s);
        }
    }
}

coro<> pair(post_office& post, dice& d) {
    auto both = nurt::datagram_pair();
    datagram_socket& from = both.first;
    datagram_socket& to = both.second;
    series s;
    dice senders(d.below(SIZE_MAX));
    auto body = [&](nurt::task_group& group) -> coro<> {
        group.create_task(send_series(senders, to, s)).detach();
        group.create_task(receive_series(post, d, from, s)).detach();
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    if (s.round == s.heard_round && s.sent != s.received) {
        post.w.wrong("a pair has lost a datagram");
    }
    post.w.did("datagram: series");
}

// A socket with a path and one that has connected to it.
coro<> by_path(post_office& post, dice& d) {
    const std::string number = std::to_string(++post.letters);
    const std::string start = d.one_in(3) ? "@nurt_soak " + post.w.folder : post.w.folder;
    const unix_address at(start + "/letters" + number);
    const unix_address back(start + "/answers" + number);
    datagram_socket server = nurt::open_datagram_socket(at);
    datagram_socket client = nurt::connect_datagram_socket(at, back);
    const std::string question = letter(1, 2, d.below(30'000));
    co_await client.send(question);
    const nurt::datagram heard = co_await server.receive();
    co_await nurt::sleep(d.moment(2));
    co_await server.send_to(heard.data, heard.sender);
    const nurt::datagram answer = co_await client.receive();
    if (answer.data != question) {
        post.w.wrong("an answer by path is not the question");
    }
    post.w.did("datagram: by path");
}

constexpr deed<post_office> deeds[] = {many_readers, question_and_answer, nobody_there, pair, pair,
                                       by_path};
constexpr int errors[] = {EMFILE};

coro<> deliver(world& w) {
    post_office post(w);
    for (const char* what : {"datagram: UDP", "datagram: answer", "datagram: refused",
                             "datagram: Unix", "datagram: series", "datagram: by path"}) {
        w.expect(what);
    }
    auto body = [&](nurt::task_group& group) -> coro<> {
        const habits h{.kind = "datagram", .patience_ms = 20, .errors = errors};
        start_actors(w, group, post, 4, h, std::span<const deed<post_office>>(deeds));
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
}

}  // namespace

coro<> datagrams(world& w, nurt::task_group& group) {
    group.create_task(deliver(w), "datagrams").detach();
    co_return;
}

}  // namespace nurt_soak
