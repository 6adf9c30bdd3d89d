// SPDX-License-Identifier: MIT
// nurt/tls/detail/openssl.cpp: see the header.
#include "nurt/tls/detail/openssl.hpp"

#include <new>

#include <openssl/err.h>

namespace nurt::tls::detail {

std::string take_error_text() {
    const unsigned long code = ERR_peek_last_error();
    const char* reason = code == 0 ? nullptr : ERR_reason_error_string(code);
    std::string text = reason != nullptr ? reason : "unknown error";
    ERR_clear_error();
    return text;
}

void* not_null(void* object) {
    if (object == nullptr) {
        ERR_clear_error();
        throw std::bad_alloc();
    }
    return object;
}

}  // namespace nurt::tls::detail
