// SPDX-License-Identifier: MIT
#include "nurt/core/detail/late_error.hpp"

#include <new>
#include <stdexcept>
#include <system_error>
#include <typeinfo>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/exception_group.hpp"

namespace nurt::detail {

namespace {

// An exception_ptr to the error with the exception that is being handled nested in it.
template <class E>
std::exception_ptr nested(const E& error) {
    try {
        std::throw_with_nested(error);
    } catch (...) {  // it is only made here
        return std::current_exception();
    }
}

template <class E>
bool chain(const std::exception_ptr& error, std::exception_ptr& out) {
    if (*error.__cxa_exception_type() != typeid(E)) {
        return false;
    }
    try {
        std::rethrow_exception(error);
    } catch (const E& known) {
        try {
            throw timeout_error();
        } catch (const timeout_error&) {
            out = nested(known);
        }
    }
    return true;
}

template <class... E>
bool chain_known(const std::exception_ptr& error, std::exception_ptr& out) {
    return (chain<E>(error, out) || ...);
}

std::exception_ptr chained(const std::exception_ptr& error) {
    std::exception_ptr out = error;
    static_cast<void>(
        chain_known<std::runtime_error, std::logic_error, std::invalid_argument, std::out_of_range,
                    std::length_error, std::domain_error, std::range_error, std::overflow_error,
                    std::underflow_error, std::system_error, std::bad_alloc, nurt::error, os_error,
                    timeout_error, invalid_state_error, usage_error>(error, out));
    return out;
}

std::exception_ptr chained_group(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const exception_group& group) {
        std::vector<std::exception_ptr> errors;
        for (const std::exception_ptr& one : group.errors()) {
            errors.push_back(chained(one));
        }
        return std::make_exception_ptr(exception_group(group.message(), std::move(errors)));
    }
}

}  // namespace

std::exception_ptr after_timeout(const std::exception_ptr& error) noexcept {
    try {
        return *error.__cxa_exception_type() == typeid(exception_group) ? chained_group(error)
                                                                        : chained(error);
    } catch (...) {  // no memory for the chain: the error itself is what counts
        return error;
    }
}

}  // namespace nurt::detail
