// SPDX-License-Identifier: MIT
// nurt/base/cancelled.hpp: the exception that ends cancelled work.
#pragma once

#include "nurt/base/shared_text.hpp"

namespace nurt {

// Thrown at an await of a task that was asked to stop. Let it pass, or clean up and rethrow it.
//
// It does not derive from std::exception, so catch (const std::exception&) leaves it alone; a
// catch (...) has to end in throw. message() is what was given to cancel(), or "".
// Python: asyncio.CancelledError.
class cancelled_error {
public:
    cancelled_error() = default;
    explicit cancelled_error(shared_text message) noexcept
        : message_(static_cast<shared_text&&>(message)) {}
    // For the runtime: debug mode knows by the token whether a copy is left.
    cancelled_error(shared_text message, shared_text token) noexcept
        : message_(static_cast<shared_text&&>(message)),
          token_(static_cast<shared_text&&>(token)) {}

    const char* message() const noexcept { return message_.c_str(); }
    const shared_text& text() const noexcept { return message_; }

private:
    shared_text message_;
    shared_text token_;
};

}  // namespace nurt
