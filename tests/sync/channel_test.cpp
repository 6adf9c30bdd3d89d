// SPDX-License-Identifier: MIT
// tests/sync/channel_test.cpp: the ends of a channel.
#include "nurt/sync/channel.hpp"

#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "tests/sync/steps.hpp"

using namespace nurt;
using nurt_test::end_of;
using nurt_test::in_task;
using nurt_test::yields;

namespace {

using sender = send_channel<int>;
using receiver = receive_channel<int>;

coro<> send_one(sender& s, int item) {
    co_await s.send(item);
}

coro<std::optional<int>> receive_one(receiver& r) {
    co_return co_await r.receive();
}

coro<> send_up_to(sender s, int n) {  // owns its end
    for (int i = 1; i <= n; ++i) co_await s.send(i);
}

const char* const no_receiver = "send: the channel has no receiver left";
const char* const closed = "this end of the channel is closed";

}  // namespace

TEST_CASE("with capacity 0 send waits until somebody receives") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>();
        const task<> send = create_task(send_one, std::ref(ends.first), 5);
        co_await yields(3);
        CHECK_FALSE(send.done());
        CHECK(ends.first.statistics().senders_waiting == 1);
        CHECK(co_await ends.second.receive() == 5);
        co_await send;
    });
}

TEST_CASE("with capacity 0 receive waits until somebody sends, who goes on at once") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>(0);
        const task<std::optional<int>> got = create_task(receive_one, std::ref(ends.second));
        co_await yields();
        CHECK(ends.second.statistics().receivers_waiting == 1);
        const nurt_test::loop_probe probe;
        co_await ends.first.send(6);
        CHECK(probe.turns() == 0);
        CHECK(co_await got == 6);
    });
}

TEST_CASE("as many items as the capacity lie between the ends") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>(2);
        ends.first.send_nowait(1);
        ends.first.send_nowait(2);
        CHECK_THROWS_AS(ends.first.send_nowait(3), would_block);
        CHECK_FALSE(ends.first.try_send(3));
        CHECK(ends.second.statistics().buffered == 2);
        const task<> third = create_task(send_one, std::ref(ends.first), 3);
        co_await yields();
        CHECK(ends.second.receive_nowait() == 1);
        CHECK(ends.second.try_receive() == 2);
        CHECK(co_await ends.second.receive() == 3);
        CHECK_FALSE(ends.second.try_receive());
        CHECK_THROWS_AS(ends.second.receive_nowait(), would_block);
        co_await third;
    });
}

TEST_CASE("the receiver's loop ends when the last sender closes, after all that was sent") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>(1);
        const task<> a = create_task(send_up_to, ends.first.clone(), 3);
        const task<> b = create_task(send_up_to, std::move(ends.first), 2);
        CHECK_FALSE(ends.first.is_open());
        int sum = 0;
        while (auto item = co_await ends.second.receive()) sum += *item;
        CHECK(sum == 1 + 2 + 3 + 1 + 2);
        CHECK(ends.second.statistics().open_senders == 0);
        CHECK_FALSE(ends.second.receive_nowait());
        co_await a;
        co_await b;
    });
}

TEST_CASE("a clone keeps its side open") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>();
        auto second = ends.first.clone();
        ends.first.close();
        ends.first.close();
        const task<std::optional<int>> got = create_task(receive_one, std::ref(ends.second));
        co_await yields();
        CHECK_FALSE(got.done());
        second.close();
        CHECK_FALSE((co_await got).has_value());
    });
}

TEST_CASE("each item goes to one of the receivers") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>();
        auto other = ends.second.clone();
        const task<std::optional<int>> a = create_task(receive_one, std::ref(ends.second));
        const task<std::optional<int>> b = create_task(receive_one, std::ref(other));
        co_await yields(2);
        ends.first.send_nowait(1);
        ends.first.send_nowait(2);
        CHECK(co_await a == 1);
        CHECK(co_await b == 2);
    });
}

TEST_CASE("when the last receiver closes, senders get an error and what is buffered is dropped") {
    in_task([]() -> coro<> {
        auto ends = open_channel<std::shared_ptr<int>>(1);
        const auto item = std::make_shared<int>(1);
        ends.first.send_nowait(item);
        const auto send = [](send_channel<std::shared_ptr<int>>& s,
                             std::shared_ptr<int> what) -> coro<> { co_await s.send(what); };
        const task<> waits = create_task(send, std::ref(ends.first), item);
        co_await yields();
        auto other = ends.second.clone();
        ends.second.close();
        co_await yields(2);
        CHECK_FALSE(waits.done());
        other.close();
        CHECK(co_await end_of(waits) == no_receiver);
        CHECK(co_await end_of(create_task(send, std::ref(ends.first), item)) == no_receiver);
        CHECK_THROWS_AS(ends.first.send_nowait(item), broken_resource_error);
        CHECK_FALSE(ends.first.try_send(std::shared_ptr<int>(item)));
        CHECK(ends.first.statistics().buffered == 0);
    });
}

TEST_CASE("an end that was closed here cannot be used") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>();
        const task<std::optional<int>> waits = create_task(receive_one, std::ref(ends.second));
        co_await yields();
        ends.second.close();
        CHECK(co_await end_of(waits) == closed);
        CHECK(co_await end_of(create_task(receive_one, std::ref(ends.second))) == closed);
        CHECK_THROWS_AS(ends.second.receive_nowait(), closed_resource_error);
        CHECK_THROWS_AS(ends.second.clone(), closed_resource_error);
        CHECK_THROWS_AS(ends.second.statistics(), closed_resource_error);
        ends.first.close();
        CHECK_THROWS_AS(ends.first.send_nowait(1), closed_resource_error);
        CHECK(co_await end_of(create_task(send_one, std::ref(ends.first), 1)) == closed);
    });
}

TEST_CASE("what waits to be sent when its end is closed still arrives") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>();
        const task<> send = create_task(send_one, std::ref(ends.first), 4);
        co_await yields();
        ends.first.close();
        CHECK(co_await ends.second.receive() == 4);
        CHECK_FALSE((co_await ends.second.receive()).has_value());
        co_await send;
    });
}

TEST_CASE("a cancelled receiver takes nothing, one that has its item keeps it") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>();
        const task<std::optional<int>> before = create_task(receive_one, std::ref(ends.second));
        const task<std::optional<int>> after = create_task(receive_one, std::ref(ends.second));
        co_await yields();
        before.cancel();
        ends.first.send_nowait(1);
        after.cancel();
        CHECK(co_await after == 1);
        CHECK(co_await end_of(before) == "[cancelled: ]");
        CHECK(ends.first.statistics().receivers_waiting == 0);
    });
}

TEST_CASE("a cancelled sender has sent nothing") {
    in_task([]() -> coro<> {
        auto ends = open_channel<int>();
        const task<> gone = create_task(send_one, std::ref(ends.first), 1);
        const task<> stays = create_task(send_one, std::ref(ends.first), 2);
        co_await yields();
        gone.cancel();
        CHECK(co_await ends.second.receive() == 2);
        co_await stays;
        CHECK(co_await end_of(gone) == "[cancelled: ]");
    });
}
