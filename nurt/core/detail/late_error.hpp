// SPDX-License-Identifier: MIT
// nurt/core/detail/late_error.hpp: an error that tells of the timeout before it.
#pragma once

#include <exception>

namespace nurt::detail {

// The error, of a class derived from its own and from std::nested_exception, where a timeout_error
// is nested; in an exception_group so each of its errors. C++ cannot add to an exception that it
// does not know, so this goes for the library's errors and the standard ones; others come back as
// they are.
std::exception_ptr after_timeout(const std::exception_ptr& error) noexcept;

}  // namespace nurt::detail
