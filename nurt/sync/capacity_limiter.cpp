// SPDX-License-Identifier: MIT
#include "nurt/sync/capacity_limiter.hpp"

#include "nurt/core/detail/wait_list.hpp"
#include "nurt/core/task.hpp"
#include "nurt/sync/errors.hpp"

namespace nurt {

capacity_limiter::token::token(capacity_limiter& from, std::uint64_t borrower) noexcept
    : from_(&from), borrower_(borrower) {
    from.tokens_of(borrower).push_back(*this);
}

void capacity_limiter::token::release() noexcept {
    if (from_ == nullptr) return;
    unlink();
    capacity_limiter& home = *std::exchange(from_, nullptr);
    --home.borrowed_;
    home.hand_on();
}

void capacity_limiter::token::move_from(token& other) noexcept {
    if (other.from_ == nullptr) return;
    other.unlink();
    from_ = std::exchange(other.from_, nullptr);
    borrower_ = other.borrower_;
    from_->tokens_of(borrower_).push_back(*this);
}

bool capacity_limiter::try_take(std::uint64_t borrower) {
    token_list& mine = tokens_of(borrower);
    for (token* t = mine.front(); t != nullptr; t = mine.next(*t)) {
        if (t->borrower_ == borrower) {
            throw usage_error("this task holds a token of this capacity_limiter already");
        }
    }
    if (borrowed_ >= total_) return false;
    ++borrowed_;
    return true;
}

capacity_limiter::token capacity_limiter::acquire_nowait() {
    if (detail::this_thread.task == nullptr) {
        throw usage_error("only a task can borrow a token");
    }
    const std::uint64_t borrower = running_task_number();
    if (!try_take(borrower)) {
        detail::throw_would_block("acquire: the capacity_limiter has no token left");
    }
    return token(*this, borrower);
}

void capacity_limiter::hand_on() noexcept {
    while (borrowed_ < total_ && lot_.unpark_one()) {
        ++borrowed_;
    }
}

void capacity_limiter::set_total_tokens(std::size_t total) noexcept {
    total_ = total;
    hand_on();
}

void capacity_limiter::acquiring::waits_for(detail::wait_list& list) const {
    list.what = "a token";
    list.any = true;
    for (const task_view holder : limiter_.borrowers()) {
        list.who.push_back(holder.base());
    }
}

std::vector<task_view> capacity_limiter::borrowers() const {
    std::vector<task_view> found;
    for (token_list& list : tokens_) {
        for (token* t = list.front(); t != nullptr; t = list.next(*t)) {
            const task_view task = task_by_number(t->borrower_);
            if (task) found.push_back(task);
        }
    }
    return found;
}

}  // namespace nurt
