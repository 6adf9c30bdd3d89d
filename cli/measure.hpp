// SPDX-License-Identifier: MIT
// cli/measure.hpp: the lecture's four requests in one of three ways, measured from inside.
//
// Each way runs in a process of its own, so that its processor time and memory are its own. It
// tells the parent what happens, as lines on standard output:
//
//     begin 0 0.000041           request 0 started, seconds after the run's beginning
//     end 0 1.002345 200         it ended, with this status
//     received 10.004321         all have ended
//     used 0.0034 1 5242880      seconds of processor time since main, threads, bytes at the peak
#pragma once

#include <string>
#include <string_view>

namespace nurt::cli {

// What the lecture compares, in its words for people.
struct variant {
    std::string_view name;   // for the command line
    std::string_view title;  // "one after another"
};
inline constexpr variant variants[] = {
    {"sequential", "one after another"},
    {"threads", "threads and a mutex"},
    {"gather", "gather, one thread"},
};
inline constexpr int requests_in_run = 4;

// Runs one in this process; returns the exit code. cpu_at_main: process_cpu_seconds() when main
// began. Throws what the requests throw.
int run_variant(std::string_view name, const std::string& url, double scale, double cpu_at_main);

// Processor time of this process, user and system.
double process_cpu_seconds() noexcept;

// The delay of a request in seconds, as it stands in the URL: "1", "0.1".
std::string delay_text(int request, double scale);

}  // namespace nurt::cli
