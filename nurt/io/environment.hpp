// SPDX-License-Identifier: MIT
// nurt/io/environment.hpp: the NURT_* variables.
//
// A program that runs with more rights than who started it does not see them.
#pragma once

namespace nurt::io {

// The value, or nullptr when it is not set, or not to be trusted.
const char* environment(const char* name) noexcept;

// True if it is set to something but "" and "0".
bool environment_says(const char* name) noexcept;

}  // namespace nurt::io
