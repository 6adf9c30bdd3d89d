// SPDX-License-Identifier: MIT
// nurt/files/standard_streams.cpp: see the header.
#include "nurt/files/standard_streams.hpp"

#include "nurt/base/error.hpp"
#include "nurt/files/detail/descriptor_stream.hpp"
#include "nurt/loop/event_loop.hpp"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <unistd.h>

namespace nurt::files {

namespace {

int duplicate(int descriptor) noexcept {
    return ::fcntl(descriptor, F_DUPFD_CLOEXEC, 3);
}

// Opened once more, a terminal or pipe does not block for us and still does for others. Not everything
// can be (a socket, another user's terminal); then it is shared, and blocks.
int open_again(int descriptor, int access) noexcept {
    const std::string path = "/proc/self/fd/" + std::to_string(descriptor);
    const int again = ::open(path.c_str(), access | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
    return again >= 0 ? again : duplicate(descriptor);
}

stream standard(int descriptor, int access, const char* name) {
    event_loop::running();
    const int error = ::lseek(descriptor, 0, SEEK_CUR) >= 0 ? 0 : errno;
    const bool has_position = error != ESPIPE;
    int own = -1;
    if (error != EBADF) {  // also what keep_standard_descriptors() has put there
        own = has_position ? duplicate(descriptor) : open_again(descriptor, access);
    }
    if (own < 0) {
        throw os_error(errno, std::string("open ") + name);
    }
    try {
        return has_position ? detail::stream_of_file(own, name) : detail::stream_of_pipe(own, name);
    } catch (...) {
        ::close(own);
        throw;
    }
}

}  // namespace

stream standard_input() {
    return standard(STDIN_FILENO, O_RDONLY, "standard input");
}

stream standard_output() {
    return standard(STDOUT_FILENO, O_WRONLY, "standard output");
}

stream standard_error() {
    return standard(STDERR_FILENO, O_WRONLY, "standard error");
}

}  // namespace nurt::files
