// SPDX-License-Identifier: MIT
// Sends whose sender waits for an answer: they may go with the system call that waits for it, and
// nobody but the kernel notices.
#include "tests/io/worlds.hpp"

#include "nurt/io/detail/uring_backend.hpp"

#include <deque>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

using namespace nurt_test;

namespace {

// A question and its answer in the same memory, as one would echo.
struct conversation {
    conversation(channel& on, std::string_view question, std::size_t most = 0)
        : memory(question),
          send(on, opcode::send, memory.data(), memory.size()),
          receive(on, opcode::receive, memory.data(), most != 0 ? most : memory.size()) {
        send.expects_answer = true;
    }
    // As those who exchange do: the answer is asked for together with a send that is joined, and
    // otherwise when everything was sent.
    void begin(nurt::io::backend& io) {
        sent = io.try_now(send);
        if (!sent) {
            io.submit(send);
        }
        if (sent || send.joined) {
            io.submit(receive);
        }
    }
    std::string answer() const {
        return receive.result < 0 ? "error" : memory.substr(0, std::size_t(receive.result));
    }

    std::string memory;
    test_operation send;
    test_operation receive;
    bool sent = false;
};

bool joins(nurt::io::backend& io) {
    auto* ring = dynamic_cast<nurt::io::detail::uring_backend*>(&io);
    return ring != nullptr && ring->ring().mode() == nurt::io::uring_mode::deferred;
}

}  // namespace

TEST_CASE_TEMPLATE("a send that expects an answer is sent before the wait for it ends", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    conversation talk(*client, "question");
    talk.begin(*w.io);
    CHECK(w.receive(*server) == "question");
    w.send(*server, "answer");
    REQUIRE(w.finish(talk.receive));
    CHECK(talk.answer() == "answer");
    CHECK((talk.sent || talk.send.completions == 1));
    CHECK(talk.send.result == 8);
    CHECK_FALSE(talk.send.in_flight);
}

TEST_CASE_TEMPLATE("a joined send does not end the wait for its answer", World, ON_THE_KERNEL) {
    World w;
    auto [client, server] = w.connected_pair();
    conversation first(*client, "first");
    first.begin(*w.io);
    w.send(*server, "1");
    REQUIRE(w.finish(first.receive));
    conversation talk(*client, "question");
    talk.begin(*w.io);
    if (!talk.send.joined) {
        CHECK(talk.sent);
        return;
    }
    const auto start = w.clock->now();
    w.io->wait(start + nurt::milliseconds(20));
    CHECK(w.clock->now() - start >= nurt::milliseconds(20));
    CHECK(talk.send.completions == 1);
    CHECK(talk.send.result == 8);
    CHECK(talk.receive.completions == 0);
}

TEST_CASE("the ring joins a send that expects an answer where the kernel tells what was taken") {
    const auto joined = [](auto w) {
        auto [client, server] = w.connected_pair();
        conversation talk(*client, "question");
        talk.begin(*w.io);
        const bool as_it_should = talk.send.joined == joins(*w.io);
        w.io->cancel(talk.receive);
        w.settle();
        return as_it_should;
    };
    CHECK(joined(network<uring_world>()));
    CHECK(joined(network<cooperative_world>()));
    CHECK(joined(network<epoll_world>()));
}

TEST_CASE_TEMPLATE("cancelling a send that expects an answer sends it", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    conversation talk(*client, "question");
    talk.begin(*w.io);
    CHECK(w.io->cancel(talk.receive));
    if (!talk.sent) {
        CHECK_FALSE(w.io->cancel(talk.send));
        w.io->wait(nurt::instant::never());
        CHECK(talk.send.completions == 1);
        CHECK(talk.send.result == 8);
    }
    CHECK(w.receive(*server) == "question");
    w.send(*server, "answer");
    CHECK(w.receive(*client) == "answer");
    CHECK(talk.receive.completions == 0);
}

TEST_CASE_TEMPLATE("closing sends what was to leave with the wait for its answer", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    conversation talk(*client, "question");
    talk.begin(*w.io);
    w.io->close(*client, closing::flush);
    CHECK(w.receive(*server) == "question");
    CHECK(w.receive(*server)->empty());
    w.settle();
    CHECK(talk.receive.completions == 1);
    CHECK(talk.receive.result == -ECANCELED);
    CHECK((talk.sent || talk.send.completions == 1));
    CHECK(w.io->in_flight() == 0);
}

TEST_CASE_TEMPLATE("the end of the stream stays behind a send that expects an answer", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    conversation talk(*client, "question");
    talk.begin(*w.io);
    CHECK(w.io->shutdown_write(*client) == 0);
    CHECK(w.receive(*server) == "question");
    CHECK(w.receive(*server)->empty());
    w.send(*server, "answer");
    REQUIRE(w.finish(talk.receive));
    CHECK(talk.answer() == "answer");
    CHECK(talk.send.result == 8);
}

TEST_CASE_TEMPLATE("release sends what was to leave with the wait for its answer", World,
                   ON_THE_KERNEL) {
    World w;
    auto [client, server] = w.connected_pair();
    conversation talk(*client, "question");
    talk.begin(*w.io);
    channel& again = w.io->adopt(w.io->release(*client));
    CHECK(w.receive(*server) == "question");
    w.settle();
    CHECK(talk.receive.result == -ECANCELED);
    CHECK(talk.send.result == 8);
    CHECK(w.send(again, "more") == 4);
}

TEST_CASE_TEMPLATE("a send that expects an answer tells how much was taken", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.io->set_option(*client, nurt::io::socket_option::send_buffer, 1);
    w.io->set_option(*server, nurt::io::socket_option::receive_buffer, 1);
    std::size_t taken = 0;  // of many questions, until one has no room
    bool short_of_room = false;
    for (int i = 0; i < 5000 && !short_of_room; ++i) {
        conversation talk(*client, std::string(16'000, 'q'), 1);
        talk.begin(*w.io);
        w.io->wait(w.clock->now());
        short_of_room = !talk.sent && (talk.send.completions == 0 || talk.send.result < 16'000);
        short_of_room = short_of_room || talk.send.result < 16'000;
        if (talk.receive.in_flight) w.io->cancel(talk.receive);
        if (talk.send.in_flight) w.io->cancel(talk.send);
        taken += talk.send.result > 0 ? static_cast<std::size_t>(talk.send.result) : 0;
    }
    CHECK(short_of_room);
    w.io->shutdown_write(*client);
    std::size_t arrived = 0;
    for (std::size_t n = 1; n != 0; arrived += n) {
        n = w.receive(*server, 100'000)->size();
    }
    CHECK(arrived == taken);
}

TEST_CASE_TEMPLATE("a question to a peer that has reset the connection fails", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.io->close(*server, closing::abort);
    w.settle();
    conversation talk(*client, "question");
    talk.begin(*w.io);
    w.settle();
    CHECK((talk.sent || talk.send.completions == 1));
    CHECK(talk.send.result < 0);
    if (talk.receive.in_flight) w.io->cancel(talk.receive);
}

TEST_CASE_TEMPLATE("many ask in the memory that is answered, and nothing is mixed up", World,
                   ON_EVERY_BACKEND) {
    World w;
    constexpr int many = 12;
    channel& listener = w.listen();
    std::vector<std::pair<channel*, channel*>> pairs;
    for (int i = 0; i < many; ++i) pairs.push_back(w.connect_to(listener));
    for (int round = 0; round < 20; ++round) {
        std::deque<conversation> talks;
        for (int i = 0; i < many; ++i) {
            const std::string text(static_cast<std::size_t>(1 + (i * 37 + round) % 300),
                                   static_cast<char>('a' + i));
            talks.emplace_back(*pairs[std::size_t(i)].first, text).begin(*w.io);
        }
        for (int i = 0; i < many; ++i) {
            const auto at = static_cast<std::size_t>((i + round) % many);
            std::string heard;
            while (heard.size() < talks[at].send.size) {
                heard += *w.receive(*pairs[at].second, 400);
            }
            CHECK(heard == std::string(heard.size(), static_cast<char>('a' + at)));
            w.send(*pairs[at].second, "answer " + std::to_string(at));
        }
        for (std::size_t at = 0; at < talks.size(); ++at) {
            if (!talks[at].sent && !talks[at].send.joined) {
                REQUIRE(w.finish(talks[at].send));
                w.io->submit(talks[at].receive);
            }
            REQUIRE(w.finish(talks[at].receive));
            const std::string expected = "answer " + std::to_string(at);
            const std::string got = talks[at].answer();
            CHECK(got == expected.substr(0, got.size()));
            for (std::size_t rest = expected.size() - got.size(); rest > 0;) {
                rest -= w.receive(*pairs[at].first, rest)->size();
            }
        }
    }
}

TEST_CASE_TEMPLATE("a send that expects an answer may find that it is to no socket", World,
                   ON_THE_KERNEL) {
    World w;
    int ends[2];
    REQUIRE(::pipe2(ends, O_NONBLOCK | O_CLOEXEC) == 0);
    channel& out = w.io->adopt(ends[1]);
    channel& in = w.io->adopt(ends[0]);
    conversation talk(out, "question");
    talk.sent = w.io->try_now(talk.send);
    if (!talk.sent) {
        w.io->submit(talk.send);
        REQUIRE(w.finish(talk.send));
        if (talk.send.result == 0) CHECK(w.send(out, "question") == 8);
    }
    CHECK(w.receive(in) == "question");
}
