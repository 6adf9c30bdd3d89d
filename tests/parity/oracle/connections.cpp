// SPDX-License-Identifier: MIT
// tests/parity/oracle/connections.cpp: TCP connections and servers, and both over paths.
#include "oracle.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <filesystem>

using namespace nurt;
using oracle::caught;
using oracle::program;
using oracle::say;
using oracle::tell;
using oracle::world;

namespace {

coro<> nothing(stream) {
    co_return;
}

coro<> say_failure(coro<stream> connecting) {
    try {
        co_await std::move(connecting);
    } catch (const os_error&) {
        say(caught());
    }
}

std::string upper(std::string text) {
    for (char& c : text) c = static_cast<char>(std::toupper(c));
    return text;
}

coro<> answer_in_capitals(stream s) {
    for (;;) {
        const std::string line = co_await s.readline();
        if (line.empty()) break;
        say("server:", line);
        const std::string answer = upper(line);
        co_await s.write(answer);
    }
    say("server: end", s.at_eof());
    co_await s.write("bye");
}

const program echo(
    "connections/echo",
    []() -> coro<> {
        const server serving = co_await start_server(answer_in_capitals, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", serving.port());
        for (const char* line : {"one\n", "two\n"}) {
            co_await s.write(line);
            const std::string answer = co_await s.readline();
            say("client:", answer);
        }
        co_await s.write("unfinished");
        s.shutdown_write();
        const std::string rest = co_await s.readline();
        say("client:", rest, s.at_eof());
    },
    world::machine);

const program refused(
    "connections/refused",
    []() -> coro<> {
        server serving = co_await start_server(nothing, "127.0.0.1", 0);
        const std::uint16_t port = serving.port();
        serving.close();
        say(serving.is_serving());
        co_await say_failure(open_connection("127.0.0.1", port));
    },
    world::machine);

coro<> say_write(stream& to, const char* text) {
    try {
        co_await to.write(text);
        say("wrote");
        say("drained");
    } catch (const error&) {
        say("write failed");
    }
}

const program write_after_close(
    "connections/write_after_close",
    []() -> coro<> {
        event heard;
        auto listen = [&heard](stream s) -> coro<> {
            const std::string all = co_await s.read_all();
            say("server:", all);
            heard.set();
        };
        const server serving = co_await start_server(listen, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", serving.port());
        co_await say_write(s, "before");
        s.close();
        say(s.is_closed());
        co_await heard.wait();
        co_await say_write(s, "after");
        s.close();
    },
    world::machine);

coro<> cut(stream s) {
    const std::string line = co_await s.readline();
    say("server:", line);
    s.abort();
}

const program reset(
    "connections/reset",
    []() -> coro<> {
        const server serving = co_await start_server(cut, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", serving.port());
        co_await s.write("go\n");
        co_await tell("read", s.read(1));
        for (int i = 0; i < 2; ++i) {
            try {
                co_await s.write("anybody?");
                say("written");
            } catch (const os_error&) {
                say("write failed");
            }
        }
    },
    world::machine);

coro<> write_much(stream s) {
    co_await s.write(std::string(5'000'000, 'x'));
    co_await s.write("end");
}

const program flushes(
    "connections/flushes",
    []() -> coro<> {
        const server serving = co_await start_server(write_much, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", serving.port());
        const std::string all = co_await s.read_all();
        say(all.size(), std::string_view(all).substr(all.size() - 5));
    },
    world::machine);

coro<std::size_t> size_of_all(stream& from) {
    const std::string all = co_await from.read_all();
    co_return all.size();
}

coro<> write_and_end(stream& to, std::size_t size) {
    co_await to.write(std::string(size, 'y'));
    to.shutdown_write();
}

const program both_ways(
    "connections/both_ways",
    []() -> coro<> {
        event served;
        auto serve = [&served](stream s) -> coro<> {
            const auto [got, none] = co_await gather(size_of_all(s), write_and_end(s, 3'000'000));
            say("server got", got);
            served.set();
        };
        const server serving = co_await start_server(serve, "127.0.0.1", 0);
        stream s = co_await open_connection("127.0.0.1", serving.port());
        const auto [got, none] = co_await gather(size_of_all(s), write_and_end(s, 2'000'000));
        co_await served.wait();
        say("client got", got);
    },
    world::machine);

coro<> answer_lines(stream s) {
    for (;;) {
        const std::string line = co_await s.readline();
        if (line.empty()) break;
        const std::string answer = "re: " + line;
        co_await s.write(answer);
    }
}

coro<> say_answer(stream& s, const char* question) {
    co_await s.write(question);
    const std::string answer = co_await s.readline();
    say(answer);
}

const program close_server(
    "servers/close",
    []() -> coro<> {
        server serving = co_await start_server(answer_lines, "127.0.0.1", 0);
        const std::uint16_t port = serving.port();
        say(serving.is_serving(), serving.sockets().size());
        stream s = co_await open_connection("127.0.0.1", port);
        co_await say_answer(s, "one\n");
        serving.close();
        say(serving.is_serving(), serving.sockets().size());
        co_await say_failure(open_connection("127.0.0.1", port));
        co_await say_answer(s, "two\n");
        serving.close();
        s.close();
        co_await serving.wait_closed();
        say("closed");
    },
    world::machine);

const program serve_forever(
    "servers/serve_forever",
    []() -> coro<> {
        server serving = co_await start_server(nothing, "127.0.0.1", 0);
        const std::uint16_t port = serving.port();
        const task<> forever = create_task(serving.serve_forever());
        co_await sleep(seconds(0));
        say(serving.is_serving(), forever.done());
        forever.cancel("enough");
        co_await tell("serving", forever);
        say(serving.is_serving());
        co_await say_failure(open_connection("127.0.0.1", port));
    },
    world::machine);

const program in_turn(
    "servers/in_turn",
    []() -> coro<> {
        int count = 0;
        auto answer = [&count](stream s) -> coro<> {
            const int mine = ++count;
            const std::string name = co_await s.readline();
            say("server:", mine, name);
            const std::string text = "you are " + std::to_string(mine) + "\n";
            co_await s.write(text);
            const std::string rest = co_await s.read_all();
            say("server:", mine, rest);
        };
        const server serving = co_await start_server(answer, "127.0.0.1", 0);
        for (const char* name : {"a\n", "b\n", "c\n"}) {
            stream s = co_await open_connection("127.0.0.1", serving.port());
            co_await s.write(name);
            const std::string line = co_await s.readline();
            say("client:", line);
            s.shutdown_write();
            const std::string rest = co_await s.read_all();
            say("client:", rest);
        }
    },
    world::machine);

const program port_in_use(
    "servers/port_in_use",
    []() -> coro<> {
        server serving = co_await start_server(nothing, "127.0.0.1", 0);
        const std::uint16_t port = serving.port();
        try {
            co_await start_server(nothing, "127.0.0.1", port);
        } catch (const os_error&) {
            say(caught());
        }
        serving.close();
        co_await serving.wait_closed();
        const server again = co_await start_server(nothing, "127.0.0.1", port);
        say(again.port() == port);
    },
    world::machine);

coro<> answer_hello(stream s) {
    const std::string line = co_await s.readline();
    say("server:", line);
    co_await s.write("hello\n");
}

coro<> say_connection(const char* name, std::string path) {
    try {
        co_await open_unix_connection(path);
    } catch (...) {
        say(name, caught());
    }
}

const program unix_path(
    "unix/path",
    []() -> coro<> {
        const auto folder = co_await files::temporary_directory();
        const std::string path = folder.path() + "/s";
        co_await say_connection("before", path);
        server serving = co_await start_unix_server(answer_hello, path);
        say(std::filesystem::exists(path), serving.is_serving());
        stream s = co_await open_unix_connection(path);
        co_await s.write("who is there?\n");
        for (int i = 0; i < 2; ++i) {
            const std::string line = co_await s.readline();
            say("client:", line);
        }
        serving.close();
        say(serving.is_serving());
    },
    world::machine);

coro<> send_back(stream s) {
    const std::string all = co_await s.read_all();
    co_await s.write(all);
}

const program unix_abstract(
    "unix/abstract",
    []() -> coro<> {
        const std::string name = "@nurt-oracle-" + std::to_string(::getpid());
        server serving = co_await start_unix_server(send_back, name);
        stream s = co_await open_unix_connection(name);
        co_await s.write("back to me");
        s.shutdown_write();
        const std::string all = co_await s.read_all();
        say(all);
        serving.close();
        co_await serving.wait_closed();
        co_await say_connection("after", name);
    },
    world::machine);

void leave_socket(const std::string& path) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    path.copy(at.sun_path, sizeof at.sun_path - 1);
    const int dead = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (::bind(dead, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) say("no socket");
    ::close(dead);
}

const program left_behind(
    "unix/left_behind",
    []() -> coro<> {
        const auto folder = co_await files::temporary_directory();
        const std::string path = folder.path() + "/s";
        leave_socket(path);
        co_await say_connection("dead", path);
        server serving = co_await start_unix_server(nothing, path);
        say("replaced", serving.is_serving());
        serving.close();
        co_await files::write_text(folder.path() + "/f", "a file");
        try {
            co_await start_unix_server(nothing, folder.path() + "/f");
        } catch (const os_error&) {
            say(caught());
        }
    },
    world::machine);

}  // namespace
