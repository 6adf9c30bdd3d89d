// SPDX-License-Identifier: MIT
// nurt/process/detail/starter.cpp: see the header.
#include "nurt/process/detail/starter.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/process/detail/spawn_plan.hpp"
#include "nurt/stream/pipe.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

namespace nurt::detail {

namespace {

constexpr const char* stream_names[] = {"stdin", "stdout", "stderr"};
constexpr int first_free = 3;

owned_descriptor copy_above(int descriptor, const std::string& attempt) {
    owned_descriptor copy(::fcntl(descriptor, F_DUPFD_CLOEXEC, first_free));
    if (copy.get() < 0) {
        throw os_error(errno, attempt);
    }
    return copy;
}

// Below 3 it could be written over by the child's standard streams before it is used.
owned_descriptor lifted(owned_descriptor given, const std::string& attempt) {
    return given.get() >= first_free ? std::move(given) : copy_above(given.get(), attempt);
}

void check_no_zero(const std::string& text) {
    if (text.find('\0') != text.npos) {
        throw usage_error("a program, its arguments and its directory have no zero byte");
    }
}

int pidfd_of(int pid) noexcept {
    return static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));
}

}  // namespace

owned_descriptor::~owned_descriptor() {
    if (descriptor_ >= 0) {
        ::close(descriptor_);
    }
}

starter::starter(std::string_view program, const std::vector<std::string>& args,
                 const process_options& options)
    : cwd_(options.cwd),
      pass_fds_(options.pass_fds.begin(), options.pass_fds.end()),
      options_(options) {
    words_.emplace_back(program);
    words_.insert(words_.end(), args.begin(), args.end());
    std::for_each(words_.begin(), words_.end(), check_no_zero);
    check_no_zero(cwd_);
    if (options.env != nullptr) {
        environment_ = options.env->entries();
    }
    options_.cwd = {};
    options_.env = nullptr;
    options_.pass_fds = {};
}

void starter::use_pipe(int number) {
    int both[2];
    if (::pipe2(both, O_CLOEXEC) != 0) {
        throw os_error(errno, attempt() + ": pipe for " + stream_names[number]);
    }
    owned_descriptor reading(both[0]);
    owned_descriptor writing(both[1]);
    end& e = ends_[number];
    e.theirs = lifted(std::move(number == 0 ? reading : writing), attempt());
    e.ours = lifted(std::move(number == 0 ? writing : reading), attempt());
    e.source = e.theirs.get();
}

void starter::use_descriptor(int number, int descriptor) {
    if (::fcntl(descriptor, F_GETFD) < 0) {
        throw os_error(errno, attempt() + ": descriptor " + std::to_string(descriptor) + " for " +
                                  stream_names[number]);
    }
    end& e = ends_[number];
    e.source = descriptor;
    if (descriptor < first_free && descriptor != number) {
        e.theirs = copy_above(descriptor, attempt());
        e.source = e.theirs.get();
    }
}

void starter::prepare(int number, const redirection& to) {
    switch (to.what()) {
        case redirection::kind::inherit: return;
        case redirection::kind::pipe: use_pipe(number); return;
        case redirection::kind::descriptor: use_descriptor(number, to.descriptor()); return;
        case redirection::kind::devnull: {
            owned_descriptor null(::open("/dev/null", O_RDWR | O_CLOEXEC));
            if (null.get() < 0) {
                throw os_error(errno, attempt() + ": open /dev/null");
            }
            ends_[number].theirs = lifted(std::move(null), attempt());
            ends_[number].source = ends_[number].theirs.get();
            return;
        }
        case redirection::kind::to_stdout:
            if (number != 2) {
                throw usage_error("subprocess::to_stdout is for stderr");
            }
            ends_[2].source = 1;  // once that is the child's
            return;
    }
}

// The kernel gives one error for all that may be missing.
void starter::fail(int error) const {
    const int directory =
        cwd_.empty() ? -1 : ::open(cwd_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (!cwd_.empty() && directory < 0) {
        throw os_error(errno, attempt() + ": change to " + cwd_);
    }
    const owned_descriptor close(directory);
    const std::string& program = words_.front();
    const bool known =
        program.starts_with('/') || (cwd_.empty() && program.find('/') != program.npos);
    if (error == ENOENT && known && ::access(program.c_str(), F_OK) == 0) {
        throw os_error(error, attempt() + " (it is there, but not the interpreter that it names)");
    }
    throw os_error(error, attempt());
}

void starter::check_passed() const {
    for (const int each : pass_fds_) {
        if (::fcntl(each, F_GETFD) < 0) {
            throw os_error(errno,
                           attempt() + ": descriptor " + std::to_string(each) + " of pass_fds");
        }
    }
}

int starter::spawn() {
    spawn_plan plan;
    for (int number = 0; number < 3; ++number) {
        if (const int source = ends_[number].source; source >= 0) {
            plan.put(source, number);
        }
    }
    if (!cwd_.empty()) {
        plan.change_to(cwd_.c_str());
    }
    plan.close_all_but(std::move(pass_fds_));
    plan.reset_signals();
    if (options_.start_new_session) {
        plan.lead_session();
    }
    if (options_.process_group >= 0) {
        plan.join_group(options_.process_group);
    }
    int pid = -1;
    if (const int error = plan.run(words_, environment_ ? &*environment_ : nullptr, pid);
        error != 0) {
        fail(error);
    }
    return pid;
}

std::optional<stream> starter::connect(int number, int pid) {
    end& e = ends_[number];
    if (e.ours.get() < 0) {
        return std::nullopt;
    }
    std::string name = std::string(stream_names[number]) + " of process " + std::to_string(pid);
    stream made = number == 0
                      ? connect_write_pipe(e.ours.get(), std::move(name))
                      : connect_read_pipe(e.ours.get(), std::move(name), {.read_ahead = true});
    e.ours.release();
    made.set_limit(options_.limit);
    return made;
}

process starter::start() {
    event_loop& loop = event_loop::running();
    if (loop.parts().clock->simulated()) {
        throw usage_error(attempt() + ": there are no processes in a simulation");
    }
    prepare(0, options_.stdin);
    prepare(1, options_.stdout);
    prepare(2, options_.stderr);
    check_passed();
    // Room for the pidfd: without one the child would have to be killed, and it has begun by then.
    owned_descriptor room(pidfd_of(::getpid()));
    if (room.get() < 0) {
        throw os_error(errno, attempt());
    }
    child_ref unborn(new child(loop));  // before there is something to lose
    const int pid = spawn();
    owned_descriptor(std::move(room));
    const int descriptor = pidfd_of(pid);
    const int error = descriptor < 0 ? errno : 0;
    if (error != 0 && error != ESRCH) {
        ::kill(pid, SIGKILL);  // nobody but us reaps it, so the number is still its own
        while (::waitpid(pid, nullptr, 0) < 0 && errno == EINTR) {
        }
        throw os_error(error, attempt() + ": pidfd_open");
    }
    unborn->born(pid, descriptor);
    process made(std::move(unborn));
    for (end& e : ends_) {
        owned_descriptor(std::move(e.theirs));
    }
    made.stdin_ = connect(0, pid);
    made.stdout_ = connect(1, pid);
    made.stderr_ = connect(2, pid);
    made.child_->watch();
    return made;
}

}  // namespace nurt::detail
