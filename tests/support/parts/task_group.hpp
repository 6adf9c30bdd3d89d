// SPDX-License-Identifier: MIT
// tests/support/parts/task_group.hpp: what the tests of this name in tests/parity and tests/core share.
#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <stdexcept>
#include <string>
#include <vector>

#include "nurt/base/cancelled.hpp"
#include "nurt/core/exception_group.hpp"
#include "nurt/core/result.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task_group.hpp"
#include "nurt/core/timeout.hpp"
#include "tests/support/world.hpp"

namespace nurt_test::task_group_parts {

using nurt::as_result;
using nurt::cancelled_error;
using nurt::coro;
using nurt::error;
using nurt::exception_group;
using nurt::result;
using nurt::seconds;
using nurt::sleep;
using nurt::task_group;
using nurt::with;

inline coro<int> after(double s, int n) {
    co_await sleep(seconds(s));
    co_return n;
}

// Runs body in a group; gives "value", "cancelled", "error", or the errors of the group: "[a, b]".
inline std::string describe(const std::exception_ptr& error) {
    if (!error) return "value";
    try {
        std::rethrow_exception(error);
    } catch (const exception_group& g) {
        std::string out = "[";
        for (const std::exception_ptr& e : g.errors()) {
            out += (out.size() > 1 ? ", " : "") + describe(e);
        }
        return out + "]";
    } catch (const cancelled_error&) {
        return "cancelled";
    } catch (...) {
        return text_of(error);
    }
}

template <class Body>
coro<std::string> group_end(Body body) {
    const result<> end = co_await as_result(with(task_group(), body));
    co_return describe(end.error());
}

}  // namespace nurt_test::task_group_parts
