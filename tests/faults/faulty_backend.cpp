// SPDX-License-Identifier: MIT
// tests/faults/faulty_backend.cpp: see the header.
#include "tests/faults/faulty_backend.hpp"

#include "nurt/base/error.hpp"
#include "nurt/files/detail/file_work.hpp"
#include "nurt/net/detail/connect_now.hpp"

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace nurt_test {

namespace {

using namespace nurt::io;
using nurt::instant;

// A writable descriptor that is watched costs one each.
constexpr std::uint64_t most_waits = 2'000'000;

class faulty_backend final : public backend {
public:
    faulty_backend(std::unique_ptr<backend> inner, fault_plan& plan)
        : inner_(std::move(inner)), plan_(plan) {}

    const char* name() const noexcept override { return inner_->name(); }

    channel& adopt(int descriptor) override {
        if (name() != std::string_view("sim")) {  // a descriptor there could not be closed
            fail_call("adopt");
        }
        return opened(inner_->adopt(descriptor));
    }
    channel& open_socket(const endpoint& towards, std::string_view attempt) override {
        fail_call(attempt);
        return opened(inner_->open_socket(towards, attempt));
    }
    channel& listen(const endpoint& at, const listen_options& options,
                    std::string_view attempt) override {
        fail_call(attempt);
        return opened(inner_->listen(at, options, attempt));
    }
    channel& open_datagrams(const endpoint& at, const datagram_options& options,
                            std::string_view attempt) override {
        fail_call(attempt);
        return opened(inner_->open_datagrams(at, options, attempt));
    }
    int receive_datagrams(channel& c, datagram* first, std::size_t count) noexcept override {
        if (hit(harm::delay)) {
            return -EAGAIN;
        }
        const int error = refusal();
        return error != 0 ? -error : inner_->receive_datagrams(c, first, cut(count));
    }
    int send_datagrams(channel& c, const datagram* first, std::size_t count) noexcept override {
        if (hit(harm::delay)) {
            return -EAGAIN;
        }
        const int error = refusal();
        return error != 0 ? -error : inner_->send_datagrams(c, first, cut(count));
    }
    int set_membership(channel& c, bool member, const endpoint& group,
                       unsigned interface) noexcept override {
        const int error = refusal();
        return error != 0 ? -error : inner_->set_membership(c, member, group, interface);
    }
    void receive_on_request(channel& c) noexcept override { inner_->receive_on_request(c); }
    void receive_ahead(channel& c) noexcept override { inner_->receive_ahead(c); }
    int bind(channel& c, const endpoint& from) noexcept override {
        const int error = refusal();
        return error != 0 ? -error : inner_->bind(c, from);
    }
    int shutdown_write(channel& c) noexcept override {
        const int error = refusal();
        return error != 0 ? -error : inner_->shutdown_write(c);
    }
    int set_option(channel& c, socket_option option, int value) noexcept override {
        const int error = refusal();
        return error != 0 ? -error : inner_->set_option(c, option, value);
    }
    endpoint local_address(const channel& c) const noexcept override {
        return inner_->local_address(c);
    }
    endpoint peer_address(const channel& c) const noexcept override {
        return inner_->peer_address(c);
    }

    bool try_now(operation& op) noexcept override;
    void submit(operation& op) noexcept override;
    bool cancel(operation& op) noexcept override;
    void close(channel& c, closing how) noexcept override;
    int release(channel& c, std::string* unread) override;
    bool submit_file(file_request& r) noexcept override;
    bool cancel_file(file_request& r) noexcept override;
    bool close_file(int descriptor) noexcept override {
        return !hit(harm::fail, harm::fail_later) && inner_->close_file(descriptor);
    }
    void hold_input(bool on) noexcept override { inner_->hold_input(on); }
    std::size_t channels() const noexcept override { return inner_->channels(); }
    bool has(int descriptor) const noexcept override { return inner_->has(descriptor); }
    void wait(instant deadline) override;

    int descriptor() const noexcept override { return inner_->descriptor(); }
    instant sleep_begins() noexcept override { return inner_->sleep_begins(); }
    void sleep_ends() noexcept override { inner_->sleep_ends(); }
    void wake() noexcept override { inner_->wake(); }
    void after_fork() noexcept override { inner_->after_fork(); }
    std::size_t in_flight() const noexcept override {
        return inner_->in_flight() + held_.size() + held_files_.size();
    }

private:
    // Whether this is the thing that goes wrong, if it can in one of these ways.
    bool hit(harm one, harm other = harm::none) noexcept {
        if (plan_.how != one && plan_.how != other) {
            return false;
        }
        const bool now = ++plan_.count == plan_.nth;
        plan_.happened = plan_.happened || now;
        return now;
    }
    std::size_t cut(std::size_t count) noexcept {
        return count > 1 && hit(harm::shorten) ? 1 : count;
    }
    int refusal() noexcept { return hit(harm::fail, harm::fail_later) ? plan_.error : 0; }
    void fail_call(std::string_view attempt) {
        if (const int error = refusal(); error != 0) {
            throw nurt::os_error(error, attempt);
        }
    }
    channel& opened(channel& c) noexcept {
        ++plan_.channels;
        return c;
    }
    // Operations that are kept back, to fail or to be submitted.
    struct held_operation {
        operation* op;
        std::int64_t result;
        bool to_submit;
    };
    void hold(operation& op, std::int64_t result, bool to_submit) noexcept {
        op.in_flight = true;
        held_.push_back({&op, result, to_submit});
    }
    struct held_file {
        file_request* request;
        std::int64_t result;
        bool to_submit;
    };
    void hold(file_request& r, std::int64_t result, bool to_submit) noexcept {
        r.in_flight = true;
        held_files_.push_back({&r, result, to_submit});
    }
    bool let_go(const file_request& r) noexcept;
    bool deliver_held_files() noexcept;
    // True: it was kept back, and is no more.
    bool let_go(const operation& op) noexcept;
    void end_held(const channel& c) noexcept;
    bool deliver_held() noexcept;

    std::unique_ptr<backend> inner_;
    fault_plan& plan_;
    std::vector<held_operation> held_;
    std::vector<held_file> held_files_;
    operation* chosen_ = nullptr;   // by try_now, to be kept back by the submit that follows
    operation* counted_ = nullptr;  // by try_now, and not yet submitted
};

bool faulty_backend::try_now(operation& op) noexcept {
    counted_ = nullptr;
    op.joined = false;
    if (hit(harm::fail)) {
        op.result = -plan_.error;
        return true;
    }
    const bool never_waits = dynamic_cast<const nurt::detail::connect_now*>(&op) != nullptr;
    if (!never_waits && hit(harm::fail_later, harm::delay)) {
        chosen_ = &op;
        return false;
    }
    const bool moves = op.code == opcode::receive || op.code == opcode::send;
    const std::size_t size = op.size;
    if (moves && size > 1 && hit(harm::shorten)) {
        op.size = 1;
    }
    const bool now = inner_->try_now(op);
    op.size = size;
    counted_ = now ? nullptr : &op;
    return now;
}

void faulty_backend::submit(operation& op) noexcept {
    const bool known = std::exchange(counted_, nullptr) == &op;
    const bool kept = std::exchange(chosen_, nullptr) == &op;
    if (kept || (!known && hit(harm::fail_later, harm::delay))) {
        hold(op, -plan_.error, plan_.how == harm::delay);
    } else {
        inner_->submit(op);
    }
}

bool faulty_backend::let_go(const operation& op) noexcept {
    const auto here = [&op](const held_operation& h) { return h.op == &op; };
    return std::erase_if(held_, here) != 0;
}

bool faulty_backend::cancel(operation& op) noexcept {
    const bool late = hit(harm::late_cancel);
    if (!let_go(op) && !inner_->cancel(op)) {
        return false;
    }
    op.in_flight = false;
    if (late) {
        hold(op, -ECANCELED, false);
    }
    return !late;
}

void faulty_backend::end_held(const channel& c) noexcept {
    for (const held_operation& h : std::vector<held_operation>(held_)) {
        if (h.op->target == &c && let_go(*h.op)) {
            h.op->in_flight = false;
            h.op->result = -ECANCELED;
            h.op->complete();
        }
    }
}

void faulty_backend::close(channel& c, closing how) noexcept {
    end_held(c);
    --plan_.channels;
    inner_->close(c, how);
}

int faulty_backend::release(channel& c, std::string* unread) {
    end_held(c);
    --plan_.channels;
    return inner_->release(c, unread);
}

// True if something was completed.
bool faulty_backend::deliver_held() noexcept {
    bool any = false;
    for (const held_operation& h : std::exchange(held_, {})) {
        h.op->in_flight = false;
        if (h.to_submit) {
            inner_->submit(*h.op);
        } else {
            h.op->result = h.result;
            h.op->complete();
            any = true;
        }
    }
    return any;
}

// A file that the backend does not want stays with the threads.
bool faulty_backend::submit_file(file_request& r) noexcept {
    if (inner_->name() != std::string_view("io_uring")) {
        return false;
    }
    const bool moves = r.what == file_call::read || r.what == file_call::write;
    if (hit(harm::fail)) {
        return false;  // to a thread
    }
    if (hit(harm::fail_later, harm::delay)) {
        if (r.what == file_call::close && plan_.how == harm::fail_later) {
            nurt::files::detail::perform(r);  // closed it is, whatever is said
        }
        hold(r, -plan_.error, plan_.how == harm::delay);
        return true;
    }
    if (moves && r.size > 1 && hit(harm::shorten)) {
        const std::size_t size = std::exchange(r.size, 1);
        hold(r, nurt::files::detail::perform(r), false);
        r.size = size;
        return true;
    }
    return inner_->submit_file(r);
}

bool faulty_backend::let_go(const file_request& r) noexcept {
    const auto here = [&r](const held_file& h) { return h.request == &r; };
    return std::erase_if(held_files_, here) != 0;
}

bool faulty_backend::cancel_file(file_request& r) noexcept {
    const bool late = hit(harm::late_cancel);
    if (!let_go(r) && !inner_->cancel_file(r)) {
        return false;
    }
    r.in_flight = false;
    if (late) {
        hold(r, -ECANCELED, false);
    }
    return !late;
}

// True if something was completed.
bool faulty_backend::deliver_held_files() noexcept {
    bool any = false;
    for (const held_file& h : std::exchange(held_files_, {})) {
        h.request->in_flight = false;
        if (!h.to_submit || !inner_->submit_file(*h.request)) {
            h.request->result = h.to_submit ? nurt::files::detail::perform(*h.request) : h.result;
            h.request->complete();
            any = true;
        }
    }
    return any;
}

void faulty_backend::wait(instant deadline) {
    if (++plan_.waits > most_waits) {
        throw nurt::usage_error("a loop without an end");
    }
    if (hit(harm::throw_in_wait)) {
        throw nurt::os_error(plan_.error, "wait");
    }
    const bool files = deliver_held_files();
    inner_->wait(deliver_held() || files ? instant() : deadline);
}

}  // namespace

std::unique_ptr<backend> make_faulty_backend(std::unique_ptr<backend> inner, fault_plan& plan) {
    return std::make_unique<faulty_backend>(std::move(inner), plan);
}

}  // namespace nurt_test
