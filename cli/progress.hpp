// SPDX-License-Identifier: MIT
// cli/progress.hpp: what is going on, while it goes on.
//
// On a terminal some lines are drawn again and again: one for each request with its time and a bar,
// or, when there are too many, a summary and those that run longest. Elsewhere (a file, a pipe) each
// request is one line, once it has ended. render_progress() and progress_painter are pure, only
// progress_display writes.
#pragma once

#include <cstddef>
#include <cstdio>
#include <span>
#include <string>
#include <vector>

namespace nurt::cli {

struct progress_item {
    enum class state_t { waiting, running, done, failed };

    std::string name;
    state_t state = state_t::waiting;
    double elapsed = 0;   // seconds since its start
    double expected = 0;  // seconds it will take in all; 0: nobody knows
    std::string result;   // when it has ended: "200", "timed out"

    bool ended() const noexcept { return state == state_t::done || state == state_t::failed; }
};

struct progress_options {
    bool terminal = true;    // false: a line for each request that has ended
    std::size_t width = 80;  // columns
    std::size_t rows = 12;   // lines drawn at most
    bool utf8 = true;
    bool colour = false;
};

// The lines of one drawing, without newlines; none is wider than the terminal.
// All bars have one scale: the longest time of any request, expected or passed.
std::vector<std::string> render_progress(std::span<const progress_item> items,
                                         const progress_options& options);

// "<name> 200 1.00 s", for a request that has ended.
std::string render_ended(const progress_item& item, const progress_options& options);

// Turns successive states into what has to be written. The items keep their order; new ones may
// come at the end.
class progress_painter {
public:
    explicit progress_painter(const progress_options& options) : options_(options) {}

    // Bytes that bring the output from the last state to this one.
    std::string update(std::span<const progress_item> items);

    // Bytes that end the drawing: clear removes it from the terminal, else it stays.
    std::string finish(std::span<const progress_item> items, bool clear);

private:
    std::string back_to_top();

    progress_options options_;
    std::size_t drawn_ = 0;   // lines on the terminal
    std::vector<bool> told_;  // not a terminal: items whose line has been written
};

// Writes a painter's output to a stream and flushes it. The caller decides how often: ten times a
// second is smooth enough.
class progress_display {
public:
    explicit progress_display(std::FILE* out, const progress_options& options)
        : out_(out), painter_(options) {}

    void update(std::span<const progress_item> items);
    void finish(std::span<const progress_item> items, bool clear);

private:
    void write(const std::string& bytes);

    std::FILE* out_;
    progress_painter painter_;
};

// What suits a stream: whether it is a terminal, its width, NO_COLOR and the locale's character set.
progress_options options_for(std::FILE* out);

}  // namespace nurt::cli
