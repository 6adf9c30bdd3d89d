// SPDX-License-Identifier: MIT
// nurt/stream/pipe.cpp: see the header.
#include "nurt/stream/pipe.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

#include <cerrno>
#include <memory>

#include <fcntl.h>
#include <unistd.h>

namespace nurt {

namespace {

class pipe_end final : public byte_stream {
public:
    pipe_end(io::backend& io, io::opcode way, std::string name) noexcept
        : io_(io), way_(way), name_(std::move(name)) {}
    ~pipe_end() override { close(io::closing::flush); }

    void open(io::channel& c) noexcept { channel_ = &c; }

    bool try_now(io::operation& op) noexcept override {
        op.target = channel_;
        if (op.code == way_ && channel_ != nullptr) [[likely]] {
            return io_.try_now(op);
        }
        op.result =
            op.code == way_ ? -EPIPE : -EBADF;  // closed by shutdown_write(), or the other way
        return true;
    }
    void submit(io::operation& op) noexcept override {
        op.target = channel_;
        io_.submit(op);
    }
    bool cancel(io::operation& op) noexcept override { return io_.cancel(op); }
    int shutdown_write() noexcept override {
        if (way_ != io::opcode::send) {
            return -EBADF;
        }
        close(io::closing::flush);
        return 0;
    }
    void close(io::closing how) noexcept override {
        if (channel_ != nullptr) {
            io_.close(*std::exchange(channel_, nullptr), how);
        }
    }
    std::string peer_name() const override { return name_; }

private:
    io::backend& io_;
    io::channel* channel_ = nullptr;
    io::opcode way_;
    std::string name_;
};

stream connect_end(int descriptor, io::opcode way, std::string name,
                   read_pipe_options options = {}) {
    io::backend& io = event_loop::running().backend();
    // The descriptor comes last: once it has an owner nothing may fail.
    auto bytes = std::make_unique<pipe_end>(io, way, std::move(name));
    pipe_end& end = *bytes;
    stream made(std::move(bytes));
    // Fails for what is no descriptor of this process, in a simulation for all: the backend decides.
    const int flags = ::fcntl(descriptor, F_GETFL);
    io::channel& c = io.adopt(descriptor);
    if (flags >= 0 && (flags & O_NONBLOCK) == 0) {
        ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK);
    }
    if (options.read_ahead) {
        io.receive_ahead(c);
    }
    end.open(c);
    return made;
}

}  // namespace

stream connect_read_pipe(int descriptor, std::string name, read_pipe_options options) {
    return connect_end(descriptor, io::opcode::receive, std::move(name), options);
}

stream connect_write_pipe(int descriptor, std::string name) {
    return connect_end(descriptor, io::opcode::send, std::move(name));
}

std::pair<stream, stream> open_pipe() {
    event_loop::running();
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
        throw os_error(errno, "pipe");
    }
    stream reading;
    try {
        reading = connect_read_pipe(ends[0], "a pipe", {.read_ahead = true});
    } catch (...) {
        ::close(ends[0]);
        ::close(ends[1]);
        throw;
    }
    try {
        return {std::move(reading), connect_write_pipe(ends[1])};
    } catch (...) {
        ::close(ends[1]);
        throw;
    }
}

}  // namespace nurt
