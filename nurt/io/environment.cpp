// SPDX-License-Identifier: MIT
#include "nurt/io/environment.hpp"

#include <cstring>

#include <stdlib.h>

namespace nurt::io {

const char* environment(const char* name) noexcept {
    return ::secure_getenv(name);
}

bool environment_says(const char* name) noexcept {
    const char* value = environment(name);
    return value != nullptr && *value != '\0' && std::strcmp(value, "0") != 0;
}

}  // namespace nurt::io
