// SPDX-License-Identifier: MIT
// nurt/core/detail/shield_core.hpp: shield without its types.
#pragma once

#include "nurt/core/detail/future_base.hpp"

namespace nurt::detail {

// Listens to the inner future and settles the outer one, a turn later.
//
// Invariant: while it listens or is queued it holds a reference to the outer future. To the inner
// one it holds one only while queued, so that a future nobody settles keeps nothing alive; while it
// listens the inner one is there, or abandoned() was called.
class shield_core : public settle_listener {
public:
    void begin(future_base& inner) noexcept;

    void settled(future_base& inner) noexcept override;
    void abandoned() noexcept override;
    const future_base* awaiter() const noexcept override { return &outer_; }

protected:
    explicit shield_core(future_base& outer) noexcept : outer_(outer) {}
    ~shield_core() = default;

    // Puts the inner value into the result.
    virtual void collect(future_base& inner) = 0;

    void add_inner(wait_list& list) const;
    void finish() noexcept;  // the turn in the ready queue
    void drop_turn() noexcept;

private:
    void pass_on(future_base& inner) noexcept;

    future_base& outer_;
    future_base* inner_ = nullptr;
};

}  // namespace nurt::detail
