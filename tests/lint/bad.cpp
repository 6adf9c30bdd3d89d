// SPDX-License-Identifier: MIT
// tests/lint/bad.cpp: what g++ 12 gets wrong, one construct a line; the comment names the rule that must see
// it. Never compiled: g++ accepts most of these and then destroys something twice.
#include "tests/lint/sample.hpp"

job condition_if() {  // lint: await_in_condition
    if (co_await ready()) co_return;
}
job condition_not(int) {  // lint: await_in_condition
    if (!co_await ready()) co_return;
}
job condition_while() {  // lint: await_in_condition
    while (co_await ready()) {
    }
}
job condition_do() {  // lint: await_in_condition
    do {
    } while (co_await ready());
}
job condition_for() {  // lint: await_in_condition
    for (; co_await ready();) {
    }
}
job condition_switch() {  // lint: await_in_condition
    switch (co_await number()) {
    default: co_return;
    }
}
job condition_assert() {  // lint: await_in_condition
    static_assert(sizeof(int) >= 2);
    if (co_await ready()) co_return;
}
template <class T>
job condition_template(T) {  // lint: await_in_condition
    if (co_await ready()) co_return;
}

job temporary_named() {
    co_await greet(person{"Ada", 36});  // lint: owning_temporary
}
job temporary_unnamed() {
    co_await greet({"Ada", 36});  // lint: owning_temporary
}
job temporary_designated() {
    co_await greet({.name = "Ada"});  // lint: owning_temporary
}
job temporary_parentheses() {
    co_await greet(person("Ada", 36));  // lint: owning_temporary
}
job temporary_array() {
    co_await measure({"a", "b"});  // lint: owning_temporary
}
job temporary_closure(std::string s) {
    co_await call([s] { return s; });  // lint: owning_temporary
}
job temporary_closure_moved(std::unique_ptr<int> p) {
    co_await call([p = std::move(p)] { return *p; });  // lint: owning_temporary
}
job temporary_beside() {
    auto sum = person{"Ada", 36}.age + co_await number();  // lint: owning_temporary
    static_cast<void>(sum);
}

job temporary_in_default_argument() {
    co_await greet_default(1);  // lint: owning_temporary at sample.hpp
}

job initializer() {
    person p{std::string("Ada"), co_await number()};  // lint: await_in_initializer
    static_cast<void>(p);
}
job allocated() {
    auto* p = new person{"Ada", co_await number()};  // lint: new_aggregate await_in_initializer
    delete p;
}

job conditional(bool c) {
    auto s = c ? co_await word() : std::string("x");  // lint: owning_conditional
}
job conditional_argument(bool c, std::string a) {
    co_await fetch(c ? a + "!" : a);  // lint: owning_conditional
}
job conditional_throw(bool c) {
    auto n = c ? co_await number() : throw 1;  // lint: owning_conditional
    static_cast<void>(n);
}

job list() {
    co_await sum({1, 2, 3});  // lint: braced_list
}
job list_vector() {
    auto v = std::vector<int>{co_await number(), 2};  // lint: braced_list
}

job statement() {
    auto n = __extension__({ co_await number(); });  // lint: statement_expression
    static_cast<void>(n);
}

struct hands_out_references {
    result<int>& await_transform(int);  // lint: awaiter_by_reference
    result<int>&& operator co_await();  // lint: awaiter_by_reference
    result<int> inner;
};

job alignment() {
    alignas(64) int line = co_await number();  // lint: aligned_local
    static_cast<void>(line);
}

int started(std::string s) {
    return create_task([s]() -> job { co_await fetch(s); }());  // lint: closure_outlived
}
