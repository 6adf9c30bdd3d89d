// SPDX-License-Identifier: MIT
// tests/support/found.hpp: collects what debug mode finds.
#pragma once

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

#include "nurt/loop/event_loop.hpp"
#include "tests/support/world.hpp"

namespace nurt_test {

// Turns debug mode of the loop on. Has to live as long as the loop finds something.
class findings {
public:
    struct entry {
        nurt::debug_finding finding;
        std::string message;
    };

    explicit findings(nurt::event_loop& loop) {
        loop.set_debug(true);
        loop.set_debug_handler([this](const nurt::debug_report& r) {
            all_.push_back({r.finding, std::string(r.message)});
        });
    }
    findings(const findings&) = delete;
    findings& operator=(const findings&) = delete;

    std::size_t count() const { return all_.size(); }
    std::size_t count(nurt::debug_finding kind) const {
        std::size_t n = 0;
        for (const entry& e : all_) n += e.finding == kind ? 1 : 0;
        return n;
    }
    const entry& operator[](std::size_t i) const { return all_.at(i); }
    void clear() { all_.clear(); }

private:
    std::vector<entry> all_;
};

// Runs the body in debug mode. What was found, of that kind and once; "none".
template <class Body>
std::string message_of(Body body, nurt::debug_finding kind) {
    world w;
    findings found(w.runner.loop());
    w.run(std::move(body));
    if (found.count() == 0) return "none";
    CHECK(found.count() == 1);
    CHECK(found[0].finding == kind);
    return found[0].message;
}

inline bool has(const std::string& text, const std::string& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace nurt_test
