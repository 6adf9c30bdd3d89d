// SPDX-License-Identifier: MIT
// nurt/io/detail/signal_action.hpp: the end of a signal handler that somebody else may have replaced.
#pragma once

namespace nurt::io::detail {

// The default action takes the place of this handler, wherever it is: in force, or what comes back
// when nobody listens for the signal any more. Another one stays.
void remove_action(int signal, void (*handler)(int)) noexcept;

}  // namespace nurt::io::detail
