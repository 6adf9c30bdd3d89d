// SPDX-License-Identifier: MIT
#include "nurt/net/detail/name_cache.hpp"

#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "tests/support/in_loop.hpp"

#include <string>
#include <vector>

using nurt::coro;
using nurt::seconds;
using nurt::detail::answer_ptr;
using nurt::detail::name_answer;
using nurt::detail::name_cache;
using nurt::detail::name_question;
using nurt::detail::record_type;
using nurt_test::error_of;
using nurt_test::in_sim;

namespace {

// Writes down what is asked, and answers at once or when it is told to.
struct fake_source final : nurt::detail::name_source {
    void ask(const name_question& q) override {
        asked.push_back(q.name);
        if (broken) {
            throw nurt::error("no memory");
        }
        if (at_once) {
            answer(q.name);
        }
    }
    void answer(const std::string& name, std::string failure = {}) {
        name_answer found;
        found.texts.push_back("of " + name);
        found.time_to_live = time_to_live;
        found.failure = std::move(failure);
        cache->answered({record_type::txt, name}, std::move(found));
    }

    name_cache* cache = nullptr;
    std::vector<std::string> asked;
    nurt::duration time_to_live = seconds(10);
    bool at_once = true;
    bool broken = false;
};

struct fixture {
    explicit fixture(std::size_t most = 100, nurt::duration longest = nurt::hours(1))
        : cache(nurt::event_loop::running(), source, most, longest) {
        source.cache = &cache;
    }
    coro<std::string> ask(std::string name) {
        const answer_ptr found = co_await cache.find(record_type::txt, name);
        co_return found->texts.front();
    }

    fake_source source;
    name_cache cache;
};

}  // namespace

TEST_CASE("a name is asked for once until its time to live is over") {
    in_sim([]() -> coro<void> {
        fixture f;
        const std::string first = co_await f.ask("a.test");
        CHECK(first == "of a.test");
        co_await nurt::sleep(seconds(9));
        co_await f.ask("a.test");
        CHECK(f.source.asked.size() == 1);
        co_await nurt::sleep(seconds(1));
        co_await f.ask("a.test");
        CHECK(f.source.asked.size() == 2);
    });
}

TEST_CASE("an answer without a time to live is not kept") {
    in_sim([]() -> coro<void> {
        fixture f;
        f.source.time_to_live = {};
        co_await f.ask("a.test");
        co_await f.ask("a.test");
        CHECK(f.source.asked.size() == 2);
        CHECK(f.cache.size() == 0);
    });
}

TEST_CASE("no answer is kept for longer than the cache's limit") {
    in_sim([]() -> coro<void> {
        fixture f(100, seconds(5));
        co_await f.ask("a.test");
        co_await nurt::sleep(seconds(5));
        co_await f.ask("a.test");
        CHECK(f.source.asked.size() == 2);
    });
}

TEST_CASE("capital letters do not make another name") {
    in_sim([]() -> coro<void> {
        fixture f;
        co_await f.ask("a.test");
        co_await f.ask("A.TEST");
        CHECK(f.source.asked.size() == 1);
    });
}

TEST_CASE("a full cache forgets the name that was not used for longest") {
    in_sim([]() -> coro<void> {
        fixture f(2);
        co_await f.ask("a.test");
        co_await f.ask("b.test");
        co_await f.ask("a.test");
        co_await f.ask("c.test");
        CHECK(f.cache.size() == 2);
        co_await f.ask("a.test");
        CHECK(f.source.asked.size() == 3);
        co_await f.ask("b.test");
        CHECK(f.source.asked.size() == 4);
    });
}

TEST_CASE("a cache of size zero keeps nothing") {
    in_sim([]() -> coro<void> {
        fixture f(0);
        co_await f.ask("a.test");
        CHECK(f.cache.size() == 0);
    });
}

TEST_CASE("a name that is being asked for is not asked for again") {
    in_sim([]() -> coro<void> {
        fixture f;
        f.source.at_once = false;
        auto first = nurt::create_task(f.ask("a.test"));
        auto second = nurt::create_task(f.ask("a.test"));
        co_await nurt::sleep(seconds(1));
        CHECK(f.source.asked.size() == 1);
        f.source.answer("a.test");
        const std::string one = co_await first;
        CHECK(one == "of a.test");
        const std::string other = co_await second;
        CHECK(other == "of a.test");
        CHECK(f.cache.in_flight() == 0);
    });
}

TEST_CASE("who asked first may be cancelled without taking the answer from the second") {
    in_sim([]() -> coro<void> {
        fixture f;
        f.source.at_once = false;
        auto first = nurt::create_task(f.ask("a.test"));
        auto second = nurt::create_task(f.ask("a.test"));
        co_await nurt::sleep(seconds(1));
        first.cancel();
        co_await nurt::sleep(seconds(1));
        CHECK(first.cancelled());
        f.source.answer("a.test");
        const std::string other = co_await second;
        CHECK(other == "of a.test");
    });
}

TEST_CASE("an answer that nobody waits for any more is still kept") {
    in_sim([]() -> coro<void> {
        fixture f;
        f.source.at_once = false;
        auto only = nurt::create_task(f.ask("a.test"));
        co_await nurt::sleep(seconds(1));
        only.cancel();
        co_await nurt::sleep(seconds(1));
        f.source.answer("a.test");
        const std::string text = co_await f.ask("a.test");
        CHECK(text == "of a.test");
        CHECK(f.source.asked.size() == 1);
    });
}

TEST_CASE("a cancellation that comes after the answer waits for the next await") {
    in_sim([]() -> coro<void> {
        fixture f;
        f.source.at_once = false;
        auto only = nurt::create_task(f.ask("a.test"));
        co_await nurt::sleep(seconds(1));
        f.source.answer("a.test");
        only.cancel();
        const std::string text = co_await only;
        CHECK(text == "of a.test");
    });
}

TEST_CASE("everybody who waits hears of a failure, and it is not kept") {
    in_sim([]() -> coro<void> {
        fixture f;
        f.source.at_once = false;
        auto first = nurt::create_task(error_of<nurt::resolve_error>(f.ask("a.test")));
        auto second = nurt::create_task(error_of<nurt::resolve_error>(f.ask("a.test")));
        co_await nurt::sleep(seconds(1));
        f.source.answer("a.test", "timed out");
        const auto e = co_await first;
        CHECK(std::string(e.what()) == "resolve a.test: timed out");
        co_await second;
        f.source.at_once = true;
        const std::string text = co_await f.ask("a.test");
        CHECK(text == "of a.test");
    });
}

TEST_CASE("a source that throws leaves the question open to be asked again") {
    in_sim([]() -> coro<void> {
        fixture f;
        f.source.broken = true;
        co_await error_of<nurt::error>(f.ask("a.test"));
        CHECK(f.cache.in_flight() == 0);
        f.source.broken = false;
        const std::string text = co_await f.ask("a.test");
        CHECK(text == "of a.test");
    });
}
