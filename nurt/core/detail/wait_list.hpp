// SPDX-License-Identifier: MIT
// nurt/core/detail/wait_list.hpp: who has to go on before a task can.
#pragma once

#include <vector>

namespace nurt::detail {

class future_base;

// Filled by what a task waits for, in debug mode and for pictures of what a program does.
struct wait_list {
    std::vector<const future_base*> who;  // null entries are ignored
    const char* what = "";                // that they hold, as "a lock"; "" for their ends
    bool any = false;                     // one of them is enough
};

}  // namespace nurt::detail
