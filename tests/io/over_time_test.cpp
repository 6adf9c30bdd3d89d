// SPDX-License-Identifier: MIT
// The contract of nurt::io::backend where it takes many operations to break it.
#include "tests/io/worlds.hpp"
#include "tests/support/support.hpp"

#include "nurt/sim/splitmix.hpp"

#include <algorithm>
#include <deque>
#include <vector>

using namespace nurt_test;

namespace {

constexpr std::size_t block = 20'000;  // more than a buffer of io_uring

char byte_at(std::size_t place) {
    return static_cast<char>(place * 7 + place / 251);
}

// One side of a transfer: an operation that is begun again and again.
template <class World>
struct mover {
    mover(World& w, channel& on, opcode what) : world(w), op(on, what, memory, 0) {}

    // True: it is done, and op.result is set.
    bool move(std::size_t size) {
        if (!waits) {
            op.size = size;
            op.data = memory;
            if (world.io->try_now(op)) {
                return true;
            }
            op.completions = 0;
            world.io->submit(op);
            waits = true;
        }
        waits = op.completions == 0;
        return !waits;
    }

    World& world;
    char memory[block];
    test_operation op;
    bool waits = false;
};

}  // namespace

TEST_CASE_TEMPLATE("bytes keep their order while sizes change", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    auto out = std::make_unique<mover<World>>(w, *client, opcode::send);
    auto in = std::make_unique<mover<World>>(w, *server, opcode::receive);
    nurt::sim::splitmix chance(nurt_test::seed());
    const std::size_t total = 1'500'000;
    std::size_t sent = 0;
    std::size_t received = 0;
    bool right = true;
    while (received < total) {
        // Times of small messages and times of bulk, on both sides.
        const std::size_t most = sent / 100'000 % 2 == 0 ? 50 : block;
        const std::size_t size = std::min(total - sent, 1 + chance.next() % most);
        if (!out->waits) {
            for (std::size_t i = 0; i < size; ++i) {
                out->memory[i] = byte_at(sent + i);
            }
        }
        if (sent < total && out->move(size)) {
            REQUIRE(out->op.result > 0);
            sent += static_cast<std::size_t>(out->op.result);
        }
        if (in->move(1 + chance.next() % most)) {
            REQUIRE(in->op.result > 0);
            for (std::int64_t i = 0; i < in->op.result; ++i) {
                right = right && in->memory[i] == byte_at(received++);
            }
        }
        w.io->wait(in->waits && (out->waits || sent == total) ? w.clock->now() + nurt::seconds(5)
                                                              : w.clock->now());
    }
    CHECK(right);
    CHECK(sent == total);
    w.io->close(*client, closing::flush);
}

TEST_CASE_TEMPLATE("many wait at once, and each gets its own bytes", World, ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    std::vector<std::pair<channel*, channel*>> pairs;
    std::deque<test_operation> reads;
    std::vector<int> numbers(50);
    for (int& number : numbers) {
        pairs.push_back(w.connect_to(listener));
        reads.emplace_back(*pairs.back().second, opcode::receive, &number, sizeof number);
        w.io->submit(reads.back());
    }
    CHECK(w.io->in_flight() == numbers.size());
    std::deque<test_operation> writes;
    std::vector<int> values(numbers.size());
    for (std::size_t i = 0; i < values.size(); ++i) {
        values[i] = static_cast<int>(i) + 1;
        writes.emplace_back(*pairs[i].first, opcode::send, &values[i], sizeof(int));
        w.io->submit(writes.back());
    }
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        CHECK(w.finish(writes[i]));
        CHECK(w.finish(reads[i]));
        CHECK(numbers[i] == values[i]);
    }
    CHECK(w.io->in_flight() == 0);
}

TEST_CASE_TEMPLATE("P7: reads that are cancelled again and again lose no byte", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    nurt::sim::splitmix chance(nurt_test::seed());
    std::string sent;
    std::string got;
    char buffer[4];
    const auto take = [&](const test_operation& op) {
        got.append(buffer, static_cast<std::size_t>(std::max<std::int64_t>(op.result, 0)));
    };
    for (int i = 0; i < 1000; ++i) {
        if (chance.next() % 2 == 0) {
            const std::string text(1 + chance.next() % 6, static_cast<char>('a' + i % 26));
            CHECK(w.send(*client, text) == static_cast<std::int64_t>(text.size()));
            sent += text;
        }
        test_operation op(*server, opcode::receive, buffer, sizeof buffer);
        if (w.io->try_now(op)) {
            take(op);
            continue;
        }
        w.io->submit(op);
        if (chance.next() % 2 == 0) {
            w.io->wait(w.clock->now());
        }
        if (op.completions == 0 && !w.io->cancel(op)) {
            CHECK(w.finish(op));
        }
        take(op);
    }
    w.io->close(*client, closing::flush);
    for (auto text = w.receive(*server); text && *text != ""; text = w.receive(*server)) {
        got += *text;
    }
    CHECK(got == sent);
}

TEST_CASE_TEMPLATE("P7: accepts that are cancelled again and again lose no connection", World,
                   ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    endpoint to = w.io->local_address(listener);
    constexpr std::size_t count = 30;
    std::size_t accepted = 0;
    const auto take = [&](const test_operation& op) {
        REQUIRE(op.result >= 0);
        w.io->adopt(static_cast<int>(op.result));
        ++accepted;
    };
    for (std::size_t i = 0; i < count; ++i) {
        test_operation accept(listener, opcode::accept);
        const bool at_once = w.io->try_now(accept);
        if (!at_once) {
            w.io->submit(accept);
            w.io->wait(w.clock->now());
        }
        if (at_once || accept.completions == 1) {
            take(accept);
        } else if (!w.io->cancel(accept)) {
            CHECK(w.finish(accept));
            take(accept);
        }
        channel& client = w.io->open_socket(to, "socket");
        test_operation connect(client, opcode::connect);
        connect.address = &to;
        CHECK(w.run(connect) == 0);
    }
    while (accepted < count) {
        test_operation accept(listener, opcode::accept);
        w.run(accept);
        take(accept);
    }
    test_operation none(listener, opcode::accept);
    CHECK_FALSE(w.io->try_now(none));
}

TEST_CASE_TEMPLATE("connections that come and go at once leave nothing behind", World,
                   ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    int highest = 0;
    for (int i = 0; i < 150; ++i) {
        auto [client, server] = w.connect_to(listener);
        highest = std::max({highest, client->descriptor(), server->descriptor()});
        char buffer[10];
        test_operation one(*client, opcode::receive, buffer, sizeof buffer);
        test_operation two(*server, opcode::receive, buffer, sizeof buffer);
        w.io->submit(one);
        w.io->submit(two);
        if (i % 3 != 0) {
            CHECK(w.send(*client, "for nobody") == 10);
        }
        if (i % 3 == 1) {
            w.io->wait(w.clock->now());
        }
        w.io->close(*(i % 2 == 0 ? client : server), i % 5 == 0 ? closing::abort : closing::flush);
        w.io->close(*(i % 2 == 0 ? server : client), closing::flush);
        CHECK(one.completions == 1);
        CHECK(two.completions == 1);
    }
    w.settle();
    CHECK(w.io->in_flight() == 0);
    // Numbers are used again, so none was kept.
    CHECK(highest <= listener.descriptor() + 10);
}

TEST_CASE_TEMPLATE("closing ends a write that waits", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.fill(*client);
    std::string more = "more";
    test_operation op(*client, opcode::send, more.data(), more.size());
    w.io->submit(op);
    w.settle();
    CHECK(op.completions == 0);
    w.io->close(*client, closing::abort);
    CHECK(w.finish(op));
    CHECK(op.result == -ECANCELED);
}

TEST_CASE_TEMPLATE("who reads nothing makes the writer wait", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char byte = 0;
    test_operation op(*server, opcode::receive, &byte, 1);
    w.io->submit(op);
    std::size_t sent = w.fill(*client);
    CHECK(w.finish(op));
    for (std::size_t more = 1; more != 0; sent += more) {
        w.settle();
        more = w.fill(*client);
        REQUIRE(sent < 64'000'000);
    }
    std::size_t received = 1;
    while (received < sent) {
        received += w.receive(*server, 1 << 20)->size();
    }
    CHECK(received == sent);
}

TEST_CASE_TEMPLATE("release hands out what had arrived", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    w.io->wait(w.clock->now());
    CHECK(w.io->cancel(op));
    CHECK(w.send(*client, "ahead") == 5);
    w.settle();
    std::string text;
    const int descriptor = w.io->release(*server, &text);
    channel& again = w.io->adopt(descriptor);
    if (text.empty()) {
        text = *w.receive(again);
    }
    CHECK(text == "ahead");
    CHECK(w.send(*client, "after") == 5);
    CHECK(w.receive(again) == "after");
}

TEST_CASE_TEMPLATE("what nobody read yet is readable", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation read(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(read);
    w.io->wait(w.clock->now());
    CHECK(w.io->cancel(read));
    CHECK(w.send(*client, "ahead") == 5);
    w.settle();
    test_operation op(*server, opcode::wait_readable);
    w.io->submit(op);
    CHECK(w.finish(op));
    CHECK(op.result == 0);
    CHECK(w.receive(*server) == "ahead");
    test_operation next(*server, opcode::wait_readable);
    w.io->submit(next);
    w.settle();
    CHECK(next.completions == 0);
    CHECK(w.send(*client, "x") == 1);
    CHECK(w.finish(next));
    CHECK(w.receive(*server) == "x");
}

TEST_CASE_TEMPLATE("a reset that came while nobody read is told once", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    w.io->wait(w.clock->now());
    CHECK(w.io->cancel(op));
    w.io->close(*client, closing::abort);
    w.settle();
    test_operation first(*server, opcode::receive, buffer, sizeof buffer);
    CHECK(w.run(first) == -ECONNRESET);
    test_operation second(*server, opcode::receive, buffer, sizeof buffer);
    CHECK(w.run(second) == 0);
}

TEST_CASE_TEMPLATE("P5: a backend ends with operations of every kind under way", World,
                   ON_EVERY_BACKEND) {
    char buffer[10];
    std::string text = "text";
    std::deque<test_operation> ops;
    World w;
    channel& listener = w.listen();
    channel* client = w.connect_to(listener).first;
    auto [other, peer] = w.connect_to(listener);
    w.fill(*client);
    ops.emplace_back(*client, opcode::send, text.data(), text.size());
    ops.emplace_back(*client, opcode::receive, buffer, sizeof buffer);
    ops.emplace_back(listener, opcode::accept);
    ops.emplace_back(*other, opcode::wait_readable);
    ops.emplace_back(*peer, opcode::send, text.data(), text.size());
    for (test_operation& op : ops) {
        w.io->submit(op);
    }
    const bool waited = nurt_test::seed() % 2 == 0;
    if (waited) {
        w.io->wait(w.clock->now());
    }
    test_operation late(*peer, opcode::receive, buffer, sizeof buffer);
    w.io->submit(late);
    w.io.reset();
    CHECK(late.completions == 0);
}
