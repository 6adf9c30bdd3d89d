// SPDX-License-Identifier: MIT
// nurt/files/detail/descriptor_stream.cpp: see the header.
#include "nurt/files/detail/descriptor_stream.hpp"

#include "nurt/base/error.hpp"
#include "nurt/files/detail/file_state.hpp"
#include "nurt/files/detail/file_work.hpp"
#include "nurt/io/machine.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <memory>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

namespace nurt::files::detail {

namespace {

std::int64_t write_quietly(int descriptor, const void* data, std::size_t size) noexcept {
    io::pipe_signal_held held;
    const auto taken = ::write(descriptor, data, size);
    const std::int64_t result = taken < 0 ? -errno : taken;
    if (result == -EPIPE) {
        held.take();
    }
    return result;
}

// Says whether a call would wait, for an open file that blocks: 0 that it would not, -EAGAIN that it
// would, or another error. Also poll is interrupted, even though it does not wait.
int wait_needed(int descriptor, short events) noexcept {
    pollfd asked{descriptor, events, 0};
    for (;;) {
        const int ready = ::poll(&asked, 1, 0);
        if (ready >= 0 || errno != EINTR) {
            return ready > 0 ? 0 : ready == 0 ? -EAGAIN : -errno;
        }
    }
}

// Between the poll and the call another program may take what was there; then the call waits for more.
// No kernel offers better for an open file that blocks and is no socket.
class pipe_bytes final : public byte_stream {
public:
    pipe_bytes(io::backend& io, std::string name) noexcept : io_(io), name_(std::move(name)) {}
    ~pipe_bytes() override { close(io::closing::flush); }
    // Takes it over, unless it throws.
    void open(int descriptor) {
        blocks_ = (::fcntl(descriptor, F_GETFL) & O_NONBLOCK) == 0;
        channel_ = &io_.adopt(descriptor);
    }

    bool try_now(io::operation& op) noexcept override {
        if (channel_ == nullptr) {
            op.result = -EPIPE;
            return true;
        }
        return attempt(op);
    }
    void submit(io::operation& op) noexcept override {
        waiter& w = waiter_of(op);
        op.in_flight = true;
        w.outer = &op;
        w.cancel_asked = false;
        w.target = channel_;
        io_.submit(w);
    }
    bool cancel(io::operation& op) noexcept override {
        waiter& w = waiter_of(op);
        w.cancel_asked = !io_.cancel(w);
        op.in_flight = w.cancel_asked;
        return !w.cancel_asked;
    }
    int shutdown_write() noexcept override {
        close(io::closing::flush);
        return 0;
    }
    // Those who share it go on with it, so there is no other way to close than this one.
    void close(io::closing) noexcept override {
        if (channel_ != nullptr) {
            io_.close(*std::exchange(channel_, nullptr), io::closing::flush);
        }
    }
    std::string peer_name() const override { return name_; }

private:
    struct waiter final : io::operation {
        waiter(pipe_bytes& o, io::opcode what) noexcept : owner(o) { code = what; }
        void complete() noexcept override { owner.woken(*this); }

        pipe_bytes& owner;
        io::operation* outer = nullptr;
        bool cancel_asked = false;
    };

    waiter& waiter_of(const io::operation& op) noexcept {
        return op.code == io::opcode::receive ? reader_ : writer_;
    }

    void woken(waiter& w) noexcept {
        io::operation& op = *w.outer;
        if (w.result < 0) {
            op.result = w.result;
        } else if (!attempt(op)) {
            if (!w.cancel_asked) {
                io_.submit(w);
                return;
            }
            op.result = -ECANCELED;
        }
        op.in_flight = false;
        op.complete();
    }

    bool attempt(io::operation& op) noexcept {
        op.result = op.code == io::opcode::receive ? receive(op) : send(op);
        return op.result != -EAGAIN && op.result != -EINTR;
    }

    std::int64_t receive(const io::operation& op) noexcept {
        const int descriptor = channel_->descriptor();
        if (const int wait = blocks_ ? wait_needed(descriptor, POLLIN) : 0; wait != 0) {
            return wait;
        }
        const auto got = ::read(descriptor, op.data, op.size);
        return got < 0 ? -errno : got;
    }

    std::int64_t send(const io::operation& op) noexcept {
        const int descriptor = channel_->descriptor();
        if (is_socket_) {
            const auto taken = ::send(descriptor, op.data, op.size, MSG_DONTWAIT | MSG_NOSIGNAL);
            if (taken >= 0 || errno != ENOTSOCK) {
                return taken < 0 ? -errno : taken;
            }
            is_socket_ = false;
        }
        if (const int wait = blocks_ ? wait_needed(descriptor, POLLOUT) : 0; wait != 0) {
            return wait;
        }
        // A pipe that is said to be writable takes that much without waiting.
        const std::size_t n = blocks_ ? std::min<std::size_t>(op.size, PIPE_BUF) : op.size;
        return write_quietly(descriptor, op.data, n);
    }

    io::backend& io_;
    io::channel* channel_ = nullptr;
    std::string name_;
    bool blocks_ = true;
    bool is_socket_ = true;  // until a send says that it is none
    waiter reader_{*this, io::opcode::wait_readable};
    waiter writer_{*this, io::opcode::wait_writable};
};

class file_bytes final : public byte_stream {
public:
    explicit file_bytes(std::string name) noexcept : name_(std::move(name)) {}
    ~file_bytes() override { close_descriptor(); }
    void open(int descriptor) noexcept { descriptor_ = descriptor; }

    bool try_now(io::operation& op) noexcept override {
        op.result = -EPIPE;
        return closed_;
    }
    void submit(io::operation& op) noexcept override {
        if (op.code == io::opcode::receive) {
            reader_.begin(op, file_call::read, descriptor_);
        } else {
            writer_.begin(op, file_call::write, descriptor_);
        }
    }
    bool cancel(io::operation& op) noexcept override {
        return op.code == io::opcode::receive ? reader_.stop() : writer_.stop();
    }
    int shutdown_write() noexcept override {
        close(io::closing::flush);
        return 0;
    }
    void close(io::closing) noexcept override {
        closed_ = true;
        if (!reader_.is_busy() && !writer_.is_busy()) {
            close_descriptor();
        }
    }
    std::string peer_name() const override { return name_; }

private:
    class request final : public file_work {
    public:
        void begin(io::operation& op, file_call call, int on) noexcept {
            outer_ = &op;
            op.in_flight = true;
            what = call;
            descriptor = on;
            data = op.data;
            size = op.size;
            offset = -1;
            start_anyway();
        }
        bool stop() noexcept {
            const bool stopped = withdraw();
            if (stopped) {
                std::exchange(outer_, nullptr)->in_flight = false;
            }
            return stopped;
        }
        bool is_busy() const noexcept { return outer_ != nullptr; }

    private:
        void ended() noexcept override {
            io::operation& op = *std::exchange(outer_, nullptr);
            op.result = was_cancelled() ? -ECANCELED : result;
            op.in_flight = false;
            op.complete();
        }

        io::operation* outer_ = nullptr;
    };

    void close_descriptor() noexcept {
        if (descriptor_ >= 0) {
            close_in_background(std::exchange(descriptor_, -1), false);
        }
    }

    int descriptor_ = -1;
    std::string name_;
    bool closed_ = false;
    request reader_;
    request writer_;
};

}  // namespace

// The descriptor comes last: once it has an owner nothing may fail.
stream stream_of_pipe(int descriptor, std::string name) {
    auto bytes = std::make_unique<pipe_bytes>(event_loop::running().backend(), name);
    pipe_bytes& pipe = *bytes;
    stream made(std::move(bytes));
    try {
        pipe.open(descriptor);
    } catch (const os_error&) {  // a simulation knows no descriptors of the machine
        return stream_of_file(descriptor, std::move(name));
    }
    return made;
}

stream stream_of_file(int descriptor, std::string name) {
    auto bytes = std::make_unique<file_bytes>(std::move(name));
    file_bytes& file = *bytes;
    stream made(std::move(bytes));
    file.open(descriptor);
    return made;
}

}  // namespace nurt::files::detail
