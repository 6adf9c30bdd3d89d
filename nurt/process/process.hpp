// SPDX-License-Identifier: MIT
// nurt/process/process.hpp: other programs as children of this one.
//
// A child is waited for through a descriptor of its own (pidfd), so a signal never reaches another
// process that was given the same number, no handler for SIGCHLD is needed, and whoever else in
// this program starts children is not disturbed. Nobody else may wait for all children
// (waitpid(-1)): see process::wait().
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/process/detail/child.hpp"
#include "nurt/process/environment.hpp"
#include "nurt/stream/stream.hpp"

namespace nurt {

// Where a standard stream of a child leads to.
class redirection {
public:
    enum class kind : std::uint8_t { inherit, pipe, devnull, to_stdout, descriptor };

    constexpr redirection(kind what) noexcept : kind_(what) {}
    // A descriptor of this process, which keeps it.
    constexpr redirection(int descriptor) noexcept
        : kind_(kind::descriptor), descriptor_(descriptor) {}

    constexpr kind what() const noexcept { return kind_; }
    constexpr int descriptor() const noexcept { return descriptor_; }

private:
    kind kind_;
    int descriptor_ = -1;
};

// Python: asyncio.subprocess.
namespace subprocess {
inline constexpr redirection inherit = redirection::kind::inherit;  // the same as this process's
inline constexpr redirection pipe = redirection::kind::pipe;        // a stream of the process
inline constexpr redirection devnull = redirection::kind::devnull;  // nothing to read, or lost
inline constexpr redirection to_stdout =
    redirection::kind::to_stdout;  // for stderr. Python: STDOUT
}  // namespace subprocess

// What is referred to has to last until the call, not longer.
struct process_options {
    redirection stdin = subprocess::inherit;
    redirection stdout = subprocess::inherit;
    redirection stderr = subprocess::inherit;
    std::string_view cwd = {};           // its working directory; "": ours
    const environment* env = nullptr;    // null: ours
    bool start_new_session = false;      // it leads a session, away from our terminal
    int process_group = -1;              // 0: it leads a new one; -1: it stays in ours
    std::span<const int> pass_fds = {};  // other descriptors that it gets, under the same numbers
    std::size_t limit = 65536;           // of its streams: see nurt::stream
};
static_assert(std::is_trivially_destructible_v<process_options>);

// The arguments of a program, without its name: {"-l", path}. A class with constructors, so that
// braces are safe in an expression with co_await.
class arguments {
public:
    arguments() = default;
    arguments(std::vector<std::string> all) noexcept : all_(std::move(all)) {}
    template <class... Words>
        requires(sizeof...(Words) > 0 &&
                 (std::convertible_to<const Words&, std::string_view> && ...))
    arguments(const Words&... words) {
        all_.reserve(sizeof...(Words));
        (all_.emplace_back(std::string_view(words)), ...);
    }

    const std::vector<std::string>& all() const noexcept { return all_; }

private:
    std::vector<std::string> all_;
};

// The child has ended already. Python: ProcessLookupError.
class process_lookup_error : public os_error {
public:
    explicit process_lookup_error(std::string_view attempt);
};

// What a child has written to its standard streams, as far as they are pipes.
struct process_output {
    std::string out;
    std::string err;
};

// A child, and our ends of its pipes. Moved, not copied. When it goes while the child still runs,
// the child is killed (SIGKILL); the loop waits for its end, so no zombie is left, and neither
// does the end of run() leave one. (What may not be killed, a program of root's, runs on.)
// Python: asyncio.subprocess.Process.
//
//     process p = co_await create_subprocess_exec("wc", {"-l"}, {.stdin = subprocess::pipe});
//     co_await p.stdin().write("one\ntwo\n");
//     p.stdin().close();
//     const int code = co_await p.wait();
class process {
public:
    process(process&& other) noexcept = default;
    process& operator=(process&& other) noexcept = default;
    ~process() = default;

    int pid() const noexcept { return child_->pid(); }
    // Its exit code, or minus the number of the signal that has ended it; empty while it runs.
    std::optional<int> returncode() const noexcept { return child_->returncode(); }

    // usage_error when the option was not subprocess::pipe.
    stream& stdin() { return checked(stdin_, "stdin"); }     // to be written
    stream& stdout() { return checked(stdout_, "stdout"); }  // to be read
    stream& stderr() { return checked(stderr_, "stderr"); }  // to be read

    // Until the child has ended: gives its returncode. Any number of tasks may wait, and a
    // cancelled one leaves the child alone. A child that writes into a full pipe does not end: read
    // meanwhile, or use communicate().
    //
    // When somebody else has waited for the child (waitpid(-1), or SIGCHLD is ignored), its end is
    // known, but not how: the returncode is 255 and the loop's exception handler is told.
    coro<int> wait() const { return end_of(child_.ref()); }

    // Writes input, closes stdin, reads stdout and stderr to their ends and waits, all at the same
    // time. That the child did not want to read all of the input is no error. Everything is held in
    // memory. The process stays where it is until then; if it is cancelled, the child runs on.
    coro<process_output> communicate(std::string input = {});

    // Nothing happens if the child has just ended; process_lookup_error once the returncode is there.
    void send_signal(int signal);
    void terminate();  // SIGTERM
    void kill();       // SIGKILL

private:
    friend class detail::starter;
    explicit process(detail::child_ref child) noexcept : child_(std::move(child)) {}

    static coro<int> end_of(detail::child_ref child);
    static stream& checked(std::optional<stream>& s, const char* name);
    static coro<void> feed(std::optional<stream>& in, std::string input);
    static coro<std::string> read_all(std::optional<stream>& from);

    detail::child_owner child_;
    std::optional<stream> stdin_;
    std::optional<stream> stdout_;
    std::optional<stream> stderr_;
};

// Starts a program, which is looked for in PATH if its name has no slash: in that of .env if there is one
// ("/bin:/usr/bin" if it has none), relative directories of it from .cwd. The child gets no descriptor beside the three standard ones and pass_fds; it blocks no signal, and SIGPIPE has
// its default action. The loop stands still until the program is loaded, which takes some hundred
// microseconds, and then lets others run.
//
// Throws os_error, "spawn /no/such: No such file or directory"; usage_error in a simulation. A
// cancellation kills the child. Python: asyncio.create_subprocess_exec.
coro<process> create_subprocess_exec(std::string_view program, const arguments& args,
                                     const process_options& options);
coro<process> create_subprocess_exec(std::string_view program, const arguments& args);
coro<process> create_subprocess_exec(std::string_view program);

// The same for a command of the shell, "/bin/sh -c command". What comes from elsewhere has no place
// in it. Python: asyncio.create_subprocess_shell.
coro<process> create_subprocess_shell(std::string_view command,
                                      const process_options& options = {});

}  // namespace nurt
