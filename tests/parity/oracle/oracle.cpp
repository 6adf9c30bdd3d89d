// SPDX-License-Identifier: MIT
// tests/parity/oracle/oracle.cpp: the program that runs the nurt half of the oracle.
//
//   oracle run THEME/NAME...      prints traces
//   oracle check FOLDER NAME      compares with FOLDER/NAME.trace, or with FOLDER/NAME.nurt where
//                                 nurt differs on purpose; on the machine NURT_BACKEND chooses
//   oracle complete FOLDER        looks whether every program here has its file for asyncio
//
// A file .nurt is a diff of both traces in one: a line begins with two blanks if both say it, with
// "- " if asyncio does, with "+ " if nurt does. So only the differences that are written down are
// let pass.
#include "oracle.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <sstream>

#include "nurt/sim/services.hpp"

namespace oracle {

namespace {

struct entry {
    nurt::coro<> (*main)();
    world where;
};
using table = std::map<std::string, entry>;

table& programs() {
    static table all;
    return all;
}

struct trace {
    std::string lines;
    nurt::event_loop* loop = nullptr;
    nurt::instant start;
    std::uint64_t first_turn = 0;
    world where = world::virtual_time;
};

trace* now_running = nullptr;

std::string with_message(const char* type, std::string_view message) {
    return message.empty() ? std::string(type) : type + ("(" + std::string(message) + ")");
}

std::string number(double value, const char* unit) {
    char room[64];
    std::snprintf(room, sizeof room, "%.6g%s", value, unit);
    return room;
}

// A timer takes a turn more in asyncio; so turns are told only until the clock moves.
std::string stamp(trace& t) {
    if (t.where == world::machine) return {};
    const double seconds = (t.loop->time() - t.start).seconds();
    if (seconds > 0) return number(seconds, "s");
    return "t" + std::to_string(turns());
}

nurt::coro<> begin(nurt::coro<> (*main)()) {
    now_running->first_turn = now_running->loop->turns();
    co_await main();
}

std::string run(const entry& one) {
    trace t;
    t.where = one.where;
    now_running = &t;
    nurt::run_options options;
    options.handle_interrupt = false;
    nurt::services parts;
    if (one.where == world::virtual_time) parts = nurt::sim::make_services(0);
    nurt::runner runner(std::move(parts), options);
    t.loop = &runner.loop();
    t.start = t.loop->time();
    t.loop->set_exception_handler([](const nurt::error_context& context) {
        if (context.error) {
            say("reported:", context.error);
        } else {
            say("reported:", context.message);
        }
    });
    try {
        runner.run(begin(one.main));
        t.lines += "main ended\n";
    } catch (...) {
        t.lines += "main raised " + text(caught()) + "\n";
    }
    runner.close();
    now_running = nullptr;
    return t.lines;
}

std::optional<std::string> content(const std::string& path) {
    std::ifstream file(path);
    if (!file) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(file), {});
}

// The lines of a .nurt file that one side says.
std::string side(const std::string& both, char mark) {
    std::istringstream in(both);
    std::string chosen;
    for (std::string line; std::getline(in, line);) {
        if (line[0] == ' ' || line[0] == mark) chosen += line.substr(2) + "\n";
    }
    return chosen;
}

int differs(const std::string& name, const std::string& said, const std::string& expected) {
    std::cout << name << " says\n" << said << "and should say\n" << expected;
    return 1;
}

int check(const std::string& folder, const std::string& name) {
    const auto found = programs().find(name);
    if (found == programs().end()) {
        std::cout << name << " is not written for nurt\n";
        return 1;
    }
    const auto recorded = content(folder + "/" + name + ".trace");
    if (!recorded) {
        std::cout << name << " was never recorded: record.sh\n";
        return 1;
    }
    const auto both = content(folder + "/" + name + ".nurt");
    const auto source = content(folder + "/" + name + ".py");
    if (both.has_value() != (source.value_or("").find("\n# differs: ") != std::string::npos)) {
        std::cout << name << ".nurt and `# differs: D..` in its program belong together\n";
        return 1;
    }
    const bool machine = source.value_or("").find("\n# on: the machine\n") != std::string::npos;
    if (machine != (found->second.where == world::machine)) {
        std::cout << name << ": `# on: the machine` and world::machine belong together\n";
        return 1;
    }
    const std::string said = run(found->second);
    if (!both) return said == *recorded ? 0 : differs(name, said, *recorded);
    if (side(*both, '-') != *recorded) return differs(name + ".nurt", side(*both, '-'), *recorded);
    return said == side(*both, '+') ? 0 : differs(name, said, side(*both, '+'));
}

int complete(const std::string& folder) {
    int missing = 0;
    for (const auto& [name, one] : programs()) {
        if (content(folder + "/" + name + ".py")) continue;
        std::cout << name << " is not written for asyncio\n";
        ++missing;
    }
    return missing == 0 ? 0 : 1;
}

// What there was, and how much was to be read.
std::string left(const nurt::incomplete_read_error& e) {
    return text(e.partial()) + ", " + (e.expected() == 0 ? "None" : std::to_string(e.expected()));
}

// Python has classes for the usual ones.
std::string os_error_name(int number) {
    static const std::map<int, const char*> names = {
        {ECONNREFUSED, "ConnectionRefusedError"},
        {ECONNRESET, "ConnectionResetError"},
        {EPIPE, "BrokenPipeError"},
        {ENOENT, "FileNotFoundError"},
        {EACCES, "PermissionError"},
        {EPERM, "PermissionError"},
        {ESRCH, "ProcessLookupError"},
        {EEXIST, "FileExistsError"},
        {ENOTDIR, "NotADirectoryError"},
    };
    const auto found = names.find(number);
    if (found != names.end()) return found->second;
    return with_message("OSError", ::strerrorname_np(number));
}

template <class E, class Then>
bool is_a(const std::exception_ptr& error, Then then) {
    try {
        std::rethrow_exception(error);
    } catch (const E& e) {
        then(e);
        return true;
    } catch (...) {
        return false;
    }
}

}  // namespace

program::program(const char* name, nurt::coro<> (*main)(), world where) {
    programs().emplace(name, entry{main, where});
}

std::string text(std::string_view value) {
    if (value.empty()) return "''";
    std::string shown;
    for (const char c : value) {
        if (c == '\n') {
            shown += "\\n";
        } else if (c == '\r') {
            shown += "\\r";
        } else {
            shown += c;
        }
    }
    return shown;
}

std::string text(bool value) {
    return value ? "True" : "False";
}

std::string text(double value) {
    return number(value, "");
}

std::string list(const std::vector<std::string>& parts) {
    std::string joined;
    for (const std::string& part : parts) joined += (joined.empty() ? "" : ", ") + part;
    return "[" + joined + "]";
}

std::string text(const std::exception_ptr& error) {
    if (!error) return "None";
    std::string said = "unknown";
    const auto named = [&said](const char* name) {
        return [&said, name](const auto&) { said = name; };
    };
    is_a<oops>(error, [&](const oops& e) { said = with_message("Oops", e.what()); }) ||
        is_a<nurt::cancelled_error>(
            error, [&](const auto& e) { said = with_message("CancelledError", e.message()); }) ||
        is_a<nurt::exception_group>(
            error, [&](const auto& e) { said = "ExceptionGroup" + text(e.errors()); }) ||
        is_a<nurt::timeout_error>(error, named("TimeoutError")) ||
        is_a<nurt::invalid_state_error>(error, named("InvalidStateError")) ||
        is_a<nurt::queue_empty>(error, named("QueueEmpty")) ||
        is_a<nurt::queue_full>(error, named("QueueFull")) ||
        is_a<nurt::queue_shut_down>(error, named("QueueShutDown")) ||
        is_a<nurt::broken_barrier_error>(error, named("BrokenBarrierError")) ||
        is_a<nurt::usage_error>(error, named("misuse")) ||
        is_a<nurt::incomplete_read_error>(
            error, [&](const auto& e) { said = with_message("IncompleteReadError", left(e)); }) ||
        is_a<nurt::limit_overrun_error>(error,
                                        [&](const auto& e) {
                                            said = with_message("LimitOverrunError",
                                                                std::to_string(e.consumed()));
                                        }) ||
        is_a<nurt::os_error>(error, [&](const auto& e) { said = os_error_name(e.number()); });
    return said;
}

std::uint64_t turns() {
    return now_running->loop->turns() - now_running->first_turn;
}

void say_line(const std::vector<std::string>& words) {
    std::string line = stamp(*now_running);
    for (const std::string& word : words) line += (line.empty() ? "" : " ") + word;
    now_running->lines += line + "\n";
}

}  // namespace oracle

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    if (words.size() == 3 && words[0] == "check") return oracle::check(words[1], words[2]);
    if (words.size() == 2 && words[0] == "complete") return oracle::complete(words[1]);
    if (words.size() < 2 || words[0] != "run") return 2;
    for (const auto& [name, one] : oracle::programs()) {
        if (std::find(words.begin(), words.end(), name) != words.end())
            std::cout << oracle::run(one);
    }
}
