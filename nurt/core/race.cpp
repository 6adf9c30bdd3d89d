// SPDX-License-Identifier: MIT
#include "nurt/core/race.hpp"

#include "nurt/core/detail/completion_set.hpp"
#include "nurt/core/detail/wait_list.hpp"

namespace nurt::detail {

class race_set final : public completion_set {
public:
    explicit race_set(std::size_t count, race_leaf& leaf) : completion_set(count), leaf_(leaf) {}

    void begin() noexcept {
        begun_ = true;
        listen();
    }
    // An end before the race was awaited to its own: nobody is left to listen to.
    void give_up() noexcept {
        if (!over_) {
            stop_listening();
            cancel_sources(shared_text());
        }
    }
    std::size_t winner() const noexcept { return index_of(*winner_); }
    // Of the losers it waits for all.
    void waits_for(wait_list& list) const {
        list.any = winner_ == nullptr;
        add_sources(list);
    }

    // False: somebody has won already.
    bool cancel(const shared_text& message) noexcept {
        if (winner_ != nullptr || any_ended()) {
            return false;
        }
        cancelled_ = true;
        cancel_sources(message);
        return true;
    }

private:
    const future_base* waiter() const noexcept override {
        return begun_ ? &leaf_.waiter() : nullptr;
    }
    void heard(child& c) noexcept override {
        if (winner_ == nullptr && !cancelled_) {
            winner_ = &c;
            cancel_sources(shared_text());
        }
        if (unheard() != 0) {
            return;
        }
        over_ = true;
        if (cancelled_) {
            leaf_.complete_cancelled();
        } else {
            leaf_.complete();
        }
    }

    race_leaf& leaf_;
    child* winner_ = nullptr;
    bool begun_ = false;
    bool cancelled_ = false;
    bool over_ = false;
};

race_leaf::race_leaf(std::size_t count) : set_(nullptr) {
    if (count == 0) {
        throw_usage("race needs at least one competitor");
    }
    set_ = new race_set(count, *this);
}

race_leaf::~race_leaf() {
    set_->give_up();
    set_->release();
}

void race_leaf::add(future_base& source) noexcept {
    set_->add(source);
}

void race_leaf::await_suspend(std::coroutine_handle<>) noexcept {
    set_->begin();
}

std::size_t race_leaf::await_resume() {
    const std::size_t winner = set_->winner();
    future_base& source = set_->source(winner);
    if (source.failed()) {
        source.mark_retrieved();
        std::rethrow_exception(source.result_base().error);
    }
    return winner;
}

cancel_answer race_leaf::cancel() noexcept {
    static_cast<void>(set_->cancel(waiter().latest_message()));
    return cancel_answer::later;
}

void race_leaf::waits_for(wait_list& list) const {
    set_->waits_for(list);
}

future_base& race_leaf::source(std::size_t index) const noexcept {
    return set_->source(index);
}

}  // namespace nurt::detail
