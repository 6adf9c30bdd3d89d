// SPDX-License-Identifier: MIT
#include "nurt/base/error.hpp"

#include "nurt/base/cancelled.hpp"

namespace nurt {

namespace {

std::string text(const std::error_code& code, std::string_view attempt) {
    std::string out(attempt);
    out += ": ";
    out += code.message();
    return out;
}

}  // namespace

os_error::os_error(int code, std::string_view attempt)
    : os_error(std::error_code(code, std::generic_category()), attempt) {}

os_error::os_error(std::error_code code, std::string_view attempt)
    : error(text(code, attempt)), code_(code) {}

std::string describe(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const std::exception& e) {
        return e.what();
    } catch (const cancelled_error& e) {
        return std::string("cancelled_error ") + e.message();
    } catch (...) {
        return "an exception that is not a std::exception";
    }
}

}  // namespace nurt
