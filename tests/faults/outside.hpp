// SPDX-License-Identifier: MIT
// tests/faults/outside.hpp: small programs that use files, datagrams, pipes and the like, one thing each.
//
// Each is run again and again, and each time the next of its system calls fails. Whatever that is, the
// program ends by itself, with an error that says what was tried on what, and leaves nothing.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nurt/core/coro.hpp"
#include "nurt/loop/services.hpp"
#include "tests/faults/kernel.hpp"
#include "tests/faults/scenario.hpp"

namespace nurt_test {

// Where such a program may make files. What the library makes of its own accord (temporary files, the
// files of sockets) goes to owned, which has to be empty afterwards; plain is emptied.
struct folders {
    std::string plain;
    std::string owned;
    int file = -1;  // a file without a name, with "from a file" in it
};

struct outside_part {
    const char* name;
    nurt::coro<> (*run)(const folders& in);
    // A call that always fails, so that the other way is taken.
    call refused = call::socket;
    int refused_with = 0;
    const char* never_said = nullptr;  // in an error
};

// Those of each *_test.cpp, for tests that harm them in another way.
std::vector<outside_part>& all_parts();

template <std::size_t N>
bool add_parts(const outside_part (&parts)[N]) {
    all_parts().insert(all_parts().end(), parts, parts + N);
    return true;
}

// Services of the machine, but blocking work is done on the loop's own thread, where its calls are
// counted.
nurt::services on_one_thread();

// The n-th of these calls, from 1 on, fails with this error; 0: none does.
struct failure_of {
    call which = call::socket;
    std::uint64_t nth = 0;
    int error = 0;
    std::uint64_t allocation = 0;  // or this one
};

// What the calls say is in the journal. What is left (descriptors, frames, files) is wrong, and so is an
// error that does not say what was tried on what.
struct outside_run {
    journal what;
    std::vector<call> calls;  // that were made
    bool happened = false;
};
outside_run run_part(const outside_part& part, const std::function<nurt::services()>& make_parts,
                     nurt::io::backend_kind backend, failure_of failure = {});

// The part without each of the calls that it makes, with each error. False calls are told by doctest.
void without_each_call(const outside_part& part, nurt::io::backend_kind backend);

// For the parts: usage_error with this text if it does not hold.
void expect(bool holds, const char* what);

std::string joined(const std::vector<std::string>& lines);

}  // namespace nurt_test
