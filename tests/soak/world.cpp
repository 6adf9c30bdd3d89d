// SPDX-License-Identifier: MIT
// tests/soak/world.cpp: what is counted, the dice, and what is said at each place of a stream.
#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>

#include <unistd.h>

#include "tests/soak/soak.hpp"

namespace nurt_soak {

std::atomic<std::uint64_t> progress = 0;

nurt::duration dice::moment(std::size_t ms) noexcept {
    const std::size_t longest = ms * 1'000'000;
    const std::size_t limit = longest >> (2 * below(8));
    return nurt::duration::nanoseconds(static_cast<std::int64_t>(below(limit + 1)));
}

dice world::dice_for(std::string_view who, std::size_t number) const noexcept {
    const std::uint64_t name = std::hash<std::string_view>()(who);
    return dice(seed ^ (name + number * 0x9e3779b97f4a7c15));
}

void world::did(std::string_view what) {
    const auto at = counts.find(what);
    if (at != counts.end()) {
        ++at->second;
    } else {
        counts.emplace(what, 1);
    }
    progress.fetch_add(1, std::memory_order_relaxed);
}

void world::wrong(const std::string& what) {
    const auto left = end - nurt::event_loop::running().time();
    std::fprintf(stderr, "wrong: %s (%.1f s before the end)\n", what.c_str(), left.seconds());
    failures += what + '\n';
}

// A line for each kind, and what never happened although it should have.
void world::report() {
    std::map<std::string, std::string> lines;
    for (const auto& [what, count] : counts) {
        const std::size_t colon = what.find(':');
        std::string& line = lines[what.substr(0, colon)];
        line += (line.empty() ? ": " : ", ") + std::to_string(count) + what.substr(colon + 1);
        if (count == 0) {
            wrong("never: " + what);
        }
    }
    for (const auto& [kind, line] : lines) {
        std::printf("%s%s\n", kind.c_str(), line.c_str());
    }
    std::fflush(stdout);
}

std::string greeting() {
    return "nurt_soak " + std::to_string(::getpid()) + "\n";
}

std::string patterned(std::uint64_t from, std::size_t size) {
    std::string text(size, '\0');
    for (std::size_t i = 0; i < size; ++i) {
        text[i] = pattern(from + i);
    }
    return text;
}

bool is_patterned(std::string_view text, std::uint64_t from) noexcept {
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] != pattern(from + i)) {
            return false;
        }
    }
    return true;
}

}  // namespace nurt_soak
