// SPDX-License-Identifier: MIT
// tests/real/closed_streams_test.cpp: programs that are started with "<&- >&- 2>&-".
#include <cerrno>
#include <functional>
#include <string>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "nurt/files/standard_streams.hpp"
#include "nurt/process/process.hpp"
#include "tests/real/reality.hpp"

using namespace nurt;
using nurt_test::error_of;

namespace {

// Runs body in a process that has these descriptors closed. What it says, "" when all is well.
std::string without_standard_streams(const std::function<coro<std::string>()>& body) {
    int answer[2];
    REQUIRE(::pipe2(answer, O_CLOEXEC) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        for (const int each : {0, 1, 2}) ::close(each);
        std::string said;
        try {
            nurt_test::in_reality([&]() -> coro<> { said = co_await body(); });
        } catch (const std::exception& e) {
            said = e.what();
        }
        [[maybe_unused]] const auto n = ::write(answer[1], said.data(), said.size());
        ::_exit(0);
    }
    ::close(answer[1]);
    std::string said(256, '\0');
    const auto n = ::read(answer[0], said.data(), said.size());
    said.resize(n > 0 ? static_cast<std::size_t>(n) : 0);
    ::close(answer[0]);
    int status = -1;
    REQUIRE(::waitpid(child, &status, 0) == child);
    CHECK(status == 0);
    return said;
}

}  // namespace

TEST_CASE("what prints into a closed standard stream does not write into a connection") {
    const std::string said = without_standard_streams([]() -> coro<std::string> {
        nurt_test::connection both = co_await nurt_test::connected();
        std::string errors;
        for (const int number : {0, 1, 2}) {
            char byte = 'x';
            const bool wrote = ::write(number, &byte, 1) >= 0 || errno != EBADF;
            const bool read = ::read(number, &byte, 1) >= 0 || errno != EBADF;
            errors += wrote || read ? "used " + std::to_string(number) : "";
        }
        co_await both.near.write("question\n");
        const std::string line = co_await both.far.readline();
        co_return line == "question\n" ? errors : line;
    });
    CHECK(said == "");
}

TEST_CASE("without standard streams of its own a program talks to its children") {
    const std::string said = without_standard_streams([]() -> coro<std::string> {
        process p = co_await create_subprocess_shell(
            "cat; echo error >&2",
            {.stdin = subprocess::pipe, .stdout = subprocess::pipe, .stderr = subprocess::pipe});
        const process_output output = co_await p.communicate("text\n");
        process both = co_await create_subprocess_shell(
            "echo out; echo error >&2",
            {.stdout = subprocess::pipe, .stderr = subprocess::to_stdout});
        const process_output joined = co_await both.communicate();
        const std::string all = output.out + output.err + joined.out;
        co_return all == "text\nerror\nout\nerror\n" ? "" : all;
    });
    CHECK(said == "");
}

TEST_CASE("a child inherits closed standard streams as closed ones") {
    const std::string said = without_standard_streams([]() -> coro<std::string> {
        process p =
            co_await create_subprocess_exec("ls", {"/proc/self/fd"}, {.stdout = subprocess::pipe});
        const process_output listed = co_await p.communicate();
        co_return listed.out == "0\n1\n" ? "" : listed.out;  // 0 is the directory that it reads
    });
    CHECK(said == "");
}

TEST_CASE("a closed standard stream is refused as one") {
    const std::string said = without_standard_streams([]() -> coro<std::string> {
        try {
            files::standard_output();
        } catch (const os_error& e) {
            co_return e.what();
        }
        co_return "opened";
    });
    CHECK(said == "open standard output: Bad file descriptor");
}
