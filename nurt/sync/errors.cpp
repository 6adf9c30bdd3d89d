// SPDX-License-Identifier: MIT
#include "nurt/sync/errors.hpp"

namespace nurt::detail {

void throw_broken_barrier() {
    throw broken_barrier_error();
}
void throw_queue_empty() {
    throw queue_empty();
}
void throw_queue_full() {
    throw queue_full();
}
void throw_queue_shut_down() {
    throw queue_shut_down();
}
void throw_task_done_too_often() {
    throw usage_error("task_done() called too many times");
}
void throw_would_block(const char* message) {
    throw would_block(message);
}
void throw_no_receiver() {
    throw broken_resource_error("send: the channel has no receiver left");
}
void throw_channel_closed() {
    throw closed_resource_error("this end of the channel is closed");
}

}  // namespace nurt::detail
