// SPDX-License-Identifier: MIT
// Connections, listeners, datagram sockets and children that are closed, reset or destroyed at any moment under
// those who use them: everybody's wait ends, and nothing is left. The seed is NURT_TEST_SEED.
#include "nurt/base/cancelled.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/core/wait.hpp"
#include "nurt/net/datagram_socket.hpp"
#include "nurt/net/unix.hpp"
#include "nurt/process/process.hpp"
#include "nurt/sim/splitmix.hpp"
#include "nurt/stream/pipe.hpp"
#include "tests/real/reality.hpp"
#include "tests/support/support.hpp"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

using nurt::coro;
using nurt::create_task;
using nurt::sleep;
using nurt::stream;
using nurt_test::in_reality;

namespace {

// Chance, and the tasks of one round.
struct play {
    explicit play(std::uint64_t seed) : chance(seed) {}

    bool one_in(std::uint64_t n) { return chance.next() % n == 0; }
    // At least one, so that everybody has begun: then only the operations know what they use.
    coro<> some_turns() {
        for (auto turns = 1 + chance.next() % 6; turns > 0; --turns) {
            co_await sleep(nurt::duration::zero());
        }
        if (one_in(8)) {
            co_await sleep(nurt::microseconds(static_cast<double>(chance.next() % 500)));
        }
    }
    void start(coro<> work) { tasks.push_back(create_task(std::move(work))); }
    void cancel_some() {
        for (const auto& t : tasks) {
            if (one_in(4)) {
                t.cancel();
            }
        }
    }
    // Everybody ends, in whatever way.
    coro<> finish() {
        if (tasks.empty()) {
            co_return;
        }
        const auto ended = co_await nurt::wait(tasks, {.timeout = nurt::seconds(10)});
        CHECK(ended.pending.empty());
        for (const auto& t : ended.done) {
            static_cast<void>(t.cancelled() || t.exception());  // as it likes
        }
        tasks.clear();
    }

    nurt::sim::splitmix chance;
    std::vector<nurt::task<>> tasks;
};

coro<> read_all(stream& from) {
    const std::string all = co_await from.read_all();
}

coro<> read_line(stream& from) {
    co_await from.readline();
}

coro<> write_much(stream& to) {
    co_await to.write(std::string(300'000, 'w'));
}

coro<> ask(stream& s) {
    char answer[100];
    co_await s.exchange("question", answer);
}

coro<std::vector<std::unique_ptr<stream>>> make_ends(play& p) {
    std::vector<std::unique_ptr<stream>> made;
    const auto keep = [&made](stream s) { made.push_back(std::make_unique<stream>(std::move(s))); };
    const auto kind = p.chance.next() % 3;
    if (kind == 0) {
        nurt_test::connection c = co_await nurt_test::connected();
        keep(std::move(c.near));
        keep(std::move(c.far));
    } else {
        auto [first, second] = kind == 1 ? nurt::stream_pair() : nurt::open_pipe();
        keep(std::move(first));
        keep(std::move(second));
    }
    co_return made;
}

void end_one(play& p, std::unique_ptr<stream>& s) {
    const auto how = p.chance.next() % 4;
    if (how == 0) {
        s->close();
    } else if (how == 1) {
        s->abort();
    } else if (how == 2) {
        s.reset();
    }
}

coro<> round_of_streams(play& p) {
    auto both = co_await make_ends(p);
    for (auto& s : both) {
        if (p.one_in(4)) {
            p.start(ask(*s));
            continue;
        }
        if (p.one_in(2)) {
            p.start(p.one_in(2) ? read_all(*s) : read_line(*s));
        }
        if (p.one_in(2)) {
            p.start(write_much(*s));
        }
    }
    co_await p.some_turns();
    end_one(p, both[p.chance.next() % 2]);
    co_await p.some_turns();
    p.cancel_some();
    for (auto& s : both) {
        if (s != nullptr) {
            p.one_in(2) ? s->abort() : static_cast<void>(s->close());
        }
    }
    co_await p.finish();
}

coro<> accept_one(nurt::listener& from) {
    const stream s = co_await from.accept();
}

coro<> connect_to(nurt::socket_address at) {
    const stream s = co_await nurt::connect(at);
}

coro<> round_of_listeners(play& p) {
    std::optional<nurt::listener> at = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
    const nurt::socket_address where = at->address();
    p.start(accept_one(*at));
    for (int i = 0; i < 3; ++i) {
        p.start(connect_to(where));
    }
    co_await p.some_turns();
    p.cancel_some();
    co_await p.some_turns();
    p.one_in(2) ? at->close() : at.reset();
    co_await p.finish();
}

coro<> receive_one(nurt::datagram_socket& from) {
    co_await from.receive();
}

coro<> send_many(nurt::datagram_socket& to) {
    for (int i = 0; i < 40; ++i) {
        co_await to.send(std::string(5000, 'd'));
    }
}

coro<> round_of_datagrams(play& p) {
    auto [first, second] = nurt::datagram_pair();
    auto from = std::make_unique<nurt::datagram_socket>(std::move(first));
    auto to = std::make_unique<nurt::datagram_socket>(std::move(second));
    for (int i = 0; i < 3; ++i) {
        p.start(receive_one(*from));
    }
    p.start(send_many(*to));
    co_await p.some_turns();
    p.cancel_some();
    co_await p.some_turns();
    p.one_in(2) ? from.reset() : from->close();
    p.one_in(2) ? static_cast<void>(0) : to->close();
    co_await p.finish();
}

coro<> wait_for(nurt::process& child) {
    co_await child.wait();
}

coro<> round_of_children(play& p) {
    const nurt::process_options pipes{.stdin = nurt::subprocess::pipe,
                                      .stdout = nurt::subprocess::pipe};
    auto child =
        std::make_unique<nurt::process>(co_await nurt::create_subprocess_exec("cat", {}, pipes));
    p.start(wait_for(*child));
    p.start(read_all(child->stdout()));
    p.start(write_much(child->stdin()));
    co_await p.some_turns();
    p.cancel_some();
    co_await p.some_turns();
    child.reset();
    co_await p.finish();
}

}  // namespace

TEST_CASE("streams that are closed, reset or destroyed at any moment end every wait on them") {
    in_reality([]() -> coro<> {
        play p(nurt_test::seed());
        for (int i = 0; i < 300; ++i) {
            co_await round_of_streams(p);
        }
    });
}

TEST_CASE("listeners that are closed or destroyed at any moment leave no connection") {
    in_reality([]() -> coro<> {
        play p(nurt_test::seed());
        for (int i = 0; i < 150; ++i) {
            co_await round_of_listeners(p);
        }
    });
}

TEST_CASE("datagram sockets that are closed or destroyed at any moment end every wait on them") {
    in_reality([]() -> coro<> {
        play p(nurt_test::seed());
        for (int i = 0; i < 300; ++i) {
            co_await round_of_datagrams(p);
        }
    });
}

TEST_CASE(
    "children that are destroyed at any moment under their users are gone, and nothing waits") {
    in_reality([]() -> coro<> {
        play p(nurt_test::seed());
        for (int i = 0; i < 40; ++i) {
            co_await round_of_children(p);
        }
    });
}
