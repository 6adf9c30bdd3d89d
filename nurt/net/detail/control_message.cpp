// SPDX-License-Identifier: MIT
// nurt/net/detail/control_message.cpp: see the header.
#include "nurt/net/detail/control_message.hpp"

#include "nurt/base/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <memory>

#include <sys/socket.h>

namespace nurt::detail {

namespace {

// Memory for a message's descriptors, and for credentials, as the kernel wants it.
class control {
public:
    explicit control(std::size_t descriptors, std::size_t other = 0)
        : size_(CMSG_SPACE(descriptors * sizeof(int)) + other),
          memory_(std::make_unique<std::max_align_t[]>(size_ / sizeof(std::max_align_t) + 1)) {}

    void attach_to(msghdr& header) const noexcept {
        header.msg_control = memory_.get();
        header.msg_controllen = size_;
    }
    std::size_t size() const noexcept { return size_; }

private:
    std::size_t size_;
    std::unique_ptr<std::max_align_t[]> memory_;
};

void take_descriptors(const cmsghdr& c, received_message& result) {
    const std::size_t n = (c.cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < n; ++i) {
        int number = -1;
        std::memcpy(&number, CMSG_DATA(&c) + i * sizeof number, sizeof number);
        result.descriptors.emplace_back(number);
    }
}

void take_out(msghdr& header, received_message& result) {
    for (cmsghdr* c = CMSG_FIRSTHDR(&header); c != nullptr; c = CMSG_NXTHDR(&header, c)) {
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS) {
            take_descriptors(*c, result);
        } else if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_CREDENTIALS) {
            ucred who{};
            std::memcpy(&who, CMSG_DATA(c), sizeof who);
            result.credentials = {.pid = who.pid, .uid = who.uid, .gid = who.gid};
        }
    }
}

}  // namespace

void check_descriptors(int socket, std::size_t count) {
    sockaddr_storage own{};
    socklen_t size = sizeof own;
    const bool known = ::getsockname(socket, reinterpret_cast<sockaddr*>(&own), &size) == 0;
    if (known && own.ss_family != AF_UNIX) {
        throw usage_error("only Unix sockets carry descriptors");
    }
    if (count > most_descriptors) {
        throw usage_error("at most 253 descriptors are sent at once");
    }
}

std::int64_t send_message(int socket, std::span<const int> descriptors, std::string_view data,
                          const io::endpoint& to) noexcept {
    iovec vector{.iov_base = const_cast<char*>(data.data()), .iov_len = data.size()};
    msghdr header{};
    header.msg_iov = &vector;
    header.msg_iovlen = 1;
    if (to.size != 0) {
        header.msg_name = const_cast<unsigned char*>(to.bytes);
        header.msg_namelen = to.size;
    }
    alignas(cmsghdr) char memory[CMSG_SPACE(most_descriptors * sizeof(int))];
    if (!descriptors.empty()) {
        std::memset(memory, 0, CMSG_SPACE(descriptors.size_bytes()));
        header.msg_control = memory;
        header.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
        cmsghdr* first = CMSG_FIRSTHDR(&header);
        first->cmsg_level = SOL_SOCKET;
        first->cmsg_type = SCM_RIGHTS;
        first->cmsg_len = CMSG_LEN(descriptors.size_bytes());
        std::memcpy(CMSG_DATA(first), descriptors.data(), descriptors.size_bytes());
    }
    for (;;) {
        const auto sent = ::sendmsg(socket, &header, MSG_DONTWAIT | MSG_NOSIGNAL);
        if (sent >= 0 || errno != EINTR) {
            return sent >= 0 ? sent : -errno;
        }
    }
}

std::int64_t receive_message(int socket, std::span<char> to, std::size_t most,
                             received_message& result) {
    most = std::min(most, most_descriptors);
    const control memory(most, CMSG_SPACE(sizeof(ucred)));
    // What fits into the space is given, even if it is more than was asked for.
    result.descriptors.reserve(memory.size() / sizeof(int));
    for (;;) {
        iovec vector{.iov_base = to.data(), .iov_len = to.size()};
        msghdr header{};
        header.msg_iov = &vector;
        header.msg_iovlen = 1;
        header.msg_name = result.sender.bytes;
        header.msg_namelen = sizeof result.sender.bytes;
        memory.attach_to(header);
        const auto got = ::recvmsg(socket, &header, MSG_DONTWAIT | MSG_CMSG_CLOEXEC);
        if (got >= 0) {
            take_out(header, result);
            result.sender.size = header.msg_namelen;
            result.data_truncated = (header.msg_flags & MSG_TRUNC) != 0;
            result.descriptors_truncated =
                (header.msg_flags & MSG_CTRUNC) != 0 || result.descriptors.size() > most;
            if (result.descriptors_truncated) {
                result.descriptors.clear();
            }
            return got;
        }
        if (errno != EINTR) {
            return -errno;
        }
    }
}

}  // namespace nurt::detail
