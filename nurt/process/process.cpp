// SPDX-License-Identifier: MIT
// nurt/process/process.cpp: see the header.
#include "nurt/process/process.hpp"

#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/process/detail/starter.hpp"

#include <cerrno>
#include <csignal>
#include <tuple>
#include <utility>

namespace nurt {

process_lookup_error::process_lookup_error(std::string_view attempt) : os_error(ESRCH, attempt) {}

stream& process::checked(std::optional<stream>& s, const char* name) {
    if (!s) {
        throw usage_error(std::string(name) + " of this process is no pipe: start it with ." +
                          name + " = subprocess::pipe");
    }
    return *s;
}

coro<int> process::end_of(detail::child_ref child) {
    co_return co_await detail::exit_leaf(child);
}

// The child may have ended, or closed its stdin, before it has read everything: that is its right.
coro<void> process::feed(std::optional<stream>& in, std::string input) {
    if (!in || in->is_closed()) {
        co_return;
    }
    try {
        co_await in->write(input);
    } catch (const os_error& e) {
        if (e.number() != EPIPE && e.number() != ECONNRESET) {
            throw;
        }
    }
    in->close();
}

coro<std::string> process::read_all(std::optional<stream>& from) {
    std::string all;
    if (from && !from->is_closed()) {
        all = co_await from->read_all();
        from->close();
    }
    co_return all;
}

coro<process_output> process::communicate(std::string input) {
    process_output output;
    if (!input.empty() && (!stdin_ || stdin_->is_closed())) {
        throw usage_error("there is input for a process whose stdin is not an open pipe");
    }
    auto read = co_await gather(cancel_on_error, read_all(stdout_), read_all(stderr_),
                                feed(stdin_, std::move(input)));
    output.out = std::move(std::get<0>(read));
    output.err = std::move(std::get<1>(read));
    co_await wait();
    co_return output;
}

void process::send_signal(int signal) {
    child_->send_signal(signal);
}

void process::terminate() {
    send_signal(SIGTERM);
}

void process::kill() {
    send_signal(SIGKILL);
}

namespace {

// A child is started without waiting, so the others have their turn afterwards; a cancellation
// arrives there, and ends the child with its object.
coro<process> start(detail::starter from) {
    process started = from.start();
    co_await sleep(duration::zero());
    co_return started;
}

}  // namespace

coro<process> create_subprocess_exec(std::string_view program, const arguments& args,
                                     const process_options& options) {
    return start(detail::starter(program, args.all(), options));
}

coro<process> create_subprocess_exec(std::string_view program, const arguments& args) {
    return create_subprocess_exec(program, args, process_options());
}

coro<process> create_subprocess_exec(std::string_view program) {
    return create_subprocess_exec(program, arguments(), process_options());
}

coro<process> create_subprocess_shell(std::string_view command, const process_options& options) {
    const std::vector<std::string> words{"-c", std::string(command)};
    return start(detail::starter("/bin/sh", words, options));
}

}  // namespace nurt
