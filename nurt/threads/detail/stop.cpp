// SPDX-License-Identifier: MIT
#include "nurt/threads/detail/stop.hpp"

#include <stop_token>

namespace nurt::detail {

namespace {

std::stop_source& of(void* source) noexcept {
    return *static_cast<std::stop_source*>(source);
}

}  // namespace

void stop_switch::make() {
    source_ = new std::stop_source;
}

void stop_switch::copy_token(void* to) const noexcept {
    ::new (to) std::stop_token(of(source_).get_token());
}

void stop_switch::request_stop() noexcept {
    of(source_).request_stop();
}

void stop_switch::destroy() noexcept {
    delete &of(source_);
}

}  // namespace nurt::detail
