// SPDX-License-Identifier: MIT
// tests/faults/memory_test.cpp: the programs of outside.hpp while each allocation fails once.
#include "tests/faults/memory.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "nurt/io/make_backend.hpp"
#include "tests/faults/outside.hpp"

using nurt::io::backend_kind;
using namespace nurt_test;

namespace {

// When a task of the part dies for want of memory, a coroutine's frame for instance, the others may
// wait for it in vain or find what they use closed.
bool follows(const std::string& line) {
    return line.starts_with("task exception was never retrieved") || line.ends_with(": timed out");
}

void without_each_allocation(backend_kind kind) {
    for (const outside_part& part : all_parts()) {
        outside_run r;
        r.happened = true;
        for (std::uint64_t n = 1; r.happened; ++n) {
            r = run_part(part, on_one_thread, kind, {.allocation = n});
            INFO(std::string(part.name), ": allocation ", n, " failed: ", joined(r.what.errors));
            std::erase_if(r.what.wrong, follows);
            CHECK(joined(r.what.wrong) == "");
            CHECK((r.happened || r.what.finished));
        }
    }
}

}  // namespace

TEST_CASE("whatever there is no memory for, everything ends and nothing is left, on epoll") {
    without_each_allocation(backend_kind::epoll);
}

TEST_CASE("whatever there is no memory for, everything ends and nothing is left, on io_uring") {
    without_each_allocation(backend_kind::uring);
}
