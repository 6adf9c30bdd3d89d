// SPDX-License-Identifier: MIT
// nurt/net/ares_resolver.cpp: the default resolver, on c-ares.
//
// c-ares tells which of its sockets it wants to read or write, and until when it can wait; the loop
// does the waiting. Nothing of c-ares runs inside the backend's wait: what becomes ready is put into
// the ready queue, and c-ares is called from there.
#include "nurt/core/leaf.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/resolver.hpp"

#include <coroutine>
#include <map>
#include <string>
#include <utility>

#include <ares.h>
#include <netinet/in.h>
#include <sys/time.h>

namespace nurt {

namespace detail {

namespace {

class ares_resolver;

// The library is set up once for the process and never taken down: other code may use it too.
void set_up_library() {
    static const int result = ares_library_init(ARES_LIB_INIT_ALL);
    if (result != ARES_SUCCESS) {
        throw error(std::string("c-ares: ") + ares_strerror(result));
    }
}

// One direction of a socket of c-ares.
class readiness final : public io::operation {
public:
    explicit readiness(ares_resolver& owner) noexcept : owner_(owner) {}
    void complete() noexcept override;

    bool wanted = false;
    bool happened = false;

private:
    ares_resolver& owner_;
};

struct watched_socket {
    watched_socket(ares_resolver& owner, io::channel& c) noexcept
        : readable(owner), writable(owner), channel(c) {
        readable.target = writable.target = &c;
        readable.code = io::opcode::wait_readable;
        writable.code = io::opcode::wait_writable;
    }

    readiness readable;
    readiness writable;
    io::channel& channel;
};

struct answer {
    int status = ARES_SUCCESS;
    std::vector<ip_address> addresses;
};

class lookup_leaf;

// A question that c-ares has; it answers each exactly once, wanted or not.
struct question {
    lookup_leaf* leaf;
};

// Waits for one answer. c-ares cannot forget a single question, so a cancelled one is answered to
// nobody.
class lookup_leaf final : public leaf {
public:
    lookup_leaf(ares_resolver& owner, const std::string& name) noexcept
        : owner_(owner), name_(name) {}

    bool await_ready() const noexcept { return false; }
    bool await_suspend(std::coroutine_handle<>);
    answer await_resume() noexcept { return std::move(answer_); }

    cancel_answer cancel() noexcept override {
        question_->leaf = nullptr;
        return cancel_answer::done;
    }

private:
    static void answered(void* asked, int status, int timeouts, ares_addrinfo* found);

    ares_resolver& owner_;
    const std::string& name_;
    question* question_ = nullptr;
    answer answer_;
    bool suspended_ = false;
    bool answered_ = false;
};

class ares_resolver final : public resolver, private ready_node, private timer_node {
public:
    ares_resolver(event_loop& loop, const std::string& servers);
    ~ares_resolver();

    coro<std::vector<ip_address>> lookup(std::string name) override;

    ares_channel channel() const noexcept { return channel_; }
    void schedule() noexcept;
    void arm_timer() noexcept;

private:
    static void socket_state(void* self, ares_socket_t descriptor, int readable, int writable);
    void watch(ares_socket_t descriptor, bool readable, bool writable);
    void forget(ares_socket_t descriptor) noexcept;
    void submit_wanted() noexcept;
    void disarm_timer() noexcept;

    void run() noexcept override;
    void expire() noexcept override { schedule(); }

    event_loop& loop_;
    ares_channel channel_ = nullptr;
    std::map<ares_socket_t, watched_socket> sockets_;
    bool scheduled_ = false;
    bool closing_ = false;
};

void readiness::complete() noexcept {
    happened = result == 0;
    owner_.schedule();
}

bool lookup_leaf::await_suspend(std::coroutine_handle<>) {
    question_ = new question{this};
    ares_addrinfo_hints hints{};
    hints.ai_family = AF_UNSPEC;
    hints.ai_socktype = SOCK_STREAM;  // else each address comes once for every kind of socket
    ares_getaddrinfo(owner_.channel(), name_.c_str(), nullptr, &hints, answered, question_);
    suspended_ = true;
    if (!answered_) {
        owner_.schedule();
    }
    return !answered_;
}

void lookup_leaf::answered(void* asked, int status, int, ares_addrinfo* found) {
    const std::unique_ptr<question> mine(static_cast<question*>(asked));
    if (lookup_leaf* leaf = mine->leaf) {
        leaf->answer_.status = status;
        for (auto* node = found != nullptr ? found->nodes : nullptr; node != nullptr;
             node = node->ai_next) {
            io::endpoint e;
            if (node->ai_addrlen <= sizeof e.bytes) {
                __builtin_memcpy(e.bytes, node->ai_addr, node->ai_addrlen);
                e.size = node->ai_addrlen;
            }
            if (const auto address = socket_address::from(e)) {
                leaf->answer_.addresses.push_back(address->ip());
            }
        }
        leaf->answered_ = true;
        if (leaf->suspended_) {
            leaf->complete();
        }
    }
    if (found != nullptr) {
        ares_freeaddrinfo(found);
    }
}

ares_resolver::ares_resolver(event_loop& loop, const std::string& servers) : loop_(loop) {
    set_up_library();
    ares_options options{};
    options.sock_state_cb = socket_state;
    options.sock_state_cb_data = this;
    int result = ares_init_options(&channel_, &options, ARES_OPT_SOCK_STATE_CB);
    if (result == ARES_SUCCESS && !servers.empty()) {
        result = ares_set_servers_ports_csv(channel_, servers.c_str());
    }
    if (result != ARES_SUCCESS) {
        throw error(std::string("c-ares: ") + ares_strerror(result));
    }
}

ares_resolver::~ares_resolver() {
    closing_ = true;
    disarm_timer();
    ares_destroy(channel_);  // answers what is open, and lets go of the sockets
}

void ares_resolver::socket_state(void* self, ares_socket_t descriptor, int readable, int writable) {
    auto& mine = *static_cast<ares_resolver*>(self);
    if (readable != 0 || writable != 0) {
        mine.watch(descriptor, readable != 0, writable != 0);
    } else {
        mine.forget(descriptor);
    }
}

void ares_resolver::watch(ares_socket_t descriptor, bool readable, bool writable) {
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
void ares_resolver::forget(ares_socket_t descriptor) noexcept {
    const auto found = sockets_.find(descriptor);
    if (found == sockets_.end()) {
        return;
    }
    found->second.readable.wanted = found->second.writable.wanted = false;
    loop_.backend().release(found->second.channel);
    sockets_.erase(found);
}

void ares_resolver::schedule() noexcept {
    if (!scheduled_ && !closing_) {
        scheduled_ = true;
        loop_.push_ready(*this);
    }
}

void ares_resolver::run() noexcept {
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

void ares_resolver::submit_wanted() noexcept {
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

void ares_resolver::arm_timer() noexcept {
    disarm_timer();
    timeval left{};
    if (ares_timeout(channel_, nullptr, &left) == nullptr) {
        return;  // no question is open
    }
    const auto delay = duration::nanoseconds(left.tv_sec * 1'000'000'000 + left.tv_usec * 1000);
    loop_.timers().add(*this, loop_.time() + delay);
}

void ares_resolver::disarm_timer() noexcept {
    if (armed()) {
        loop_.timers().remove(*this);
    }
}

coro<std::vector<ip_address>> ares_resolver::lookup(std::string name) {
    answer found = co_await lookup_leaf(*this, name);
    if (found.status != ARES_SUCCESS) {
        throw resolve_error(name, ares_strerror(found.status));
    }
    if (found.addresses.empty()) {
        throw resolve_error(name, ares_strerror(ARES_ENODATA));
    }
    co_return std::move(found.addresses);
}

}  // namespace

}  // namespace detail

std::unique_ptr<resolver> make_resolver(event_loop& loop, const std::string& servers) {
    return std::make_unique<detail::ares_resolver>(loop, servers);
}

}  // namespace nurt
