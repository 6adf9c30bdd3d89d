// SPDX-License-Identifier: MIT
// cli/lecture_compare.cpp: the lecture's comparison, from a running httpbin to the drawing.
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "cli/lecture.hpp"
#include "cli/lecture_child.hpp"
#include "cli/measure.hpp"
#include "cli/picture.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "nurt/base/error.hpp"

namespace nurt::cli {

namespace {

using steady = std::chrono::steady_clock;
using state_t = progress_item::state_t;

constexpr int drawing_pause = 50;  // ms between two drawings of the progress

double since(steady::time_point start) {
    return std::chrono::duration<double>(steady::now() - start).count();
}

// One way of doing the requests: a child process, and what it tells.
class variant_run {
public:
    variant_run(const variant& what, const std::string& url, double scale)
        : what_(what),
          child_({"lecture-run", std::string(what.name), "--url", url, "--scale",
                  fmt::format("{:g}", scale)}) {
        measured_.variant = what.title;
        drawing_.title = what.title;
        for (int i = 0; i < requests_in_run; ++i) {
            progress_item item;
            item.name = "delay/" + delay_text(i, scale);
            item.expected = (i + 1) * scale;
            drawing_.requests.push_back({item.name, 0, {}, "", true});
            items_.push_back(std::move(item));
            begun_.push_back(start_);
        }
    }

    // Shows the progress until the child has ended; throws error if it failed.
    void follow() {
        const progress_options options = options_for(stdout);
        progress_display display(stdout, options);
        std::string line;
        for (;;) {
            const child::read_t got = child_.read_line(line, drawing_pause);
            if (got == child::read_t::end) break;
            if (got == child::read_t::line) hear(line);
            tick();
            if (options.terminal) display.update(items_);
        }
        if (options.terminal) display.finish(items_, true);
        if (const int code = child_.wait(); code != 0 || measured_.threads == 0) {
            throw error(fmt::format("the run \"{}\" failed (exit code {})", what_.title, code));
        }
        for (const request_bar& each : drawing_.requests) {
            measured_.statuses.push_back(std::stoi(each.result));
        }
    }

    const comparison& measured() const noexcept { return measured_; }
    const picture& drawing() const noexcept { return drawing_; }

private:
    void tick() {
        for (std::size_t i = 0; i < items_.size(); ++i) {
            if (items_[i].state == state_t::running) items_[i].elapsed = since(begun_[i]);
        }
    }

    // The lines of cli/measure.hpp.
    void hear(const std::string& line) {
        std::istringstream words(line);
        std::string word;
        words >> word;
        if (word == "begin" || word == "end") {
            std::size_t request = 0;
            double at = 0;
            words >> request >> at;
            if (request >= items_.size()) return;
            if (word == "begin") {
                items_[request].state = state_t::running;
                begun_[request] = steady::now();
                drawing_.requests[request].start = at;
            } else {
                end(request, at, words);
            }
        } else if (word == "received") {
            words >> measured_.wall_seconds;
        } else if (word == "used") {
            words >> measured_.cpu_seconds >> measured_.threads >> measured_.peak_bytes;
        }
    }

    void end(std::size_t request, double at, std::istringstream& words) {
        progress_item& item = items_[request];
        request_bar& bar = drawing_.requests[request];
        words >> bar.result;
        bar.phases = {{"io", at - bar.start}};
        bar.ok = bar.result.starts_with('2');
        item.elapsed = at - bar.start;
        item.result = bar.result;
        item.state = bar.ok ? state_t::done : state_t::failed;
    }

    variant what_;
    child child_;
    steady::time_point start_ = steady::now();
    comparison measured_;
    picture drawing_;
    std::vector<progress_item> items_;
    std::vector<steady::time_point> begun_;
};

std::string received(const comparison& run) {
    return fmt::format("Received [{}] in {:.3f}", fmt::join(run.statuses, ", "), run.wall_seconds);
}

void print_drawings(const std::vector<picture>& drawings) {
    const progress_options terminal = options_for(stdout);
    text_options options;
    options.width = terminal.width;
    options.utf8 = terminal.utf8;
    options.colour = terminal.colour;
    for (const picture& each : drawings)
        options.seconds = std::max(options.seconds, each.seconds());
    for (const picture& each : drawings) fmt::print("\n{}", draw_text(each, options));
}

// Said at once, not after 18 seconds.
void check_folder_of(const std::string& path) {
    const auto folder = std::filesystem::absolute(path).parent_path();
    if (std::filesystem::is_directory(folder)) return;
    throw error(fmt::format("cannot write {}: there is no folder {}", path, folder.string()));
}

void write_svg(const std::string& path, const std::vector<picture>& drawings) {
    std::ofstream file(path);
    file << draw_svg(drawings);
    file.close();
    if (!file) throw error(fmt::format("cannot write {}", path));
    fmt::print("\nThe drawing is in {}\n", path);
}

}  // namespace

int compare_variants(const lecture_options& options) {
    if (!options.svg.empty()) check_folder_of(options.svg);
    const interrupt_flag interrupts;
    local_httpbin httpbin;
    fmt::print("Four requests to {}/delay/{{{},{},{},{}}}, in three ways.\n\n", httpbin.url(),
               delay_text(0, options.scale), delay_text(1, options.scale),
               delay_text(2, options.scale), delay_text(3, options.scale));
    std::vector<comparison> runs;
    std::vector<picture> drawings;
    for (const variant& each : variants) {
        const bool terminal = options_for(stdout).terminal;
        if (terminal) fmt::print("{}\n", each.title);
        std::fflush(stdout);
        variant_run run(each, httpbin.url(), options.scale);
        run.follow();
        if (terminal) fmt::print("\x1b[A");  // over the line with the title
        fmt::print("{:<20} {}\n", each.title, received(run.measured()));
        std::fflush(stdout);
        runs.push_back(run.measured());
        drawings.push_back(run.drawing());
    }
    fmt::print("\n{}", draw_table(comparison_table(runs), utf8_output()));
    print_drawings(drawings);
    if (!options.svg.empty()) write_svg(options.svg, drawings);
    return 0;
}

}  // namespace nurt::cli
