// SPDX-License-Identifier: MIT
// nurt/loop/descriptors.cpp: what an event_loop does for descriptors of others.
#include "nurt/loop/detail/descriptor_watches.hpp"
#include "nurt/loop/event_loop.hpp"

#include <memory>
#include <string>
#include <utility>

namespace nurt {

detail::descriptor_watches& event_loop::watches() {
    if (!watches_) {
        watches_ = std::make_unique<detail::descriptor_watches>(*this);
    }
    return *watches_;
}

io::channel& event_loop::watch(int descriptor, bool writes, std::string_view attempt) {
    return watches().acquire(descriptor, writes, attempt);
}

void event_loop::unwatch(int descriptor, bool writes) noexcept {
    watches_->release(descriptor, writes);
}

void event_loop::add_reader(int descriptor, unique_function<void()> callback) {
    check_use();
    watches().add(descriptor, false, std::move(callback),
                  "add_reader " + std::to_string(descriptor));
}

void event_loop::add_writer(int descriptor, unique_function<void()> callback) {
    check_use();
    watches().add(descriptor, true, std::move(callback),
                  "add_writer " + std::to_string(descriptor));
}

bool event_loop::remove_reader(int descriptor) noexcept {
    return watches_ && watches_->remove(descriptor, false);
}

bool event_loop::remove_writer(int descriptor) noexcept {
    return watches_ && watches_->remove(descriptor, true);
}

}  // namespace nurt
