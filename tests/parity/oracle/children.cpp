// SPDX-License-Identifier: MIT
// tests/parity/oracle/children.cpp: children, pipes and signals.
#include "oracle.hpp"

#include <unistd.h>
#include <csignal>

using namespace nurt;
using oracle::caught;
using oracle::oops;
using oracle::program;
using oracle::say;
using oracle::tell;
using oracle::world;

namespace {

constexpr process_options to_write{.stdin = subprocess::pipe};
constexpr process_options to_read{.stdout = subprocess::pipe};
constexpr process_options to_talk{.stdin = subprocess::pipe, .stdout = subprocess::pipe};

coro<int> end_of(process& p) {
    co_return co_await p.wait();
}

coro<> say_line(stream& from) {
    const std::string line = co_await from.readline();
    say(line);
}

const program communicate(
    "children/communicate",
    []() -> coro<> {
        process p = co_await create_subprocess_exec(
            "sh", {"-c", "cat; echo done >&2; exit 3"},
            {.stdin = subprocess::pipe, .stdout = subprocess::pipe, .stderr = subprocess::pipe});
        say(p.returncode());
        const process_output said = co_await p.communicate("in and out\n");
        say(said.out, said.err, p.returncode());
        const int code = co_await p.wait();
        say(code);
    },
    world::machine);

const program communicate_twice(
    "children/communicate_twice",
    []() -> coro<> {
        process p = co_await create_subprocess_exec("echo", {"hello"}, to_read);
        const int code = co_await p.wait();
        say(code);
        for (int i = 0; i < 2; ++i) {
            const process_output said = co_await p.communicate();
            say(said.out, said.err, p.returncode());
        }
    },
    world::machine);

const program nobody_reads(
    "children/nobody_reads",
    []() -> coro<> {
        process p = co_await create_subprocess_exec("true", {}, to_talk);
        const process_output said = co_await p.communicate(std::string(1'000'000, 'x'));
        say(said.out, p.returncode());
    },
    world::machine);

const program wait_twice(
    "children/wait_twice",
    []() -> coro<> {
        process p =
            co_await create_subprocess_exec("sh", {"-c", "read code; exit $code"}, to_write);
        say("pid", p.pid() > 0, p.returncode());
        const task<> first = create_task(tell("first", end_of(p)));
        const task<> second = create_task(tell("second", end_of(p)));
        co_await sleep(seconds(0));
        co_await p.stdin().write("7\n");
        co_await first;
        co_await second;
        co_await tell("third", end_of(p));
        say(p.returncode());
    },
    world::machine);

const program wait_cancelled(
    "children/wait_cancelled",
    []() -> coro<> {
        process p = co_await create_subprocess_exec("cat", {}, to_write);
        const task<> first = create_task(tell("first", end_of(p)));
        const task<> second = create_task(tell("second", end_of(p)));
        co_await sleep(seconds(0));
        first.cancel("enough");
        co_await first;
        say(p.returncode(), second.done());
        p.stdin().close();
        co_await second;
        say(p.returncode());
    },
    world::machine);

coro<> end_by(void (*how)(process&)) {
    process p = co_await create_subprocess_exec("cat", {}, to_write);
    how(p);
    const int code = co_await p.wait();
    say(code, p.returncode());
}

const program signals(
    "children/signals",
    []() -> coro<> {
        co_await end_by([](process& p) { p.terminate(); });
        co_await end_by([](process& p) { p.kill(); });
        co_await end_by([](process& p) { p.send_signal(SIGUSR1); });
        co_await end_by([](process& p) { p.stdin().close(); });
    },
    world::machine);

void say_late(process& p, void (*send)(process&)) {
    try {
        send(p);
    } catch (const process_lookup_error&) {
        say(caught());
    }
}

const program signal_after_end(
    "children/signal_after_end",
    []() -> coro<> {
        process p = co_await create_subprocess_exec("true");
        const int code = co_await p.wait();
        say(code);
        say_late(p, [](process& ended) { ended.terminate(); });
        say_late(p, [](process& ended) { ended.kill(); });
        say_late(p, [](process& ended) { ended.send_signal(0); });
    },
    world::machine);

const program trap(
    "children/trap",
    []() -> coro<> {
        const char* const script =
            "trap 'echo cleaning; exit 5' TERM; echo ready; while :; do sleep 0.01; done";
        process p = co_await create_subprocess_exec("sh", {"-c", script}, to_read);
        co_await say_line(p.stdout());
        p.terminate();
        co_await say_line(p.stdout());
        const std::string rest = co_await p.stdout().read_all();
        const int code = co_await p.wait();
        say(rest, code);
    },
    world::machine);

const program lines(
    "children/lines",
    []() -> coro<> {
        process p = co_await create_subprocess_exec("cat", {}, to_talk);
        for (const char* text : {"one\n", "two\n"}) {
            co_await p.stdin().write(text);
            const std::string line = co_await p.stdout().readline();
            say(line, p.returncode());
        }
        co_await p.stdin().write("rest");
        p.stdin().close();
        co_await say_line(p.stdout());
        const std::string end = co_await p.stdout().readline();
        say(end, p.stdout().at_eof());
        const int code = co_await p.wait();
        say(code);
    },
    world::machine);

coro<> write_on_and_on(stream& to, std::size_t size) {
    try {
        for (;;) {
            co_await to.write(std::string(size, 'x'));
            co_await sleep(seconds(0));
        }
    } catch (const os_error&) {
        say("write failed");
    }
}

const program stdin_closed_early(
    "children/stdin_closed_early",
    []() -> coro<> {
        process p = co_await create_subprocess_exec(
            "sh", {"-c", "exec <&-; echo closed; exec sleep 100"}, to_talk);
        co_await say_line(p.stdout());
        co_await write_on_and_on(p.stdin(), 100'000);
        p.kill();
        const std::string rest = co_await p.stdout().read_all();
        const int code = co_await p.wait();
        say(rest, code);
    },
    world::machine);

coro<> say_command(std::string command) {
    process p = co_await create_subprocess_shell(command, to_read);
    const process_output said = co_await p.communicate();
    say(said.out, p.returncode());
}

const program shell(
    "children/shell",
    []() -> coro<> {
        co_await say_command("echo $((6 * 7)); exit 4");
        co_await say_command("no-such-command-anywhere 2>&1 | grep -c found; kill -9 $$");
    },
    world::machine);

const program surroundings(
    "children/surroundings",
    []() -> coro<> {
        environment env;
        env.set("COLOUR", "green");
        process p = co_await create_subprocess_exec(
            "sh", {"-c", "pwd; echo $COLOUR; echo ${HOME-no home}"},
            {.stdout = subprocess::pipe, .cwd = "/usr", .env = &env});
        const process_output said = co_await p.communicate();
        say(said.out);
    },
    world::machine);

const program redirected(
    "children/redirected",
    []() -> coro<> {
        const char* const script = "echo one; echo two >&2; echo three";
        process joined = co_await create_subprocess_exec(
            "sh", {"-c", script}, {.stdout = subprocess::pipe, .stderr = subprocess::to_stdout});
        process_output said = co_await joined.communicate();
        say(said.out, said.err);
        process half = co_await create_subprocess_exec(
            "sh", {"-c", script}, {.stdout = subprocess::devnull, .stderr = subprocess::pipe});
        said = co_await half.communicate();
        say(said.out, said.err);
        process cat = co_await create_subprocess_exec(
            "cat", {}, {.stdin = subprocess::devnull, .stdout = subprocess::pipe});
        said = co_await cat.communicate();
        say(said.out, cat.returncode());
    },
    world::machine);

coro<> say_start(const char* name, std::string program_name, std::string cwd = "") {
    try {
        co_await create_subprocess_exec(program_name, {}, {.cwd = cwd});
    } catch (...) {
        say(name, caught());
    }
}

const program cannot_start(
    "children/cannot_start",
    []() -> coro<> {
        co_await say_start("missing", "/no/such/program");
        co_await say_start("a file", "/etc/passwd");
        co_await say_start("in PATH", "no-such-command-anywhere");
        co_await say_start("directory", "true", "/no/such/directory");
    },
    world::machine);

const program read_after_end(
    "children/read_after_end",
    []() -> coro<> {
        process p =
            co_await create_subprocess_exec("sh", {"-c", "echo first; echo second"}, to_read);
        const int code = co_await p.wait();
        say(code);
        co_await say_line(p.stdout());
        co_await say_line(p.stdout());
        const std::string end = co_await p.stdout().readline();
        say(end, p.stdout().at_eof());
    },
    world::machine);

const program pipe_lines(
    "pipes/lines",
    []() -> coro<> {
        auto [from, to] = open_pipe();
        for (const char* text : {"one\n", "two\n"}) {
            co_await to.write(text);
            co_await say_line(from);
        }
        co_await to.write("rest");
        to.close();
        const std::string rest = co_await from.readline();
        const std::string end = co_await from.readline();
        say(rest, end, from.at_eof());
    },
    world::machine);

coro<> write_much(stream& to) {
    co_await to.write(std::string(1'000'000, 'z'));
    say("written");
    to.close();
}

const program pipe_much(
    "pipes/much",
    []() -> coro<> {
        auto [from, to] = open_pipe();
        const task<> writing = create_task(write_much(to));
        co_await sleep(seconds(0));
        say(writing.done());
        const std::string most = co_await from.readexactly(950'000);
        co_await writing;
        const std::string rest = co_await from.read_all();
        say(most.size() + rest.size());
    },
    world::machine);

const program pipe_nobody_reads(
    "pipes/nobody_reads",
    []() -> coro<> {
        auto [from, to] = open_pipe();
        from.close();
        co_await write_on_and_on(to, 1000);
    },
    world::machine);

void kill_myself(int signal) {
    ::kill(::getpid(), signal);
}

const program handler(
    "signals/handler",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        event heard;
        loop.add_signal_handler(SIGUSR1, [&heard, number = 7, text = "seven"] {
            say("handler", number, text);
            heard.set();
        });
        for (int i = 0; i < 2; ++i) {
            kill_myself(SIGUSR1);
            say("killed", heard.is_set());
            co_await heard.wait();
            heard.clear();
        }
        const bool first = loop.remove_signal_handler(SIGUSR1);
        say(first, loop.remove_signal_handler(SIGUSR1));
    },
    world::machine);

const program replaced(
    "signals/replaced",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        queue<std::string> heard;
        loop.add_signal_handler(SIGUSR1, [&] { heard.put_nowait("first"); });
        loop.add_signal_handler(SIGUSR1, [&] { heard.put_nowait("second"); });
        loop.add_signal_handler(SIGUSR2, [&] { heard.put_nowait("other"); });
        for (const int number : {SIGUSR1, SIGUSR2, SIGUSR1}) {
            kill_myself(number);
            const std::string who = co_await heard.get();
            say(who);
        }
        say(loop.remove_signal_handler(SIGUSR1));
        kill_myself(SIGUSR2);
        const std::string who = co_await heard.get();
        say(who, heard.empty());
        loop.remove_signal_handler(SIGUSR2);
    },
    world::machine);

const program handler_error(
    "signals/error",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        event heard;
        loop.add_signal_handler(SIGUSR1, [&] {
            heard.set();
            throw oops("in the handler");
        });
        for (int i = 0; i < 2; ++i) {
            kill_myself(SIGUSR1);
            co_await heard.wait();
            heard.clear();
        }
        loop.remove_signal_handler(SIGUSR1);
    },
    world::machine);

const program refused(
    "signals/refused",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        for (const int number : {SIGKILL, SIGSTOP, 0, 1000}) {
            try {
                loop.add_signal_handler(number, [] { say("never"); });
            } catch (const usage_error&) {
                say(caught());
            }
        }
        say(loop.remove_signal_handler(SIGUSR1));
        co_return;
    },
    world::machine);

const program wakes(
    "signals/wakes",
    []() -> coro<> {
        event_loop& loop = event_loop::running();
        future<std::string> heard;
        loop.add_signal_handler(SIGUSR1, [&] { heard.set_result("heard"); });
        const std::string command = "kill -USR1 " + std::to_string(::getpid());
        process p = co_await create_subprocess_shell(command);
        const std::string text = co_await heard;
        say(text);
        const int code = co_await p.wait();
        say(code);
        loop.remove_signal_handler(SIGUSR1);
    },
    world::machine);

}  // namespace
