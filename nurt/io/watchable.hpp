// SPDX-License-Identifier: MIT
// nurt/io/watchable.hpp: whether a descriptor is of a kind that can be waited for.
#pragma once

namespace nurt::io {

// 0; EBADF when it is not open; EPERM for files and folders, which are always ready and so would make
// a loop spin.
int refusal_to_watch(int descriptor) noexcept;

}  // namespace nurt::io
