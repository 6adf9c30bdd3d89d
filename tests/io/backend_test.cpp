// SPDX-License-Identifier: MIT
// The contract of nurt::io::backend, as a table that every backend passes.
#include "tests/io/worlds.hpp"

#include <vector>

using namespace nurt_test;

TEST_CASE_TEMPLATE("a read of bytes that are there is done at once", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    CHECK(w.send(*client, "hello") == 5);
    w.settle();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    CHECK(w.io->try_now(op));
    CHECK(op.result == 5);
    CHECK(op.completions == 0);
}

TEST_CASE_TEMPLATE("a read waits for bytes and completes once", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    CHECK_FALSE(w.io->try_now(op));
    w.io->submit(op);
    w.settle();
    CHECK(op.completions == 0);
    CHECK(op.in_flight);
    CHECK(w.io->in_flight() == 1);
    CHECK(w.send(*client, "later") == 5);
    CHECK(w.finish(op));
    CHECK(op.result == 5);
    CHECK_FALSE(op.in_flight);
    w.settle();
    CHECK(op.completions == 1);
    CHECK(w.io->in_flight() == 0);
}

TEST_CASE_TEMPLATE("a read smaller than what is there leaves the rest", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.send(*client, "abcdef");
    CHECK(w.receive(*server, 4) == "abcd");
    CHECK(w.receive(*server, 4) == "ef");
}

TEST_CASE_TEMPLATE("P2: a cancelled read takes no byte", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    CHECK_FALSE(w.io->try_now(op));
    w.io->submit(op);
    CHECK(w.io->cancel(op));
    CHECK(w.io->in_flight() == 0);
    w.send(*client, "kept");
    w.settle();
    CHECK(op.completions == 0);
    CHECK(w.receive(*server) == "kept");
}

TEST_CASE_TEMPLATE("an operation that is complete keeps its result", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    w.send(*client, "mine");
    CHECK(w.finish(op));
    CHECK_FALSE(op.in_flight);  // so nobody asks for its cancellation
    CHECK(op.result == 4);
}

TEST_CASE_TEMPLATE("P4: closing ends what waits, with ECANCELED", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    w.io->close(*server, closing::flush);
    CHECK(w.finish(op));
    CHECK(op.result == -ECANCELED);
    CHECK(w.receive(*client) == "");
    w.io->close(*client, closing::flush);
}

TEST_CASE_TEMPLATE("the end of the stream comes after the bytes", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.send(*client, "last");
    w.io->close(*client, closing::flush);
    w.settle();
    CHECK(w.receive(*server, 4) == "last");
    CHECK(w.receive(*server) == "");
    CHECK(w.receive(*server) == "");
}

TEST_CASE_TEMPLATE("the end of the stream wakes a read that follows a short one", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.send(*client, "last");
    w.io->close(*client, closing::flush);
    CHECK(w.receive(*server, 100) == "last");
    CHECK(w.receive(*server, 100) == "");
}

TEST_CASE_TEMPLATE("after shutdown_write the other direction goes on", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    CHECK(w.io->shutdown_write(*client) == 0);
    CHECK(w.receive(*server) == "");
    CHECK(w.send(*server, "still here") == 10);
    CHECK(w.receive(*client) == "still here");
    CHECK(w.send(*client, "no") == -EPIPE);
}

TEST_CASE_TEMPLATE("abort resets the peer", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.io->close(*client, closing::abort);
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    CHECK(w.run(op) == -ECONNRESET);
    CHECK(w.send(*server, "x") == -EPIPE);
}

TEST_CASE_TEMPLATE("a reset wakes a read that waits", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    w.io->close(*client, closing::abort);
    CHECK(w.finish(op));
    CHECK(op.result == -ECONNRESET);
}

TEST_CASE_TEMPLATE("closing with unread bytes does not destroy what was sent", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.send(*client, std::string(50'000, 'x'));
    w.settle();
    w.send(*server, "goodbye");
    w.io->close(*server, closing::flush);
    CHECK(w.receive(*client) == "goodbye");
    CHECK(w.receive(*client) == "");
}

TEST_CASE_TEMPLATE("a write waits for room, and every byte arrives", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    std::size_t sent = w.fill(*client);
    std::string more = "more";
    test_operation op(*client, opcode::send, more.data(), more.size());
    w.io->submit(op);
    std::size_t received = 0;
    while (op.completions == 0 || received < sent + 4) {
        const auto text = w.receive(*server, 1 << 20);
        REQUIRE(text);
        received += text->size();
        w.io->wait(w.clock->now());
    }
    CHECK(op.result == 4);
    CHECK(received == sent + 4);
}

TEST_CASE_TEMPLATE("a cancelled write takes no byte", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    const std::size_t sent = w.fill(*client);
    std::string never = "never";
    test_operation op(*client, opcode::send, never.data(), never.size());
    w.io->submit(op);
    CHECK(w.io->cancel(op));
    w.io->shutdown_write(*client);
    std::size_t received = 0;
    for (auto text = w.receive(*server, 1 << 20); text != ""; text = w.receive(*server, 1 << 20)) {
        REQUIRE(text);
        received += text->size();
    }
    CHECK(received == sent);
}

TEST_CASE_TEMPLATE("reading and writing wait independently", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.fill(*client);
    std::string more = "more";
    char buffer[10];
    test_operation write(*client, opcode::send, more.data(), more.size());
    test_operation read(*client, opcode::receive, buffer, sizeof buffer);
    w.io->submit(write);
    w.io->submit(read);
    w.send(*server, "hi");
    CHECK(w.finish(read));
    CHECK(write.completions == 0);
    CHECK(w.io->cancel(write));
}

TEST_CASE_TEMPLATE("a reset wakes reader and writer", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    w.fill(*client);
    std::string more = "more";
    char buffer[10];
    test_operation write(*client, opcode::send, more.data(), more.size());
    test_operation read(*client, opcode::receive, buffer, sizeof buffer);
    w.io->submit(write);
    w.io->submit(read);
    w.io->close(*server, closing::abort);
    CHECK(w.finish(read));
    CHECK(w.finish(write));
    CHECK(read.result <= 0);
    CHECK(write.result < 0);
}

TEST_CASE_TEMPLATE("accept waits for a connection and tells who it is", World, ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    endpoint to = w.io->local_address(listener);
    endpoint who;
    test_operation accept(listener, opcode::accept);
    accept.address = &who;
    CHECK_FALSE(w.io->try_now(accept));
    w.io->submit(accept);
    channel& client = w.io->open_socket(to, "socket");
    test_operation connect(client, opcode::connect);
    connect.address = &to;
    CHECK(w.run(connect) == 0);
    CHECK(w.finish(accept));
    channel& server = w.io->adopt(static_cast<int>(accept.result));
    using nurt::socket_address;
    CHECK(socket_address::from(who) == socket_address::from(w.io->local_address(client)));
    CHECK(socket_address::from(w.io->peer_address(client)) == socket_address::from(to));
    CHECK(socket_address::from(w.io->local_address(server)) == socket_address::from(to));
}

TEST_CASE_TEMPLATE("P2: a cancelled accept loses no connection", World, ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    test_operation accept(listener, opcode::accept);
    w.io->submit(accept);
    w.io->wait(w.clock->now());
    CHECK(w.io->cancel(accept));
    auto [client, server] = w.connect_to(listener);
    CHECK(w.send(*client, "here") == 4);
    CHECK(w.receive(*server) == "here");
}

TEST_CASE_TEMPLATE("closing a listener ends the accept that waits", World, ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    test_operation accept(listener, opcode::accept);
    w.io->submit(accept);
    w.io->close(listener, closing::flush);
    CHECK(w.finish(accept));
    CHECK(accept.result == -ECANCELED);
}

TEST_CASE_TEMPLATE("from its close on a listener takes nobody, whatever waited on it", World,
                   ON_EVERY_BACKEND) {
    World w;
    for (const bool still_waits : {false, true}) {
        channel& listener = w.listen();
        endpoint to = w.io->local_address(listener);
        test_operation accept(listener, opcode::accept);
        w.io->submit(accept);
        w.io->wait(w.clock->now());
        if (!still_waits) {
            CHECK(w.io->cancel(accept));
        }
        w.io->close(listener, closing::flush);
        channel& late = w.io->open_socket(to, "socket");
        test_operation connect(late, opcode::connect);
        connect.address = &to;
        CHECK(w.run(connect) == -ECONNREFUSED);
    }
}

TEST_CASE_TEMPLATE("connecting to a port where nobody listens is refused", World,
                   ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    endpoint to = w.io->local_address(listener);
    w.io->close(listener, closing::flush);
    channel& client = w.io->open_socket(to, "socket");
    test_operation connect(client, opcode::connect);
    connect.address = &to;
    CHECK(w.run(connect) == -ECONNREFUSED);
}

TEST_CASE_TEMPLATE("P2: a connect that is cancelled leaves a socket that can be closed", World,
                   ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    endpoint to = w.io->local_address(listener);
    channel& client = w.io->open_socket(to, "socket");
    test_operation connect(client, opcode::connect);
    connect.address = &to;
    CHECK_FALSE(w.io->try_now(connect));
    w.io->submit(connect);
    CHECK(w.io->cancel(connect));
    w.io->close(client, closing::abort);
    w.settle();
    CHECK(connect.completions == 0);
}

TEST_CASE_TEMPLATE("a socket that is bound connects from the address it was given", World,
                   ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    endpoint to = w.io->local_address(listener);
    channel& client = w.io->open_socket(to, "socket");
    CHECK(w.io->bind(client, nurt::socket_address::parse("127.0.0.3:0")->to_endpoint()) == 0);
    test_operation connect(client, opcode::connect);
    connect.address = &to;
    CHECK(w.run(connect) == 0);
    endpoint peer;
    test_operation accept(listener, opcode::accept);
    accept.address = &peer;
    w.io->adopt(static_cast<int>(w.run(accept)));
    const auto from = nurt::socket_address::from(peer);
    REQUIRE(from);
    CHECK(from->ip().to_string() == "127.0.0.3");
    CHECK(from == nurt::socket_address::from(w.io->local_address(client)));
}

TEST_CASE_TEMPLATE("an address that is taken cannot be bound to", World, ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    const endpoint taken = w.io->local_address(listener);
    channel& client = w.io->open_socket(taken, "socket");
    CHECK(w.io->bind(client, taken) == -EADDRINUSE);
    w.io->close(client, closing::flush);
}

TEST_CASE_TEMPLATE("a port can be listened to once", World, ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    const endpoint taken = w.io->local_address(listener);
    CHECK_THROWS_WITH_AS(w.io->listen(taken, {}, "listen there"),
                         "listen there: Address already in use", nurt::os_error);
}

TEST_CASE_TEMPLATE("several listeners share a port when all of them ask for it", World,
                   ON_EVERY_BACKEND) {
    World w;
    const auto any = nurt::socket_address::parse("127.0.0.1:0")->to_endpoint();
    channel& first = w.io->listen(any, {.reuse_port = true}, "listen");
    channel& second = w.io->listen(w.io->local_address(first), {.reuse_port = true}, "listen");
    CHECK(first.descriptor() != second.descriptor());
}

TEST_CASE_TEMPLATE("P4: a descriptor number that is used again brings no old events", World,
                   ON_EVERY_BACKEND) {
    World w;
    channel& listener = w.listen();
    auto [client, server] = w.connect_to(listener);
    char buffer[10];
    test_operation old(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(old);
    w.send(*client, "for the old one");
    const int number = server->descriptor();
    w.io->close(*server, closing::flush);
    auto [client2, server2] = w.connect_to(listener);
    CHECK((client2->descriptor() == number || server2->descriptor() == number));
    test_operation fresh(*server2, opcode::receive, buffer, sizeof buffer);
    w.io->submit(fresh);
    w.settle();
    CHECK(old.result == -ECANCELED);
    CHECK(fresh.completions == 0);
    w.send(*client2, "new");
    CHECK(w.finish(fresh));
    CHECK(fresh.result == 3);
}

TEST_CASE_TEMPLATE("release gives the descriptor out and ends what waits on it", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    const int descriptor = w.io->release(*server);
    CHECK(op.result == -ECANCELED);
    channel& again = w.io->adopt(descriptor);
    w.send(*client, "on");
    CHECK(w.receive(again) == "on");
}

TEST_CASE_TEMPLATE("waiting for readability takes no byte", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    test_operation op(*server, opcode::wait_readable);
    w.io->submit(op);
    w.settle();
    CHECK(op.completions == 0);
    w.send(*client, "x");
    CHECK(w.finish(op));
    CHECK(op.result == 0);
    CHECK(w.receive(*server) == "x");
}

TEST_CASE_TEMPLATE("waiting for writability ends when there is room", World, ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    test_operation at_once(*client, opcode::wait_writable);
    w.io->submit(at_once);
    CHECK(w.finish(at_once));
    const std::size_t sent = w.fill(*client);
    test_operation op(*client, opcode::wait_writable);
    w.io->submit(op);
    w.settle();
    CHECK(op.completions == 0);
    for (std::size_t received = 0; received < sent;) {
        received += w.receive(*server, 1 << 20)->size();
    }
    CHECK(w.finish(op));
}

TEST_CASE_TEMPLATE("wake ends the wait that follows it", World, ON_EVERY_BACKEND) {
    World w;
    w.io->wake();
    const auto before = w.clock->now();
    w.io->wait(before + nurt::seconds(60));
    CHECK(w.clock->now() - before < nurt::seconds(1));
}

TEST_CASE_TEMPLATE("a wait ends at its deadline and not before", World, ON_EVERY_BACKEND) {
    World w;
    const auto deadline = w.clock->now() + nurt::microseconds(300);
    while (w.clock->now() < deadline) {
        w.io->wait(deadline);
    }
    CHECK(w.clock->now() - deadline < nurt::seconds(1));
    const auto before = w.clock->now();
    w.io->wait(nurt::instant());
    CHECK(w.clock->now() - before < nurt::seconds(1));
}

TEST_CASE_TEMPLATE("accept without a free descriptor rests, and goes on when there is one", World,
                   ON_EVERY_BACKEND) {
    World w;
    w.leave_descriptors(World::simulated ? 3 : 2);
    channel& listener = w.listen();
    endpoint to = w.io->local_address(listener);
    channel& client = w.io->open_socket(to, "socket");
    test_operation connect(client, opcode::connect);
    connect.address = &to;
    if (World::simulated) {
        w.io->open_socket(to, "the last descriptor");
    }
    CHECK(w.run(connect) == 0);
    test_operation accept(listener, opcode::accept);
    CHECK_FALSE(w.io->try_now(accept));
    w.io->submit(accept);
    int waits = 0;
    for (const auto end = w.clock->now() + nurt::milliseconds(30); w.clock->now() < end; ++waits) {
        w.io->wait(end);
    }
    w.restore_descriptors();
    CHECK(accept.completions == 0);
    CHECK(waits <= few_waits);
    w.io->close(client, closing::flush);
    CHECK(w.finish(accept));
    CHECK(accept.result >= 0);
    w.io->adopt(static_cast<int>(accept.result));
}

TEST_CASE_TEMPLATE("an idle connection that the peer left does not keep the loop busy", World,
                   ON_EVERY_BACKEND) {
    World w;
    auto [client, server] = w.connected_pair();
    char buffer[10];
    test_operation op(*server, opcode::receive, buffer, sizeof buffer);
    w.io->submit(op);
    w.io->cancel(op);
    w.send(*client, "unread");
    w.io->close(*client, closing::abort);
    int waits = 0;
    for (const auto end = w.clock->now() + nurt::milliseconds(20); w.clock->now() < end; ++waits) {
        w.io->wait(end);
    }
    CHECK(waits <= few_waits);
}
