// SPDX-License-Identifier: MIT
// nurt/io/standard_descriptors.hpp: the numbers 0, 1 and 2 are not for sockets.
#pragma once

namespace nurt::io {

// A program may be started with one of its standard streams closed. The kernel would give that number to
// the next descriptor that is opened, and whatever prints would write into a connection. So what is
// closed is taken by something that can be neither read nor written (EBADF, as if it were closed) and
// that children do not inherit. Called before a loop opens its first descriptor.
void keep_standard_descriptors() noexcept;

}  // namespace nurt::io
