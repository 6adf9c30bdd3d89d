// SPDX-License-Identifier: MIT
// tests/traps/safe_spellings.cpp: the spellings that CONTRIBUTING.md tells to use do work.
//
// One case for each class of construct that g++ 12 miscompiles; each line is the safe neighbour of a line
// of tests/lint/bad.cpp. The cases run at -O0 and at -O2, and under the sanitizers.
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/traps/plain_coro.hpp"
#include "tests/traps/tracked.hpp"

namespace {

using traps::pause;
using traps::plain_coro;
using traps::tracked;
using traps::watch;

struct parcel {  // an aggregate that owns something
    tracked content;
    int weight = 0;
};

struct limits {  // an aggregate with nothing to destroy
    int bytes = 0;
    int lines = 0;
};

plain_coro<bool> ready(bool value) {
    co_return co_await pause(value);
}
plain_coro<int> number(int value) {
    co_return co_await pause(value);
}
plain_coro<tracked> make(int value) {
    co_return co_await pause(tracked(value));
}
plain_coro<int> weigh(parcel p) {
    const int more = co_await pause(1);
    co_return p.content.value() + p.weight + more;
}
plain_coro<int> open(tracked t, limits l) {
    const int more = co_await pause(1);
    co_return t.value() + l.bytes + l.lines + more;
}
template <class F>
plain_coro<int> call(F f) {
    const int more = co_await pause(1);
    co_return f() + more;
}
plain_coro<int> total(std::span<const int> numbers) {
    int sum = co_await pause(0);
    for (const int n : numbers) sum += n;
    co_return sum;
}

// A condition is awaited into a local first.

plain_coro<int> named_condition() {
    const bool ok = co_await ready(true);
    if (ok) co_return 1;
    co_return 2;
}
plain_coro<int> condition_with_initializer() {
    if (auto ok = co_await ready(true); ok) co_return 1;
    co_return 2;
}
plain_coro<int> condition_beside_a_local() {
    int turns = 0;
    while (co_await ready(turns < 3)) ++turns;
    co_return turns;
}
plain_coro<int> awaited_switch() {
    const int n = co_await number(2);
    switch (n) {
        case 2: co_return 20;
        default: co_return 0;
    }
}
plain_coro<bool> condition_operators() {
    co_return (co_await ready(true)) && !(co_await ready(false));
}

// What owns something is named before it stands beside co_await.

plain_coro<int> named_aggregate() {
    parcel p{tracked(1), 2};
    const int copied = co_await weigh(p);
    co_return copied + co_await weigh(std::move(p));
}
parcel packed() {
    return {tracked(1), 2};
}
plain_coro<int> aggregate_from_a_function() {
    co_return co_await weigh(packed());
}
plain_coro<int> aggregate_before_the_await() {
    auto waiting = weigh({tracked(1), 2});
    co_return co_await waiting;
}
plain_coro<int> trivial_aggregate() {
    co_return co_await open(tracked(1), {.bytes = 2, .lines = 3});
}
plain_coro<int> named_closure() {
    auto owning = [t = tracked(1)] { return t.value(); };
    const int copied = co_await call(owning);
    co_return copied + co_await call(std::move(owning));
}
plain_coro<int> borrowing_closure() {
    tracked t(1);
    co_return co_await call([&t] { return t.value(); });
}
plain_coro<parcel> awaited_members() {
    const int weight = co_await number(2);
    co_return parcel{tracked(1), weight};
}
plain_coro<int> awaited_before_new() {
    const int weight = co_await number(2);
    auto* p = new parcel{tracked(1), weight};
    const int sum = p->content.value() + p->weight;
    delete p;
    co_return sum;
}
plain_coro<void> thrown_after_the_await() {
    const int weight = co_await number(2);
    throw parcel{tracked(1), weight};
}

// A choice is a statement.

plain_coro<int> chosen_by_if(bool fresh) {
    tracked t(1);
    if (fresh) t = co_await make(2);
    co_return t.value();
}
plain_coro<int> chosen_before(bool big) {
    const tracked t = big ? tracked(10) : tracked(1);
    co_return co_await open(t, {});
}
plain_coro<int> scalar_choice(bool c) {
    co_return c ? co_await number(1) : 2;
}

// Lists are named arrays.

plain_coro<int> named_array() {
    const int numbers[] = {1, 2, 3};
    co_return co_await total(numbers);
}
plain_coro<int> vector_filled_later() {
    std::vector<tracked> v;
    v.push_back(co_await make(1));
    v.push_back(co_await make(2));
    co_return v[0].value() + v[1].value();
}

// Order is a matter of statements.

plain_coro<std::string> in_order() {
    std::string said;
    auto say = [&said](const char* word) -> std::string& { return said += word; };
    say("a");
    const int n = co_await number(1);
    say(n == 1 ? "b" : "?");
    co_return said;
}

// An awaiter is handed over as a prvalue that points to it.

class linked {  // knows its own address while it waits, as an intrusive list would
public:
    linked() = default;
    linked(const linked&) = delete;
    bool await_ready() noexcept { return false; }
    void await_suspend(std::coroutine_handle<> self) noexcept {
        self_ = this;
        traps::next_to_run = self;
    }
    bool await_resume() noexcept { return self_ == this; }

private:
    linked* self_ = nullptr;
};

class pointing {
public:
    explicit pointing(linked& to) : to_(&to) {}
    pointing(const pointing&) = delete;
    bool await_ready() noexcept { return to_->await_ready(); }
    void await_suspend(std::coroutine_handle<> self) noexcept { to_->await_suspend(self); }
    bool await_resume() noexcept { return to_->await_resume(); }

private:
    linked* to_;
};

plain_coro<bool> awaiter_in_place() {
    co_return co_await linked();
}
plain_coro<bool> awaiter_behind_a_pointer() {
    linked one;
    co_return co_await pointing(one);
}

// Alignment beyond 16 is asked from the heap.

plain_coro<bool> aligned_on_the_heap() {
    struct alignas(64) line {
        char bytes[64];
    };
    auto* l = new line;
    const bool ok = co_await ready(reinterpret_cast<std::uintptr_t>(l) % 64 == 0);
    delete l;
    co_return ok;
}

// A hundred thousand awaits that never leave the driver's frame.

plain_coro<int> many_awaits() {
    int sum = 0;
    for (int i = 0; i < 100'000; ++i) sum += co_await number(1);
    co_return sum;
}

}  // namespace

TEST_CASE("an awaited condition works when a local holds it or any local is there") {
    CHECK(named_condition().run() == 1);
    CHECK(condition_with_initializer().run() == 1);
    CHECK(condition_beside_a_local().run() == 3);
    CHECK(awaited_switch().run() == 20);
    CHECK(condition_operators().run());
}

TEST_CASE("an aggregate that owns something dies once when it is named first") {
    const watch w;
    CHECK(named_aggregate().run() == 8);
    CHECK(aggregate_from_a_function().run() == 4);
    CHECK(aggregate_before_the_await().run() == 4);
}

TEST_CASE("an aggregate with nothing to destroy may stand beside co_await") {
    const watch w;
    CHECK(trivial_aggregate().run() == 7);
}

TEST_CASE("a closure that owns something dies once when it is named first") {
    const watch w;
    CHECK(named_closure().run() == 4);
    CHECK(borrowing_closure().run() == 2);
}

TEST_CASE("members are built once when their awaits come before the initializer") {
    const watch w;
    CHECK(awaited_members().run().weight == 2);
    CHECK(awaited_before_new().run() == 3);
    CHECK_THROWS_AS(thrown_after_the_await().run(), parcel);
}

TEST_CASE("a choice between classes works as a statement") {
    const watch w;
    CHECK(chosen_by_if(true).run() == 2);
    CHECK(chosen_by_if(false).run() == 1);
    CHECK(chosen_before(true).run() == 11);
    CHECK(scalar_choice(true).run() == 1);
    CHECK(scalar_choice(false).run() == 2);
}

TEST_CASE("a list works as a named array or a vector filled later") {
    const watch w;
    CHECK(named_array().run() == 6);
    CHECK(vector_filled_later().run() == 3);
}

TEST_CASE("statements keep the order that an expression would lose") {
    CHECK(in_order().run() == "ab");
}

TEST_CASE("an awaiter keeps its address in place and behind a pointer") {
    CHECK(awaiter_in_place().run());
    CHECK(awaiter_behind_a_pointer().run());
}

TEST_CASE("over-aligned memory on the heap is aligned") {
    CHECK(aligned_on_the_heap().run());
}

TEST_CASE("a coroutine that was never started frees its parameters once") {
    const watch w;
    {
        auto never = open(tracked(1), {});
    }
    CHECK(traps::counted.born == traps::counted.died);
}

TEST_CASE("awaits in a loop do not grow the stack") {
    CHECK(many_awaits().run() == 100'000);
}
