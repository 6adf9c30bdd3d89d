// SPDX-License-Identifier: MIT
// tests/sync/model_test.cpp: queue and channel against a model, with random cancellations.
//
// A random program starts getters and putters, takes and leaves items without waiting, cancels, and
// at last ends the queue, several such things in one step of the loop. After each step the queue
// and every task have to be where the model says. NURT_TEST_SEED replays a failing seed alone.
#include <doctest/doctest.h>

#include <cstdlib>
#include <deque>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "nurt/base/frame_pool.hpp"
#include "nurt/sync/channel.hpp"
#include "nurt/sync/queue.hpp"
#include "tests/support/support.hpp"
#include "tests/sync/steps.hpp"

using namespace nurt;

namespace {

// What a queue is: items, and those who wait, in their order. Fates are texts by task.
struct model {
    explicit model(std::size_t room) : capacity(room) {}

    void get(std::size_t id) {
        if (const auto item = try_get()) {
            fate[id] = "got " + std::to_string(*item);
        } else if (ended) {
            fate[id] = "end";
        } else {
            getters.push_back(id);
        }
    }
    void put(std::size_t id, int item) {
        if (ended) {
            fate[id] = "refused";
        } else if (try_put(item)) {
            fate[id] = "put";
        } else {
            putters.push_back({id, item});
        }
    }
    std::optional<int> try_get() {
        admit(capacity + 1);  // the taker makes room for one
        if (items.empty()) return std::nullopt;
        const int item = items.front();
        items.pop_front();
        return item;
    }
    bool try_put(int item) {
        if (ended) return false;
        if (!getters.empty()) {
            fate[getters.front()] = "got " + std::to_string(item);
            getters.pop_front();
            return true;
        }
        if (items.size() >= capacity) return false;
        items.push_back(item);
        return true;
    }
    void cancel(std::size_t id) {
        if (std::erase(getters, id) +
                std::erase_if(putters, [id](const auto& p) { return p.first == id; }) !=
            0) {
            fate[id] = "cancelled";
        }
    }
    void end() {
        ended = true;
        for (const std::size_t id : getters) fate[id] = "end";
        getters.clear();
    }
    void refuse_putters() {
        for (const auto& p : putters) fate[p.first] = "refused";
        putters.clear();
    }

    std::size_t capacity;
    std::deque<int> items;
    std::deque<std::size_t> getters;
    std::deque<std::pair<std::size_t, int>> putters;
    std::vector<std::string> fate;
    bool ended = false;

private:
    void admit(std::size_t room) {
        while (items.size() < room && !putters.empty()) {
            items.push_back(putters.front().second);
            fate[putters.front().first] = "put";
            putters.pop_front();
        }
    }
};

struct queue_rig {
    explicit queue_rig(std::size_t room) : q(static_cast<std::ptrdiff_t>(room)) {}

    static constexpr std::size_t least_capacity = 1;
    coro<std::optional<int>> take() { co_return co_await q.next(); }
    coro<> put(int item) { co_await q.put(item); }
    std::optional<int> try_get() { return q.try_get(); }
    bool try_put(int item) { return q.try_put(item); }
    void end(model& m) {
        q.shutdown();
        m.refuse_putters();
    }
    std::vector<std::size_t> sizes() const {
        const auto s = q.statistics();
        return {s.size, s.getters_waiting, s.putters_waiting};
    }

    queue<int> q;
};

struct channel_rig {
    explicit channel_rig(std::size_t room) : ends(open_channel<int>(room)) {}

    static constexpr std::size_t least_capacity = 0;
    coro<std::optional<int>> take() { co_return co_await ends.second.receive(); }
    coro<> put(int item) { co_await ends.first.send(item); }
    std::optional<int> try_get() { return ends.second.try_receive(); }
    bool try_put(int item) { return ends.first.is_open() && ends.first.try_send(std::move(item)); }
    void end(model&) { ends.first.close(); }
    std::vector<std::size_t> sizes() const {
        const auto s = ends.second.statistics();
        return {s.buffered, s.receivers_waiting, s.senders_waiting};
    }

    std::pair<send_channel<int>, receive_channel<int>> ends;
};

template <class Rig>
class trial {
public:
    explicit trial(std::uint64_t seed)
        : random_(seed), model_(Rig::least_capacity + below(3)), rig_(model_.capacity) {}

    coro<> run() {
        for (int step = 0; step < 60 && trouble.empty(); ++step) {
            one_step();
            co_await nurt_test::yields(3);
            compare(step);
        }
        for (const task<>& t : tasks_) t.cancel();
        for (const task<>& t : tasks_) co_await as_result(t);
    }

    std::string trouble;

private:
    unsigned below(unsigned n) { return static_cast<unsigned>(random_() % n); }

    static coro<> getter(Rig& rig, std::string& fate) {
        try {
            const std::optional<int> item = co_await rig.take();
            fate = item ? "got " + std::to_string(*item) : "end";
        } catch (const cancelled_error&) {
            fate = "cancelled";
            throw;
        }
    }
    static coro<> putter(Rig& rig, std::string& fate, int item) {
        try {
            co_await rig.put(item);
            fate = "put";
        } catch (const error&) {
            fate = "refused";
        } catch (const cancelled_error&) {
            fate = "cancelled";
            throw;
        }
    }

    // Either one task starts, or several things happen at once to those that are there.
    void one_step() {
        const std::size_t id = tasks_.size();
        switch (below(4)) {
            case 0:
                start();
                tasks_.push_back(create_task(getter, std::ref(rig_), std::ref(fates_.back())));
                model_.get(id);
                break;
            case 1: {
                const int item = next_++;
                start();
                tasks_.push_back(
                    create_task(putter, std::ref(rig_), std::ref(fates_.back()), item));
                model_.put(id, item);
                break;
            }
            default:
                for (unsigned n = below(6); n != 0; --n) at_once();
        }
    }
    void start() {
        fates_.emplace_back();
        model_.fate.emplace_back();
    }

    void at_once() {
        const unsigned what = below(40);
        if (what == 0) {
            if (!model_.ended) {
                model_.end();
                rig_.end(model_);
            }
        } else if (what < 12) {
            same(rig_.try_get() == model_.try_get(), "try_get");
        } else if (what < 24) {
            const int item = next_++;
            same(rig_.try_put(item) == model_.try_put(item), "try_put");
        } else if (!tasks_.empty()) {
            const std::size_t id = below(static_cast<unsigned>(tasks_.size()));
            tasks_[id].cancel();
            model_.cancel(id);
        }
    }

    void same(bool good, const std::string& what) {
        if (!good) trouble += what + " differs; ";
    }
    void compare(int step) {
        const std::vector<std::size_t> sizes{model_.items.size(), model_.getters.size(),
                                             model_.putters.size()};
        same(rig_.sizes() == sizes, "the state after step " + std::to_string(step));
        for (std::size_t i = 0; i < fates_.size(); ++i) {
            same(fates_[i] == model_.fate[i], "task " + std::to_string(i) + " (" + fates_[i] +
                                                  ", should be " + model_.fate[i] + ")");
        }
    }

    std::mt19937_64 random_;
    model model_;
    Rig rig_;
    std::deque<std::string> fates_;  // a deque, for tasks refer to its elements
    std::vector<task<>> tasks_;
    int next_ = 1;
};

template <class Rig>
std::string run_seed(std::uint64_t seed) {
    const std::int64_t frames = frame_pool::live();
    std::string trouble;
    {
        nurt_test::world w(seed);
        trial<Rig> t(seed);
        w.run([&]() -> coro<> { return t.run(); });
        w.runner.close();
        trouble = t.trouble;
        for (const auto& r : w.reports) trouble += r.message + "; ";
    }
    if (frame_pool::live() != frames) trouble += "frames are left; ";
    return trouble;
}

template <class Rig>
void run_seeds() {
    const bool replay = std::getenv("NURT_TEST_SEED") != nullptr;
    const std::uint64_t first = nurt_test::seed();
    for (std::uint64_t seed = first; seed < first + (replay ? 1 : 1000); ++seed) {
        const std::string trouble = run_seed<Rig>(seed);
        if (!trouble.empty()) FAIL_CHECK("NURT_TEST_SEED=" << seed << ": " << trouble);
    }
}

}  // namespace

TEST_CASE("a queue does what its model does, whoever is cancelled") {
    run_seeds<queue_rig>();
}

TEST_CASE("a channel does what its model does, whoever is cancelled") {
    run_seeds<channel_rig>();
}
