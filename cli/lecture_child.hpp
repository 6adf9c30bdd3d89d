// SPDX-License-Identifier: MIT
// cli/lecture_child.hpp: this program again, as a child process.
//
// Whatever happens, no child is left: it is stopped and reaped when its object goes, and ends by
// itself if this process is killed. Functions that wait throw keyboard_interrupt after SIGINT, and
// SIGTERM, as long as there is an interrupt_flag.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <sys/types.h>

namespace nurt::cli {

// Notes SIGINT and SIGTERM instead of dying from them. One at a time.
class interrupt_flag {
public:
    interrupt_flag();
    interrupt_flag(const interrupt_flag&) = delete;
    interrupt_flag& operator=(const interrupt_flag&) = delete;
    ~interrupt_flag();

    // Throws keyboard_interrupt if one has come.
    static void check();
};

class child {
public:
    enum class output { pipe, inherited };
    enum class read_t { line, nothing, end };

    // Starts /proc/self/exe with the arguments; throws os_error.
    explicit child(const std::vector<std::string>& arguments, output out = output::pipe);
    child(const child&) = delete;
    child& operator=(const child&) = delete;
    ~child();

    // A line of its output, without its end; waits for it so long at most.
    read_t read_line(std::string& line, int milliseconds);

    // Until it has ended: its exit code, or 128 and the number of the signal.
    int wait();

private:
    void start(const std::vector<std::string>& arguments, int out);
    bool reap(int flags);

    pid_t pid_ = -1;   // -1: reaped
    int output_ = -1;  // our end of the pipe
    int code_ = 0;
    std::string buffer_;
};

// `nurt httpbin` on a free port of 127.0.0.1.
class local_httpbin {
public:
    local_httpbin();  // returns when it listens
    const std::string& url() const noexcept { return url_; }

private:
    child server_;
    std::string url_;
};

// In a child: ends this process when the one that started it is gone.
void end_with_parent(pid_t parent);

// Whether standard output takes more than ASCII.
bool utf8_output();

}  // namespace nurt::cli
