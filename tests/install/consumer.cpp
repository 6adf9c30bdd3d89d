// SPDX-License-Identifier: MIT
// tests/install/consumer.cpp: a program of a user, with the installed headers and libraries only.
//
// prints:
//   {"installed":true}
#include <cstdio>
#include <string>

#include <nurt/json/parse.hpp>
#include <nurt/json/write.hpp>

int main() {
    const auto value = nurt::json::parse(R"({ "installed": true })");
    std::puts(nurt::json::dump(value).c_str());
}
