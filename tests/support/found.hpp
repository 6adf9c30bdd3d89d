// SPDX-License-Identifier: MIT
// tests/support/found.hpp: collects what debug mode finds.
#pragma once

#include <string>
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

}  // namespace nurt_test
