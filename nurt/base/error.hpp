// SPDX-License-Identifier: MIT
// nurt/base/error.hpp: the family of errors.
//
// Messages say what was tried, on what and why it failed. Cancellation is not in this family: see
// nurt/base/cancelled.hpp.
#pragma once

#include <exception>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>

namespace nurt {

// The base of everything the library throws on account of the world or of misuse.
class error : public std::runtime_error {
public:
    using std::runtime_error::runtime_error;
};

// A system call or a network operation failed.
// what() reads "connect 10.0.0.1:80: Connection refused".
class os_error : public error {
public:
    // code: an errno value; attempt: the operation and what it was done to.
    os_error(int code, std::string_view attempt);
    os_error(std::error_code code, std::string_view attempt);

    const std::error_code& code() const noexcept { return code_; }
    int number() const noexcept { return code_.value(); }  // the errno value

protected:
    // For an error that knows more than its code does: what() is the message as it is.
    struct whole_message {};
    os_error(std::error_code code, const std::string& message, whole_message)
        : error(message), code_(code) {}

private:
    std::error_code code_;
};

// What an exception says of itself; also for one that is not a std::exception.
std::string describe(const std::exception_ptr& error);

// Time ran out. Python: TimeoutError.
class timeout_error : public error {
public:
    explicit timeout_error(const std::string& what = "timed out") : error(what) {}
};

// The state of an object does not allow this: a result that is not there yet, or set twice.
// Python: asyncio.InvalidStateError.
class invalid_state_error : public error {
public:
    using error::error;
};

// Misuse that asyncio reports as RuntimeError: a closed loop, an object of another loop, a lock
// released by nobody.
class usage_error : public error {
public:
    using error::error;
};

// Ctrl-C ended the program's main task. Python: KeyboardInterrupt.
// Not a std::exception, so that catch (const std::exception&) lets it pass.
class keyboard_interrupt {};

}  // namespace nurt
