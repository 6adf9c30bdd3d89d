// SPDX-License-Identifier: MIT
// tests/faults/kernel_test.cpp: each system call fails once, wherever it is made.
#include "tests/faults/kernel.hpp"
#include "tests/faults/scenario.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <string>

#include "nurt/io/make_backend.hpp"

using nurt::io::backend_kind;
using namespace nurt_test;

namespace {

constexpr call connections[] = {call::socket,      call::bind,       call::listen,
                                call::setsockopt,  call::getsockopt, call::getsockname,
                                call::getpeername, call::accept,     call::connect,
                                call::shutdown,    call::fcntl,      call::close};
constexpr call bytes[] = {call::recv, call::send, call::read, call::write, call::sendfile};
constexpr call waiting[] = {call::eventfd,        call::epoll_create, call::epoll_ctl,
                            call::epoll_wait,     call::epoll_pwait2, call::uring_setup,
                            call::uring_register, call::uring_enter,  call::uring_request,
                            call::mmap,           call::madvise};

// The calls that the scenario makes on both.
constexpr call always[] = {call::socket,     call::bind,        call::listen, call::setsockopt,
                           call::getsockopt, call::getsockname, call::accept, call::connect,
                           call::shutdown,   call::close,       call::recv,   call::send,
                           call::sendfile,   call::eventfd};

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "; ";
    }
    return text;
}

// The scenario without its n-th call, for each n until there is none. Gives the number of failures.
std::uint64_t without_each(call which, int error, backend_kind backend) {
    for (std::uint64_t n = 1;; ++n) {
        const kernel_fault fault(which, n, error);
        const journal j = run_scenario([] { return nurt::services(); }, backend);
        if (!fault.happened()) {
            CHECK(joined(j.errors) == "");
            return n - 1;
        }
        INFO("call ", n, " of ", std::string(name_of(which)), " failed with ",
             std::string(std::strerror(error)), ": ", joined(j.errors));
        CHECK(joined(j.wrong) == "");
    }
}

template <std::size_t N>
void without_each_of(const call (&calls)[N], backend_kind backend) {
    for (const call which : calls) {
        for (const int error : errors_of(which)) {
            without_each(which, error, backend);
        }
    }
}

}  // namespace

#define ON_BOTH(sentence, body)           \
    TEST_CASE(sentence ", on epoll") {    \
        body(backend_kind::epoll);        \
    }                                     \
    TEST_CASE(sentence ", on io_uring") { \
        body(backend_kind::uring);        \
    }

TEST_CASE("the scenario succeeds when nothing fails, and makes the calls that are to fail") {
    for (const auto backend : {backend_kind::epoll, backend_kind::uring}) {
        const kernel_fault counter;
        const journal j = run_scenario([] { return nurt::services(); }, backend);
        CHECK(j.finished);
        CHECK(joined(j.errors) == "");
        CHECK(joined(j.wrong) == "");
        for (const call which : always) {
            INFO(std::string(name_of(which)));
            CHECK(counter.calls(which) != 0);
        }
        const bool ring = nurt::io::make_backend(backend)->name() == std::string("io_uring");
        CHECK((counter.calls(call::uring_request) != 0) == ring);
        CHECK((counter.calls(call::epoll_ctl) != 0) != ring);
    }
}

ON_BOTH("whatever call about a connection fails, everything ends and nothing is left",
        [](backend_kind b) { without_each_of(connections, b); })
ON_BOTH("whatever call that moves bytes fails, everything ends and nothing is left",
        [](backend_kind b) { without_each_of(bytes, b); })
ON_BOTH("whatever call that waits fails, everything ends and nothing is left",
        [](backend_kind b) { without_each_of(waiting, b); })
