// SPDX-License-Identifier: MIT
// nurt/io/descriptor.cpp: see the header.
#include "nurt/io/descriptor.hpp"

#include "nurt/io/detail/kernel_calls.hpp"

namespace nurt::io {

void descriptor::close() noexcept {
    if (number_ >= 0) {
        detail::close(release());
    }
}

}  // namespace nurt::io
