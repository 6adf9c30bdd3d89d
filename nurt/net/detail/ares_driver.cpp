// SPDX-License-Identifier: MIT
// nurt/net/detail/ares_driver.cpp: see the header.
#include "nurt/net/detail/ares_driver.hpp"

#include "nurt/base/error.hpp"

#include <utility>
#include <vector>

#include <sys/time.h>

namespace nurt::detail {

namespace {

// The library is set up once for the process and never taken down: other code may use it too.
void set_up_library() {
    static const int result = ares_library_init(ARES_LIB_INIT_ALL);
    if (result != ARES_SUCCESS) {
        throw error(std::string("c-ares: ") + ares_strerror(result));
    }
}

}  // namespace

void readiness::complete() noexcept {
    happened = result == 0;
    owner_.schedule();
}

ares_driver::ares_driver(event_loop& loop, const std::string& servers) : loop_(loop) {
    set_up_library();
    ares_options options{};
    options.sock_state_cb = socket_state;
    options.sock_state_cb_data = this;
    int result = ares_init_options(&channel_, &options, ARES_OPT_SOCK_STATE_CB);
    if (result == ARES_SUCCESS && !servers.empty()) {
        result = ares_set_servers_ports_csv(channel_, servers.c_str());
        if (result != ARES_SUCCESS) {
            ares_destroy(channel_);
        }
    }
    if (result != ARES_SUCCESS) {
        throw error(std::string("c-ares: ") + ares_strerror(result));
    }
}

ares_driver::~ares_driver() {
    closing_ = true;
    disarm_timer();
    ares_destroy(channel_);  // answers what is open, and lets go of the sockets
}

void ares_driver::socket_state(void* self, ares_socket_t descriptor, int readable, int writable) {
    auto& mine = *static_cast<ares_driver*>(self);
    if (readable != 0 || writable != 0) {
        mine.watch(descriptor, readable != 0, writable != 0);
    } else {
        mine.forget(descriptor);
    }
}

void ares_driver::watch(ares_socket_t descriptor, bool readable, bool writable) {
    auto found = sockets_.find(descriptor);
    if (found == sockets_.end()) {
        try {
            io::channel& c = loop_.backend().adopt(descriptor);
            found = sockets_.try_emplace(descriptor, *this, c).first;
        } catch (...) {
            return;  // this server will not answer, and c-ares turns to the next after a while
        }
    }
    found->second.readable.wanted = readable;
    found->second.writable.wanted = writable;
    schedule();
}

// c-ares closes the socket itself, right after this.
void ares_driver::forget(ares_socket_t descriptor) noexcept {
    const auto found = sockets_.find(descriptor);
    if (found == sockets_.end()) {
        return;
    }
    found->second.readable.wanted = found->second.writable.wanted = false;
    loop_.backend().release(found->second.channel);
    sockets_.erase(found);
}

void ares_driver::schedule() noexcept {
    if (!scheduled_ && !closing_) {
        scheduled_ = true;
        loop_.push_ready(*this);
    }
}

void ares_driver::run() noexcept {
    scheduled_ = false;
    std::vector<std::pair<ares_socket_t, ares_socket_t>> ready;  // each may close any of them
    for (auto& [descriptor, socket] : sockets_) {
        const bool reads = std::exchange(socket.readable.happened, false);
        const bool writes = std::exchange(socket.writable.happened, false);
        if (reads || writes) {
            ready.emplace_back(reads ? descriptor : ARES_SOCKET_BAD,
                               writes ? descriptor : ARES_SOCKET_BAD);
        }
    }
    for (const auto& [reads, writes] : ready) {
        if (sockets_.contains(reads != ARES_SOCKET_BAD ? reads : writes)) {
            ares_process_fd(channel_, reads, writes);
        }
    }
    ares_process_fd(channel_, ARES_SOCKET_BAD, ARES_SOCKET_BAD);  // what is overdue
    submit_wanted();
    arm_timer();
}

void ares_driver::submit_wanted() noexcept {
    for (auto& [descriptor, socket] : sockets_) {
        for (readiness* each : {&socket.readable, &socket.writable}) {
            if (each->wanted && !each->in_flight) {
                loop_.backend().submit(*each);
            } else if (!each->wanted && each->in_flight) {
                loop_.backend().cancel(*each);
            }
        }
    }
}

void ares_driver::arm_timer() noexcept {
    disarm_timer();
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) {
        return;  // no question is open
    }
    const auto delay = duration::nanoseconds(left.tv_sec * 1'000'000'000 + left.tv_usec * 1000);
    loop_.timers().add(*this, loop_.time() + delay);
}

void ares_driver::disarm_timer() noexcept {
    if (armed()) {
        loop_.timers().remove(*this);
    }
}

}  // namespace nurt::detail
