// SPDX-License-Identifier: MIT
// nurt/net/detail/name_cache.hpp: answers about names, kept as long as they are true.
//
// A question that is being asked is not asked again: whoever comes second waits for the same answer.
// Who asked first may leave without taking the answer from the others.
#pragma once

#include <coroutine>
#include <cstddef>
#include <memory>
#include <string>
#include <unordered_map>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/leaf.hpp"
#include "nurt/net/detail/name_answer.hpp"

namespace nurt {
class event_loop;
}

namespace nurt::detail {

using answer_ptr = std::shared_ptr<const name_answer>;

// Where answers come from when they are not known.
class name_source {
public:
    // The cache's answered() is called once, from here or later.
    virtual void ask(const name_question& question) = 0;

protected:
    ~name_source() = default;
};

class name_cache;

// Gives an answer_ptr that is not null; throws resolve_error when there is no answer.
class name_leaf final : public leaf, public list_link {
public:
    name_leaf(name_cache& cache, name_question question) noexcept
        : cache_(cache), question_(std::move(question)) {}
    bool await_ready();
    void await_suspend(std::coroutine_handle<>) noexcept { suspended_ = true; }
    answer_ptr await_resume();
    cancel_answer cancel() noexcept override;

private:
    friend class name_cache;
    void give(const answer_ptr& answer) noexcept;

    name_cache& cache_;
    name_question question_;
    answer_ptr answer_;
    bool suspended_ = false;
};

// Invariants:
//  1. entries_ has at most most_ entries, each of them in by_use_ too, the longest unused first.
//  2. A flight is there exactly while the source owes an answer to its question.
class name_cache {
public:
    // Keeps up to `most` answers, each for its time to live, but for no longer than `longest`.
    name_cache(event_loop& loop, name_source& source, std::size_t most, duration longest)
        : loop_(loop), source_(source), most_(most), longest_(longest) {}

    name_leaf find(record_type type, const std::string& name);
    // Wakes whoever waits for it. Failures are told and not kept.
    void answered(const name_question& question, name_answer answer);

    std::size_t size() const noexcept { return entries_.size(); }
    std::size_t in_flight() const noexcept { return flights_.size(); }

private:
    friend class name_leaf;
    struct entry : list_link {
        const name_question* question = nullptr;  // its key
        answer_ptr answer;
        instant until;
    };
    using flight = intrusive_list<name_leaf>;

    answer_ptr known(const name_question& question);
    void keep(const name_question& question, const answer_ptr& answer);
    void drop(entry& e) noexcept;

    event_loop& loop_;
    name_source& source_;
    std::size_t most_;
    duration longest_;
    std::unordered_map<name_question, entry, name_question_hash> entries_;
    std::unordered_map<name_question, flight, name_question_hash> flights_;
    intrusive_list<entry> by_use_;
};

}  // namespace nurt::detail
