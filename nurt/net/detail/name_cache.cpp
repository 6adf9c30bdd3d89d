// SPDX-License-Identifier: MIT
// nurt/net/detail/name_cache.cpp: see the header.
#include "nurt/net/detail/name_cache.hpp"

#include "nurt/loop/event_loop.hpp"

#include <algorithm>
#include <utility>

namespace nurt::detail {

// The question may be answered before ask() returns, and then nobody is suspended.
bool name_leaf::await_ready() {
    answer_ = cache_.known(question_);
    if (answer_) {
        return true;
    }
    const auto [flight, first] = cache_.flights_.try_emplace(question_);
    flight->second.push_back(*this);
    if (first) {
        try {
            cache_.source_.ask(question_);
        } catch (...) {
            unlink();
            cache_.flights_.erase(question_);
            throw;
        }
    }
    return answer_ != nullptr;
}

answer_ptr name_leaf::await_resume() {
    if (!answer_->failure.empty()) {
        throw resolve_error(question_.name, answer_->failure);
    }
    return std::move(answer_);
}

cancel_answer name_leaf::cancel() noexcept {
    if (answer_) {
        return cancel_answer::later;
    }
    unlink();
    return cancel_answer::done;
}

void name_leaf::give(const answer_ptr& answer) noexcept {
    answer_ = answer;
    if (suspended_) {
        leaf::complete();
    }
}

name_leaf name_cache::find(record_type type, const std::string& name) {
    name_question question{type, name};
    for (char& c : question.name) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return name_leaf(*this, std::move(question));
}

void name_cache::answered(const name_question& question, name_answer answer) {
    auto landed = flights_.extract(question);
    const auto shared = std::make_shared<const name_answer>(std::move(answer));
    if (shared->failure.empty() && shared->time_to_live > duration() && most_ != 0) {
        keep(question, shared);
    }
    if (landed.empty()) {
        return;
    }
    while (name_leaf* waiting = landed.mapped().pop_front()) {
        waiting->give(shared);
    }
}

answer_ptr name_cache::known(const name_question& question) {
    const auto found = entries_.find(question);
    if (found == entries_.end()) {
        return nullptr;
    }
    entry& e = found->second;
    if (e.until <= loop_.time()) {
        drop(e);
        return nullptr;
    }
    e.unlink();
    by_use_.push_back(e);
    return e.answer;
}

void name_cache::keep(const name_question& question, const answer_ptr& answer) {
    const auto [place, fresh] = entries_.try_emplace(question);
    entry& e = place->second;
    if (!fresh) {
        e.unlink();
    }
    e.question = &place->first;
    e.answer = answer;
    e.until = loop_.time() + std::min(answer->time_to_live, longest_);
    by_use_.push_back(e);
    if (entries_.size() > most_) {
        drop(*by_use_.front());
    }
}

void name_cache::drop(entry& e) noexcept {
    e.unlink();
    entries_.erase(entries_.find(*e.question));
}

}  // namespace nurt::detail
