// SPDX-License-Identifier: MIT
// nurt/sim/services.cpp: see the header.
#include "nurt/sim/services.hpp"

#include "nurt/loop/event_loop.hpp"
#include "nurt/sim/splitmix.hpp"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

namespace nurt::sim {

namespace {

// Between a microsecond and two milliseconds: most of what is sent to a thread.
constexpr std::uint64_t shortest_ns = 1'000;
constexpr std::uint64_t delays_ns = 2'000'000;

// Runs work on the loop's thread, at a later time drawn from the seed. The work sees what it would
// see on another thread: no running loop, no task.
class delayed_executor final : public executor {
public:
    explicit delayed_executor(std::uint64_t seed) noexcept : random_(seed) {}

    void post(job& work) override {
        const auto ns = static_cast<std::int64_t>(shortest_ns + random_.below(delays_ns));
        waiting_[&work] =
            event_loop::running().call_later(nanoseconds(ns), [this, &work] { execute(work); });
    }
    bool withdraw(job& work) noexcept override {
        const auto found = waiting_.find(&work);
        if (found == waiting_.end()) {
            return false;
        }
        found->second.cancel();
        waiting_.erase(found);
        return true;
    }

private:
    void execute(job& work) noexcept {
        waiting_.erase(&work);
        const auto loop_thread = std::exchange(nurt::detail::this_thread, {});
        work.execute();
        nurt::detail::this_thread = loop_thread;
    }

    splitmix random_;
    std::map<job*, handle> waiting_;
};

template <class K, class V>
const V& known_in(const std::map<K, V>& all, const K& key, const std::string& name) {
    const auto found = all.find(key);
    if (found == all.end()) {
        throw resolve_error(name, "Domain name not found");
    }
    return found->second;
}

}  // namespace

void hosts::add(std::string name, ip_address address) {
    names_[address].push_back(name);
    known_[std::move(name)].push_back(address);
}

void hosts::add_mx(std::string domain, mail_exchanger host) {
    auto& all = exchangers_[std::move(domain)];
    all.push_back(std::move(host));
    std::sort(all.begin(), all.end());
}

void hosts::add_txt(std::string name, std::string text) {
    texts_[std::move(name)].push_back(std::move(text));
}

coro<std::vector<ip_address>> hosts::lookup(std::string name) {
    co_return known_in(known_, name, name);
}

coro<std::vector<mail_exchanger>> hosts::lookup_mx(std::string domain) {
    co_return known_in(exchangers_, domain, domain);
}

coro<std::vector<std::string>> hosts::lookup_txt(std::string name) {
    co_return known_in(texts_, name, name);
}

coro<std::vector<std::string>> hosts::lookup_ptr(ip_address address) {
    co_return known_in(names_, address, address.to_string());
}

services make_services(std::uint64_t seed, const faults& plan) {
    auto clock = std::make_unique<virtual_clock>();
    services s;
    s.backend = make_backend(*clock, seed, plan);
    s.clock = std::move(clock);
    // Each has numbers of its own, so that more of one kind of event does not shift the others.
    s.executor = std::make_unique<delayed_executor>(seed ^ 0xbb67ae8584caa73b);
    s.random = std::make_unique<splitmix>(seed ^ 0x6a09e667f3bcc908);
    s.resolver = std::make_unique<hosts>();
    return s;
}

}  // namespace nurt::sim
