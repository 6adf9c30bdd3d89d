// SPDX-License-Identifier: MIT
#include "nurt/loop/context.hpp"

#include <algorithm>
#include <atomic>
#include <string>
#include <vector>

#include "nurt/loop/thread_state.hpp"

namespace nurt {

namespace detail {

namespace {

template <class Counted>
void add_reference(Counted& counted) noexcept {
    std::atomic_ref(counted.references).fetch_add(1, std::memory_order_relaxed);
}

// True for the last one.
template <class Counted>
bool drop_reference(Counted& counted) noexcept {
    return std::atomic_ref(counted.references).fetch_sub(1, std::memory_order_acq_rel) == 1;
}

}  // namespace

// Never changed while it is shared; sorted by variable. Programs have a handful of variables, for
// which copying a table is cheaper than a tree.
struct context_table {
    struct entry {
        std::uint64_t variable;
        context_value* value;
    };

    context_table() = default;
    context_table(const context_table& other) : entries(other.entries) {
        for (const entry& e : entries) {
            add_reference(*e.value);
        }
    }
    context_table& operator=(const context_table&) = delete;
    ~context_table() {
        for (const entry& e : entries) {
            release(e.value);
        }
    }

    std::uint32_t references = 1;
    std::vector<entry> entries;
};

namespace {

void release_table(context_table* table) noexcept {
    if (table != nullptr && drop_reference(*table)) {
        delete table;
    }
}

auto place_of(std::vector<context_table::entry>& entries, std::uint64_t variable) noexcept {
    return std::lower_bound(
        entries.begin(), entries.end(), variable,
        [](const context_table::entry& e, std::uint64_t v) { return e.variable < v; });
}

// A table that may be changed.
context_table& own_table(context_box& box) {
    if (box.table == nullptr) {
        box.table = new context_table;
    } else if (std::atomic_ref(box.table->references).load(std::memory_order_acquire) != 1) {
        auto* mine = new context_table(*box.table);
        release_table(std::exchange(box.table, mine));
    }
    return *box.table;
}

// From now on new tasks of this thread's loop look for something to inherit.
void announce() noexcept {
    if (this_thread.core != nullptr) {
        this_thread.core->on_start |= start_inherits;
    }
}

// What plain code has set outlives every loop of its thread.
struct base_context {
    ~base_context() { release(std::exchange(this_thread.context, nullptr)); }
};

}  // namespace

void retain(context_box* box) noexcept {
    if (box != nullptr) {
        add_reference(*box);
    }
}

void release(context_box* box) noexcept {
    if (box != nullptr && drop_reference(*box)) {
        release_table(box->table);
        delete box;
    }
}

void release(context_value* value) noexcept {
    if (value != nullptr && drop_reference(*value)) {
        value->destroy(value);
    }
}

context_box* current_box() noexcept {
    if (this_thread.context != nullptr) {
        return this_thread.context;
    }
    return this_thread.task != nullptr ? context_of(*this_thread.task) : nullptr;
}

context_box& own_box() {
    if (context_box* box = current_box()) {
        return *box;
    }
    auto* box = new context_box;
    if (this_thread.task != nullptr) {
        adopt_context(*this_thread.task, *box);
    } else {
        thread_local const base_context at_end_of_thread;
        static_cast<void>(at_end_of_thread);
        this_thread.context = box;
    }
    return *box;
}

context_box* copy_of(const context_box* box) {
    if (box == nullptr || box->table == nullptr) {
        return nullptr;
    }
    auto* copy = new context_box;
    add_reference(*box->table);
    copy->table = box->table;
    return copy;
}

context_box* copy_of_current() {
    context_box* copy = copy_of(current_box());
    if (copy != nullptr) {
        announce();
    }
    return copy;
}

std::uint64_t new_variable() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

context_value* find(const context_box* box, std::uint64_t variable) noexcept {
    if (box == nullptr || box->table == nullptr) {
        return nullptr;
    }
    const auto at = place_of(box->table->entries, variable);
    return at != box->table->entries.end() && at->variable == variable ? at->value : nullptr;
}

context_value* replace_value(context_box& box, std::uint64_t variable, context_value* value) {
    announce();
    std::vector<context_table::entry>& entries = own_table(box).entries;
    const auto at = place_of(entries, variable);
    const bool there = at != entries.end() && at->variable == variable;
    context_value* before = there ? at->value : nullptr;
    if (value == nullptr) {
        if (there) {
            entries.erase(at);
        }
    } else if (there) {
        at->value = value;
    } else {
        entries.insert(at, {variable, value});
    }
    return before;
}

std::size_t size_of(const context_box* box) noexcept {
    return box == nullptr || box->table == nullptr ? 0 : box->table->entries.size();
}

void throw_lookup(const char* name) {
    throw lookup_error(std::string("context variable ") + name + " has no value and no default");
}

void check_token(const context_box* made_in, bool used, bool same_variable, const char* name) {
    const std::string what = std::string("cannot reset context variable ") + name + ": the token ";
    if (used) {
        throw usage_error(what + "has already been used once");
    }
    if (!same_variable) {
        throw usage_error(what + "was created by a different variable");
    }
    if (made_in != current_box()) {
        throw usage_error(what + "was created in a different context");
    }
}

context_entry::context_entry(context_box* box) noexcept
    : before_(std::exchange(this_thread.context, box)) {
    retain(box);
    if (box != nullptr) {
        box->entered = true;
        announce();
    }
}

context_entry::~context_entry() {
    context_box* box = std::exchange(this_thread.context, before_);
    if (box != nullptr) {
        box->entered = false;
        release(box);
    }
}

}  // namespace detail

void context::check_free() const {
    if (box_->entered) {
        throw usage_error("cannot enter a context: something runs in it already");
    }
}

context copy_context() {
    detail::context_box* copy = detail::copy_of_current();
    return copy != nullptr ? context(copy) : context();
}

}  // namespace nurt
