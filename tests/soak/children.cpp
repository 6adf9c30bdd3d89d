// SPDX-License-Identifier: MIT
// tests/soak/children.cpp: children that are spoken to, signalled, dropped and shot.
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <unistd.h>

#include "nurt/core/task.hpp"
#include "nurt/io/descriptor.hpp"
#include "nurt/process/process.hpp"
#include "nurt/stream/errors.hpp"
#include "nurt/stream/pipe.hpp"
#include "tests/soak/actor.hpp"

namespace nurt_soak {

namespace {

using nurt::process;
using nurt::process_options;
using nurt::process_output;
namespace subprocess = nurt::subprocess;

class exposed;

struct nursery {
    explicit nursery(world& of) : w(of) {}

    world& w;
    std::vector<exposed*> children;
};

// A child that may be shot at any time.
class exposed {
public:
    exposed(nursery& n, process& child) : nursery_(n), child_(child) { n.children.push_back(this); }
    exposed(const exposed&) = delete;
    exposed& operator=(const exposed&) = delete;
    ~exposed() { std::erase(nursery_.children, this); }

    // As long as its end is not known, its number is not another's.
    void shoot() {
        if (!child_.returncode()) {
            ::kill(child_.pid(), SIGKILL);
            shot_ = true;
        }
    }
    bool shot() const noexcept { return shot_; }

    void check_code(int code, int expected) const {
        if (code != expected && !(shot_ && code == -SIGKILL)) {
            nursery_.w.wrong("a child ended with " + std::to_string(code) + " instead of " +
                             std::to_string(expected));
        }
    }
    // A part will do if it was shot.
    void check_text(std::string_view got, std::string_view expected) const {
        if (got != expected && !(shot_ && expected.starts_with(got))) {
            nursery_.w.wrong("a child wrote " + std::to_string(got.size()) + " bytes and not the " +
                             std::to_string(expected.size()) + " that it should");
        }
    }

private:
    nursery& nursery_;
    process& child_;
    bool shot_ = false;
};

// What comes of it that a child was shot is no error.
coro<> unless_shot(const exposed& child, coro<> work) {
    try {
        co_await std::move(work);
    } catch (const nurt::os_error& e) {
        if (!child.shot() || e.number() != EPIPE) {
            throw;
        }
    } catch (const nurt::incomplete_read_error&) {
        if (!child.shot()) {
            throw;
        }
    }
}

process_options with_pipes() {
    process_options options;
    options.stdin = options.stdout = options.stderr = subprocess::pipe;
    return options;
}

coro<process> start_shell(std::string command) {
    const process_options options = with_pipes();
    co_return co_await nurt::create_subprocess_shell(command, options);
}

coro<process> start_cat() {
    const process_options options = with_pipes();
    const nurt::arguments none;
    co_return co_await nurt::create_subprocess_exec("cat", none, options);
}

coro<process> start_sleep(const char* seconds) {
    const nurt::arguments how_long(seconds);
    co_return co_await nurt::create_subprocess_exec("sleep", how_long);
}

coro<> echo(nursery& n, dice& d) {
    process child = co_await start_cat();
    const exposed here(n, child);
    const std::string said = patterned(d.below(1000), d.below(d.one_in(4) ? 300'000 : 3'000));
    const process_output heard = co_await child.communicate(said);
    here.check_text(heard.out, said);
    here.check_code(child.returncode().value_or(1000), 0);
    n.w.did("child: echo");
}

coro<> say_and_hear(world& w, dice& d, process& child) {
    std::uint64_t place = 0;
    const std::size_t rounds = 1 + d.below(6);
    for (std::size_t i = 0; i < rounds; ++i) {
        const std::string said = patterned(place, 1 + d.below(d.one_in(5) ? 20'000 : 300));
        co_await child.stdin().write(said);
        const std::string heard = co_await child.stdout().readexactly(said.size());
        if (heard != said) {
            w.wrong("a child's echo is not what was said");
        }
        place += said.size();
        w.did("child: said and heard");
    }
    child.stdin().close();
    const std::string rest = co_await child.stdout().read_all();
    if (!rest.empty()) {
        w.wrong("a child's echo of nothing");
    }
}

coro<> converse(nursery& n, dice& d) {
    process child = co_await start_cat();
    const exposed here(n, child);
    co_await unless_shot(here, say_and_hear(n.w, d, child));
    const int code = co_await child.wait();
    here.check_code(code, 0);
}

coro<> exit_code(nursery& n, dice& d) {
    const int expected = static_cast<int>(d.below(256));
    process child = co_await nurt::create_subprocess_shell("exit " + std::to_string(expected));
    const exposed here(n, child);
    co_await nurt::sleep(d.moment(5));
    const int code = co_await child.wait();
    here.check_code(code, expected);
    const int again = co_await child.wait();
    if (again != code) {
        n.w.wrong("a child that ended twice");
    }
    bool refused = false;
    try {
        child.kill();
    } catch (const nurt::process_lookup_error&) {
        refused = true;
    }
    if (!refused) {
        n.w.wrong("a child that has ended was killed");
    }
}

coro<> signalled(nursery& n, dice& d) {
    process child = co_await start_sleep("30");
    const exposed here(n, child);
    co_await nurt::sleep(d.moment(10));
    const int signals[] = {SIGTERM, SIGKILL, SIGUSR2};
    const int signal = signals[d.below(std::size(signals))];
    if (!child.returncode()) {
        child.send_signal(signal);
    }
    const int code = co_await child.wait();
    here.check_code(code, -signal);
    n.w.did("child: signalled");
}

coro<> ignore_sigterm(world& w, dice& d, process& child, const exposed& here) {
    const std::string ready = co_await child.stdout().readline();
    if (ready != "ready\n" && !here.shot()) {
        w.wrong("a child is not ready");
    }
    if (!child.returncode()) {
        child.terminate();
    }
    const bool ended = co_await within(d.up_to_ms(5), [&child] { return child.wait(); });
    if (ended && !here.shot()) {
        w.wrong("SIGTERM has ended a child that ignores it");
    }
    if (!child.returncode()) {
        child.kill();
    }
    const int code = co_await child.wait();
    here.check_code(code, -SIGKILL);
    w.did("child: ignored SIGTERM");
}

coro<> deaf(nursery& n, dice& d) {
    process child = co_await start_shell("trap '' TERM; echo ready; exec sleep 30");
    const exposed here(n, child);
    co_await ignore_sigterm(n.w, d, child, here);
}

// Writes without end, and is dropped or killed.
coro<> flood(nursery& n, dice& d) {
    const bool errors = d.one_in(2);
    process child = co_await start_shell(errors ? "exec cat /dev/zero >&2" : "exec cat /dev/zero");
    const exposed here(n, child);
    std::string memory(1 + d.below(100'000), '\0');
    const std::size_t rounds = d.below(100);
    for (std::size_t i = 0; i < rounds; ++i) {
        nurt::stream& from = errors ? child.stderr() : child.stdout();
        const std::size_t got = co_await from.read_some(std::span<char>(memory));
        if (got == 0 && !here.shot()) {
            n.w.wrong("a flood has ended");
        }
    }
    n.w.did("child: flood");
    if (d.one_in(2) && !child.returncode()) {
        child.kill();
        const int code = co_await child.wait();
        here.check_code(code, -SIGKILL);
    }
}

coro<> two_floods(nursery& n, dice& d) {
    const std::size_t out = d.below(300'000);
    const std::size_t err = d.below(300'000);
    process child = co_await start_shell("head -c " + std::to_string(out) + " /dev/zero; head -c " +
                                         std::to_string(err) + " /dev/zero >&2");
    const exposed here(n, child);
    const process_output heard = co_await child.communicate("nobody reads this");
    here.check_text(heard.out, std::string(out, '\0'));
    here.check_text(heard.err, std::string(err, '\0'));
    here.check_code(child.returncode().value_or(1000), 0);
}

coro<> closes_its_input(nursery& n, dice& d) {
    process child = co_await start_shell("exec 0<&-; sleep 0.01; exit 3");
    const exposed here(n, child);
    const process_output heard = co_await child.communicate(patterned(0, d.below(300'000)));
    here.check_text(heard.out, "");
    here.check_code(child.returncode().value_or(1000), 3);
}

coro<> many_wait(nursery& n, dice& d) {
    process child = co_await start_sleep("0.02");
    const exposed here(n, child);
    auto waiting = [&child]() -> coro<int> {
        const int code = co_await child.wait();
        co_return code;
    };
    const std::size_t count = 2 + d.below(5);
    auto body = [&](nurt::task_group& group) -> coro<> {
        for (std::size_t i = 0; i < count; ++i) {
            const auto task = group.create_task(waiting);
            if (d.one_in(3)) {
                co_await nurt::sleep(d.moment(25));
                task.cancel();
            }
        }
    };
    co_await nurt::with(nurt::task_group(), body);
    const int code = co_await child.wait();
    here.check_code(code, 0);
}

coro<> dropped(nursery& n, dice& d) {
    process child = co_await start_sleep("30");
    const exposed here(n, child);
    co_await nurt::sleep(d.moment(5));
    n.w.did("child: dropped");
}

coro<> no_program(nursery& n, dice&) {
    bool started = true;
    try {
        const process child = co_await nurt::create_subprocess_exec("/no/such/program");
    } catch (const nurt::os_error& e) {
        started = false;
        if (e.number() != ENOENT) {
            throw;
        }
    }
    if (started) {
        n.w.wrong("a program that does not exist was started");
    }
}

coro<> reads_a_file(nursery& n, dice& d) {
    const nurt::io::descriptor file(::memfd_create("for a child", MFD_CLOEXEC));
    if (!file) {
        co_return;
    }
    const std::string text = patterned(7, d.below(50'000));
    if (::pwrite(file.number(), text.data(), text.size(), 0) != static_cast<ssize_t>(text.size())) {
        n.w.wrong("a file for a child was not written");
    }
    process_options options;
    options.stdin = nurt::redirection(file.number());
    options.stdout = subprocess::pipe;
    const nurt::arguments none;
    process child = co_await nurt::create_subprocess_exec("cat", none, options);
    const exposed here(n, child);
    const process_output heard = co_await child.communicate();
    here.check_text(heard.out, text);
}

coro<> gets_a_descriptor(nursery& n, dice& d) {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        co_return;
    }
    nurt::io::descriptor from(ends[0]);
    nurt::io::descriptor to(ends[1]);
    const int passed[] = {to.number()};
    process_options options;
    options.pass_fds = passed;
    const std::string said = "number " + std::to_string(d.below(1000));
    const std::string command = "echo " + said + " > /dev/fd/" + std::to_string(to.number());
    process child = co_await nurt::create_subprocess_shell(command, options);
    const exposed here(n, child);
    to.close();
    nurt::stream reading = nurt::connect_read_pipe(from.release());
    const std::string heard = co_await reading.read_all();
    here.check_text(heard, said + "\n");
    n.w.did("child: got a descriptor");
}

coro<> shoot(nursery& n, dice d) {
    while (!n.w.over()) {
        co_await nurt::sleep(d.up_to_ms(60));
        if (!n.children.empty()) {
            n.children[d.below(n.children.size())]->shoot();
            n.w.did("child: shot");
        }
    }
}

constexpr deed<nursery> deeds[] = {
    echo,      converse,         exit_code, signalled, deaf,       flood,        two_floods,
    many_wait, closes_its_input, dropped,   echo,      no_program, reads_a_file, gets_a_descriptor,
};
constexpr int errors[] = {EMFILE};

coro<> raise(world& w) {
    nursery n(w);
    for (const char* what :
         {"child: echo", "child: said and heard", "child: signalled", "child: ignored SIGTERM",
          "child: flood", "child: dropped", "child: got a descriptor", "child: shot"}) {
        w.expect(what);
    }
    auto body = [&](nurt::task_group& group) -> coro<> {
        const habits h{.kind = "child", .patience_ms = 30, .errors = errors};
        start_actors(w, group, n, 5, h, std::span<const deed<nursery>>(deeds));
        group.create_task(shoot(n, w.dice_for("shots", 0)), "shots").detach();
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
}

}  // namespace

coro<> children(world& w, nurt::task_group& group) {
    group.create_task(raise(w), "children").detach();
    co_return;
}

}  // namespace nurt_soak
