// SPDX-License-Identifier: MIT
// nurt/loop/statistics.cpp: what is counted, and the limit of memory.
#include "nurt/loop/statistics.hpp"

#include "nurt/base/buffer_memory.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/loop/detail/memory_guard.hpp"
#include "nurt/loop/event_loop.hpp"

#include <memory>

namespace nurt {

namespace {

std::size_t length(intrusive_list<list_link>& list) noexcept {
    std::size_t n = 0;
    for (list_link* l = list.front(); l != nullptr; l = list.next(*l)) {
        ++n;
    }
    return n;
}

}  // namespace

loop_statistics event_loop::statistics() {
    check_thread();
    const frame_pool::statistics_t memory = frame_pool::statistics();
    loop_statistics s{};
    s.turns = turns_;
    s.steps = steps_ + resumptions_;
    s.waits = waits_;
    s.messages = messages_;
    s.tasks_created = task_number;
    s.tasks = length(tasks);
    s.timers = timers_.size();
    s.operations = services_.backend->in_flight();
    s.channels = services_.backend->channels();
    s.outside_work = outside_work_;
    s.frames = memory.live > 0 ? static_cast<std::size_t>(memory.live) : 0;
    s.frame_bytes = memory.live_bytes;
    s.pool_bytes = memory.slab_bytes;
    s.buffer_bytes = detail::buffer_bytes();
    s.input_held = memory_ != nullptr && memory_->holds();
    return s;
}

void event_loop::set_memory_limit(std::size_t bytes) {
    check_use();
    if (memory_ != nullptr) {
        memory_->let_go();
    }
    memory_.reset();
    if (bytes != 0) {
        memory_ = std::make_unique<detail::memory_guard>(*this, bytes);
    }
}

void event_loop::look_at_memory() noexcept {
    memory_->look();
}

}  // namespace nurt
