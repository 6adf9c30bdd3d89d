// SPDX-License-Identifier: MIT
// tests/lint/sample.hpp: a coroutine type and functions to await, enough for the samples of the lint.
#pragma once

#include <array>
#include <coroutine>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct job {
    struct promise_type {
        job get_return_object() { return {}; }
        std::suspend_never initial_suspend() noexcept { return {}; }
        std::suspend_never final_suspend() noexcept { return {}; }
        std::suspend_never yield_value(std::string) { return {}; }
        void return_void() {}
        void unhandled_exception() noexcept {}
    };
};

template <class T>
struct result {
    bool await_ready() { return true; }
    void await_suspend(std::coroutine_handle<>) {}
    T await_resume() { return T(); }
};

struct person {
    std::string name;
    int age = 0;
};

struct limits {  // nothing in it has to be destroyed
    std::string_view name;
    int bytes = 0;
};

class request {  // no aggregate: it has a constructor
public:
    explicit request(std::string text) : text_(std::move(text)) {}
    request& header(std::string_view, std::string_view) { return *this; }
    result<int> send() { return {}; }

private:
    std::string text_;
};

result<bool> ready();
result<int> number();
result<std::string> word();
result<int> greet(person);
result<int> greet_default(int, person = person{"nobody", 0});
result<int> fetch(std::string, limits = {});
result<int> measure(std::array<std::string, 2>);
result<int> sum(std::initializer_list<int>);
template <class F>
result<int> call(F) {
    return {};
}
template <class F>
int create_task(F&&) {
    return 0;
}
