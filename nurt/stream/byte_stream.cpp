// SPDX-License-Identifier: MIT
// nurt/stream/byte_stream.cpp: see the header.
#include "nurt/stream/byte_stream.hpp"

#include "nurt/base/error.hpp"

namespace nurt {

std::exception_ptr byte_stream::failure(int error, const char* attempt) const {
    return std::make_exception_ptr(os_error(error, std::string(attempt) + ' ' + peer_name()));
}

}  // namespace nurt
