// SPDX-License-Identifier: MIT
// nurt/core/detail/gather_core.hpp: gather without its types.
#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "nurt/core/coro.hpp"
#include "nurt/core/detail/future_base.hpp"

namespace nurt {
template <class T>
class task;
template <class T>
class future;
}  // namespace nurt

namespace nurt::detail {

template <class A>
inline constexpr bool is_handle = false;
template <class T>
inline constexpr bool is_handle<task<T>> = true;
template <class T>
inline constexpr bool is_handle<future<T>> = true;

template <class A>
concept gatherable = (is_coro<std::remove_cvref_t<A>> && !std::is_lvalue_reference_v<A>) ||
                     is_handle<std::remove_cvref_t<A>> || gives_coro<A>;

// What an error of a child means: nothing to the others, nothing at all, or the end of the others.
enum class gather_mode : std::uint8_t { plain, keep_errors, stop_at_error };

// The children of a gather and the moment at which it ends. A child that ends costs a decrement;
// only the last one, and the first error, put the gather into the ready queue.
//
// Invariants: while children are pending, or the gather is queued, it holds a reference to itself.
class gather_core {
public:
    gather_core(const gather_core&) = delete;
    gather_core& operator=(const gather_core&) = delete;

    // Takes over a reference to the source; at most `count` times.
    void add(future_base& source) noexcept;
    // All are added: ends at once when nothing is pending.
    void begin();

    std::size_t size() const noexcept { return count_; }
    future_base& source(std::size_t index) const noexcept { return *children_[index].source; }

protected:
    gather_core(future_base& self, std::size_t count, gather_mode mode);
    ~gather_core();

    // Puts the children's results into the result.
    virtual void collect() = 0;

    void add_children(wait_list& list) const;
    bool cancel_children(const shared_text& message) noexcept;
    // The gather's turn in the ready queue.
    void finish() noexcept;
    void drop_turn() noexcept;

private:
    struct child final : settle_listener {
        child(gather_core& c, future_base& s) noexcept : core(&c), source(&s) {}
        void settled(future_base& from) noexcept override { core->child_settled(from); }
        const future_base* awaiter() const noexcept override { return &core->self_; }
        gather_core* core;
        future_base* source;
    };

    void child_settled(future_base& from) noexcept;
    void take_error(future_base& from) noexcept;
    void queue() noexcept;
    void end() noexcept;
    void stop_others() noexcept;
    void let_go() noexcept;

    future_base& self_;
    child* children_;
    std::size_t count_ = 0;
    std::size_t pending_ = 0;
    std::exception_ptr first_error_;
    shared_text cancel_message_;
    bool cancel_requested_ = false;
    bool queued_ = false;
    bool stopping_ = false;  // mode stop_at_error: there was an error, the rest is cancelled
    gather_mode mode_;
};

}  // namespace nurt::detail
