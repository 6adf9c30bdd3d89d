// SPDX-License-Identifier: MIT
// bench/paired.hpp: samples of nurt, each between two samples of its floor.
//
// A shared machine is now fast and now slow. What was measured directly before and after tells how it
// was in between, so the ratio of one sample to the mean of its neighbours says more than any time.
// Results are printed as lines of JSON, which bench/outside.py makes tables from.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <ctime>
#include <string>
#include <utility>
#include <vector>

namespace nurt_bench {

// Seconds.
struct sample {
    double wall = 0;
    double cpu = 0;

    sample over(double count) const { return {wall / count, cpu / count}; }
};

inline double read_clock(clockid_t which) {
    timespec t{};
    ::clock_gettime(which, &t);
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_nsec) / 1e9;
}

// Of the wall, and of the processors: of this process, or of this thread only.
class stopwatch {
public:
    explicit stopwatch(clockid_t cpu = CLOCK_PROCESS_CPUTIME_ID) : which_(cpu) {}
    sample each_of(double count) const {
        return sample{read_clock(CLOCK_MONOTONIC) - wall_, read_clock(which_) - cpu_}.over(count);
    }

private:
    clockid_t which_;
    double wall_ = read_clock(CLOCK_MONOTONIC);
    double cpu_ = read_clock(which_);
};

inline double median(std::vector<double> all) {
    std::sort(all.begin(), all.end());
    return all[all.size() / 2];
}

class paired {
public:
    // What is measured, on which backend.
    paired(std::string what, std::string backend)
        : what_(std::move(what)), backend_(std::move(backend)) {}

    // floor() and ours() give a sample of one operation each.
    template <class Floor, class Ours>
    void run(int rounds, Floor floor, Ours ours) {
        if (floors_.empty()) {
            floor();  // both once for nothing: the first touches memory for the first time
            ours();
            floors_.push_back(floor());
        }
        for (int i = 0; i < rounds; ++i) {
            ours_.push_back(ours());
            floors_.push_back(floor());
        }
    }

    void print() const {
        print("cpu", &sample::cpu);
        print("wall", &sample::wall);
    }

private:
    void print(const char* kind, double sample::* part) const {
        std::vector<double> floors;
        std::vector<double> mine;
        std::vector<double> ratios;
        std::vector<double> noise;
        for (const sample& s : floors_) {
            floors.push_back(s.*part);
        }
        for (std::size_t i = 0; i < ours_.size(); ++i) {
            mine.push_back(ours_[i].*part);
            ratios.push_back(2 * mine[i] / (floors[i] + floors[i + 1]));
            noise.push_back(std::max(floors[i], floors[i + 1]) /
                            std::min(floors[i], floors[i + 1]));
        }
        const auto [low, high] = std::minmax_element(ratios.begin(), ratios.end());
        std::printf(
            "{\"what\": \"%s\", \"backend\": \"%s\", \"kind\": \"%s\", \"floor_ns\": %.1f, "
            "\"nurt_ns\": %.1f, \"least\": %.4f, \"ratio\": %.4f, \"most\": %.4f, "
            "\"noise\": %.4f}\n",
            what_.c_str(), backend_.c_str(), kind, median(floors) * 1e9, median(mine) * 1e9, *low,
            median(ratios), *high, median(noise));
        std::fflush(stdout);
    }

    std::string what_;
    std::string backend_;
    std::vector<sample> floors_;  // one more than ours
    std::vector<sample> ours_;
};

}  // namespace nurt_bench
