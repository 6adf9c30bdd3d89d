// SPDX-License-Identifier: MIT
// tests/lint/good.cpp: the safe spellings, and neighbours of the unsafe ones. The lint must be silent.
#include "tests/lint/sample.hpp"

#include <map>
#include <optional>
#include <tuple>
#include <utility>

job condition_named() {
    const bool ok = co_await ready();
    if (ok) co_return;
}
job condition_with_a_local_elsewhere() {
    int local = 0;
    if (co_await ready()) co_return;
    static_cast<void>(local);
}
job condition_initializer() {
    if (auto ok = co_await ready(); ok) co_return;
}
job condition_plain(bool c) {
    if (c) co_await number();
    while (c) co_await number();
    for (;;) co_await number();
}
job operators() {
    (co_await ready()) && (co_await ready());
}

job named_first() {
    person p{"Ada", 36};
    co_await greet(p);
    co_await greet(std::move(p));
}
job trivial_aggregate() {
    co_await fetch("http://host/", {.name = "n", .bytes = 1});
    co_await fetch(std::string("a") + "b", limits{"n", 1});
    co_await fetch("c");
}
job classes_with_constructors() {
    co_await request("GET").header("a", "b").send();
    co_await fetch(std::string("x"));
    co_await call(std::pair(std::string("a"), std::string("b")));
    co_await call(std::make_unique<int>(1));
    co_await call(std::optional<std::string>("a"));
    co_await call(std::tuple<std::string, int>("a", 1));
}
job closures() {
    int n = 0;
    co_await call([&n] { return n; });
    co_await call([n] { return n; });
    auto owning = [s = std::string("s")] { return s; };
    co_await call(std::move(owning));
}
job other_functions_inside() {
    auto later = [s = std::string("s")] { return person{s, 1}; };
    co_await call([](int n) { return n ? person{"Ada", n} : person{"Bob", 0}; });
    co_await call(later);
}
int outside_of_a_coroutine(std::string s) {
    return create_task([s]() -> job { co_await number(); });
}
person make_person() { return {"Ada", 36}; }
job from_a_function() {
    co_await greet(make_person());
    auto waiting = greet({"Ada", 36});
    co_await waiting;
}
job trivial_initializer() {
    limits l{"n", co_await number()};
    static_cast<void>(l);
}

job chosen_first(bool c, std::string a) {
    std::string s = "x";
    if (c) s = co_await word();
    const std::string shout = c ? a + "!" : a;
    co_await fetch(shout);
    auto n = c ? co_await number() : 1;
    static_cast<void>(n);
}
job elements() {
    const int numbers[] = {1, 2, 3};
    std::vector<int> v{1, 2, 3};
    v[0] += co_await number();
    v.push_back(co_await number() + numbers[0]);
    std::map<std::string, int> m;
    m["a"] = co_await number();
}
job yields() {
    co_yield "text";
    co_yield co_await word();
}

struct hands_out_values {
    result<int> await_transform(int);
    result<int> operator co_await();
};

void aligned_elsewhere() {
    alignas(64) int line = 1;
    static_cast<void>(line);
}

int started(std::string s) {
    int a = create_task([]() -> job { co_await number(); }());
    int b = create_task([](std::string t) -> job { co_await fetch(t); }(s));
    return a + b + create_task([s] { return s; });
}

int on_purpose(int n) {
    return create_task([n]() -> job { co_await number(); }());  // nurt-lint: allow closure_outlived, a sample
}
