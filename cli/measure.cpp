// SPDX-License-Identifier: MIT
#include "cli/measure.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <exception>
#include <fstream>
#include <mutex>
#include <sstream>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>

#include "nurt/base/error.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/http/blocking.hpp"
#include "nurt/http/client.hpp"

namespace nurt::cli {

namespace {

// One write for each line, so that threads do not mix theirs.
void tell(const std::string& line) {
    const std::string bytes = line + "\n";
    if (write(STDOUT_FILENO, bytes.data(), bytes.size()) < 0) throw error("nobody listens");
}

// A number of /proc/self/status: kilobytes, or a count.
long status_value(std::string_view key) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);) {
        if (line.starts_with(key)) return std::stol(line.substr(key.size()));
    }
    return 0;
}

// What all ways share. Threads: all members, after construction.
class measured_run {
public:
    measured_run(std::string url, double scale) : url_(std::move(url)), scale_(scale) {}

    std::string url(int request) const { return url_ + "/delay/" + delay_text(request, scale_); }
    double now() const {
        return std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count();
    }
    void begins(int request) const { tell(fmt::format("begin {} {:.6f}", request, now())); }
    void ended(int request, int status) {
        const double at = now();
        const long threads = status_value("Threads:");
        const std::lock_guard guard(lock_);
        threads_ = std::max(threads_, threads);
        tell(fmt::format("end {} {:.6f} {}", request, at, status));
    }
    void finish(double cpu_at_main) {
        tell(fmt::format("received {:.6f}", now()));
        const long peak = status_value("VmHWM:") * 1024;
        const double cpu = process_cpu_seconds() - cpu_at_main;
        tell(fmt::format("used {:.6f} {} {}", cpu, threads_, peak));
    }

private:
    std::string url_;
    double scale_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    std::mutex lock_;
    long threads_ = 0;
};

void call(measured_run& run, int request) {
    run.begins(request);
    run.ended(request, http::get(run.url(request)).status());
}

void run_sequential(measured_run& run) {
    for (int i = 0; i < requests_in_run; ++i) call(run, i);
}

void run_threads(measured_run& run) {
    std::mutex lock;
    std::exception_ptr failed;
    std::vector<std::thread> threads;
    for (int i = 0; i < requests_in_run; ++i) {
        threads.emplace_back([&, i] {
            try {
                call(run, i);
            } catch (...) {
                const std::lock_guard guard(lock);
                failed = std::current_exception();
            }
        });
    }
    for (std::thread& each : threads) each.join();
    if (failed) std::rethrow_exception(failed);
}

coro<> call_async(http::client& client, measured_run& run, int request) {
    run.begins(request);
    const auto response = co_await client.get(run.url(request));
    run.ended(request, response.status());
}

coro<> run_gather(measured_run& run) {
    http::client client;
    co_await gather(call_async(client, run, 0), call_async(client, run, 1),
                    call_async(client, run, 2), call_async(client, run, 3));
}

}  // namespace

double process_cpu_seconds() noexcept {
    timespec used{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
    return static_cast<double>(used.tv_sec) + static_cast<double>(used.tv_nsec) * 1e-9;
}

std::string delay_text(int request, double scale) {
    return fmt::format("{:g}", (request + 1) * scale);
}

int run_variant(std::string_view name, const std::string& url, double scale, double cpu_at_main) {
    measured_run run(url, scale);
    if (name == "sequential") {
        run_sequential(run);
    } else if (name == "threads") {
        run_threads(run);
    } else if (name == "gather") {
        nurt::run(run_gather(run));
    } else {
        throw error(fmt::format("there is no variant {}: sequential, threads, gather", name));
    }
    run.finish(cpu_at_main);
    return 0;
}

}  // namespace nurt::cli
