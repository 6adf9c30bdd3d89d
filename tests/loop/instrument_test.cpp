// SPDX-License-Identifier: MIT
// tests/loop/instrument_test.cpp: what an attached instrument hears.
#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <string_view>
#include <typeinfo>
#include <vector>

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/instrument.hpp"
#include "tests/support/world.hpp"

using nurt::callback_info;
using nurt::coro;
using nurt::create_task;
using nurt::event_loop;
using nurt::instrument;
using nurt::sleep;
using nurt::task_info;
using namespace std::chrono_literals;

namespace {

using lines = std::vector<std::string>;

class recorder : public instrument {
public:
    void task_made(const task_info& t) override { note("made", t); }
    void task_scheduled(const task_info& t) override { note("scheduled", t); }
    void step_begins(const task_info& t) override { note("begins", t); }
    void step_ends(const task_info& t) override { note("ends", t); }
    void task_awaits(const task_info& t) override { note("awaits", t); }
    void task_done(const task_info& t) override {
        note(t.cancelled() ? "cancelled" : t.failed() ? "failed" : "done", t);
    }

    lines log;

private:
    void note(const char* what, const task_info& t) {
        log.push_back(std::string(what) + " " + std::to_string(t.number()));
    }
};

coro<> yield_once() {
    co_await sleep(0s);
}

coro<> nothing() {
    co_return;
}

coro<> fail() {
    throw std::runtime_error("expected");
    co_return;
}

}  // namespace

TEST_CASE("an instrument hears of a task from its making to its end") {
    recorder heard;
    nurt_test::world w;
    w.runner.loop().add_instrument(heard);
    w.run(yield_once);
    w.runner.loop().remove_instrument(heard);
    CHECK(heard.log == lines{"made 1", "scheduled 1", "begins 1", "ends 1", "awaits 1",
                             "scheduled 1", "begins 1", "ends 1", "done 1"});
}

TEST_CASE("tasks made in a step are told of after it, in their order") {
    recorder heard;
    nurt_test::world w;
    w.runner.loop().add_instrument(heard);
    w.run([]() -> coro<> {
        create_task(nothing()).detach();
        create_task(nothing()).detach();
        co_return;
    });
    w.runner.loop().remove_instrument(heard);
    CHECK(heard.log == lines{"made 1", "scheduled 1", "begins 1", "ends 1", "done 1", "made 2",
                             "scheduled 2", "made 3", "scheduled 3", "begins 2", "ends 2", "done 2",
                             "begins 3", "ends 3", "done 3"});
}

TEST_CASE("an instrument hears whether a task failed or was cancelled") {
    recorder heard;
    nurt_test::world w;
    w.run([&]() -> coro<> {
        event_loop::running().add_instrument(heard);
        const auto bad = create_task(fail());
        const auto slow = create_task(yield_once());
        co_await sleep(0s);
        slow.cancel();
        co_await sleep(0s);
        co_await sleep(0s);
        event_loop::running().remove_instrument(heard);
        CHECK(bad.exception() != nullptr);
        CHECK(slow.cancelled());
    });
    const auto has = [&](std::string_view line) {
        for (const std::string& l : heard.log) {
            if (l == line) return true;
        }
        return false;
    };
    CHECK(has("failed 2"));
    CHECK(has("cancelled 3"));
    CHECK_FALSE(has("done 3"));
}

TEST_CASE("a task shows an instrument its name, its place of birth and where it awaits") {
    class places final : public instrument {
    public:
        void task_awaits(const task_info& t) override {
            if (t.number() == 2) {
                name = t.name();
                created = t.created_at().line();
                awaits = t.awaits_at().line();
            }
        }
        std::string name;
        unsigned created = 0;
        unsigned awaits = 0;
    };
    places seen;
    nurt_test::world w;
    w.runner.loop().add_instrument(seen);
    unsigned created = 0;
    w.run([&]() -> coro<> {
        created = std::source_location::current().line() + 1;
        const auto child = create_task(yield_once(), "child");
        co_await child;
    });
    w.runner.loop().remove_instrument(seen);
    CHECK(seen.name == "child");
    CHECK(seen.created == created);
    CHECK(seen.awaits != 0);
    CHECK(seen.awaits < created);
}

TEST_CASE("an instrument hears of callbacks and their type") {
    class callbacks final : public instrument {
    public:
        void callback_begins(const callback_info& c) override { types.emplace_back(c.type()); }
        void callback_ends(const callback_info&) override { ++ended; }
        lines types;
        int ended = 0;
    };
    callbacks seen;
    event_loop loop(nurt::sim::make_services());
    loop.add_instrument(seen);
    auto marked = [] {};
    loop.call_soon(marked);
    loop.run_once();
    CHECK(seen.types == lines{typeid(marked).name()});
    CHECK(seen.ended == 1);
}

TEST_CASE("an instrument hears how long the loop means to wait") {
    class waits final : public instrument {
    public:
        void io_wait_begins(nurt::instant until) override { last = until; }
        void io_wait_ends() override { ++ended; }
        nurt::instant last;
        int ended = 0;
    };
    waits seen;
    nurt_test::world w;
    nurt::instant due;
    w.run([&]() -> coro<> {
        event_loop& loop = event_loop::running();
        loop.add_instrument(seen);
        co_await sleep(0s);
        due = loop.time() + nurt::seconds(3);
        co_await sleep(3s);
        loop.remove_instrument(seen);
    });
    CHECK(seen.last == due);
    CHECK(seen.ended == 1);
}

TEST_CASE("an instrument that throws is reported once and hears no more") {
    class broken final : public instrument {
    public:
        void step_begins(const task_info&) override {
            ++asked;
            throw std::runtime_error("expected");
        }
        int asked = 0;
    };
    broken bad;
    recorder good;
    nurt_test::world w;
    w.runner.loop().add_instrument(bad);
    w.runner.loop().add_instrument(good);
    w.run(yield_once);
    w.runner.loop().remove_instrument(good);
    CHECK(bad.asked == 1);
    CHECK(good.log.size() == 9);
    REQUIRE(w.reports.size() == 1);
    CHECK(w.reports[0].message == "exception in instrument; it hears no more");
    CHECK(w.reports[0].error == "expected");
}

TEST_CASE("an instrument may remove itself in a hook") {
    class once final : public instrument {
    public:
        void step_begins(const task_info&) override {
            ++asked;
            event_loop::running().remove_instrument(*this);
        }
        void step_ends(const task_info&) override { asked += 100; }
        int asked = 0;
    };
    once seen;
    nurt_test::world w;
    w.runner.loop().add_instrument(seen);
    w.run(yield_once);
    CHECK(seen.asked == 1);
}

TEST_CASE("a loop counts the same turns, watched or not") {
    const auto turns = [](instrument* watcher) {
        nurt_test::world w;
        if (watcher != nullptr) w.runner.loop().add_instrument(*watcher);
        w.run([]() -> coro<> {
            const auto one = create_task(yield_once());
            co_await one;
        });
        if (watcher != nullptr) w.runner.loop().remove_instrument(*watcher);
        return w.runner.loop().turns();
    };
    recorder heard;
    CHECK(turns(nullptr) == turns(&heard));
}
