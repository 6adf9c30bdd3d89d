// SPDX-License-Identifier: MIT
// nurt/io/interrupt.hpp: Ctrl-C.
#pragma once

namespace nurt::io {

// While it lives, the first SIGINT calls notify(argument) inside the signal handler, where only
// lock-free work and wake() are allowed. A second SIGINT, or 2 seconds without handled(), restores
// the default action and raises the signal again, so that a program that hangs can still be
// stopped. Takes effect only on the main thread and only over the default action, as Python's; one
// at a time.
class interrupt_watch {
public:
    interrupt_watch(void (*notify)(void*) noexcept, void* argument);
    interrupt_watch(const interrupt_watch&) = delete;
    interrupt_watch& operator=(const interrupt_watch&) = delete;
    ~interrupt_watch();

    bool installed() const noexcept { return installed_; }
    // The program has reacted.
    void handled() noexcept;

private:
    bool installed_ = false;
};

}  // namespace nurt::io
