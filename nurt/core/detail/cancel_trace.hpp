// SPDX-License-Identifier: MIT
// nurt/core/detail/cancel_trace.hpp: debug mode: what became of the cancelled_errors of a task.
//
// Each carries a token of which a copy is kept here. A token that is left alone here means that the
// exception is gone: caught, and not passed on.
#pragma once

#include <cstdint>
#include <source_location>
#include <vector>

#include "nurt/base/shared_text.hpp"

namespace nurt {
class event_loop;
}

namespace nurt::detail {

class task_base;

class cancel_trace {
public:
    // A new token for the delivery of this number.
    shared_text token(std::uint32_t delivery, std::source_location thrown_at);
    // After a step: reports the requests whose exceptions are gone while the task goes on.
    void check(task_base& task, event_loop& loop);

private:
    struct record {
        std::uint32_t number;
        shared_text token;
        std::source_location thrown_at;
    };
    bool any_alive() const noexcept;

    std::vector<record> records_;
};

}  // namespace nurt::detail
