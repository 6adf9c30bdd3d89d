// SPDX-License-Identifier: MIT
#include "nurt/core/detail/wait_cycle.hpp"

#include <string>
#include <unordered_map>
#include <vector>

#include "nurt/core/detail/task_base.hpp"
#include "nurt/core/detail/task_text.hpp"
#include "nurt/core/detail/wait_list.hpp"
#include "nurt/loop/event_loop.hpp"

namespace nurt::detail {

namespace {

// Looks from everybody who has to go on first at whom they wait for in turn. Where one of several
// is enough, all of them have to lead back to the start.
class cycle_search {
public:
    explicit cycle_search(const task_base& start) : start_(start) {}

    // True if `from` cannot go on before the start does. Leaves the way there in path.
    bool leads_back(const future_base& from) {
        if (&from == &start_ && !path.empty()) {
            return true;
        }
        const auto [known, is_new] = known_.try_emplace(&from, false);
        if (!is_new) {
            return known->second;
        }
        wait_list list;
        from.waits_for(list);
        path.push_back({&from, list.what});
        if (any_leads_back(list)) {
            known_[&from] = true;
            return true;
        }
        path.pop_back();
        return false;
    }

    struct step {
        const future_base* who;
        const char* holds;  // what it waits for: "a lock", or ""
    };
    std::vector<step> path;

private:
    bool any_leads_back(const wait_list& list) {
        bool found = false;
        for (const future_base* next : list.who) {
            if (next == nullptr || next->done()) {
                continue;
            }
            const std::size_t length = path.size();
            const bool leads = leads_back(*next);
            if (leads && !list.any) {
                return true;
            }
            if (list.any && !leads) {
                return false;
            }
            if (found) {
                path.resize(length);  // one way is enough to show
            }
            found = leads;
        }
        return found;
    }

    const task_base& start_;
    std::unordered_map<const future_base*, bool> known_;
};

std::string name_of_waiter(const future_base& who) {
    const task_base* task = who.as_task();
    return task == nullptr ? "a future" : name_of(*task);
}

}  // namespace

void report_wait_cycle(const task_base& task, event_loop& loop) {
    cycle_search search(task);
    if (!search.leads_back(task)) {
        return;
    }
    std::string text = "wait cycle: ";
    for (std::size_t i = 0; i < search.path.size(); ++i) {
        const auto& [who, holds] = search.path[i];
        text += name_of_waiter(*who);
        if (const task_base* waiting = who->as_task()) {
            text += " (at " + text_of(innermost_place(*waiting)) + ")";
        }
        text += " waits for ";
        if (*holds != '\0') {
            text += std::string(holds) + " held by ";
        }
    }
    loop.call_debug_handler({debug_finding::wait_cycle, text + name_of(task)});
}

}  // namespace nurt::detail
