// SPDX-License-Identifier: MIT
// nurt/io/descriptor.hpp: a descriptor with an owner.
#pragma once

#include <utility>

namespace nurt::io {

// Closes it at the end of its life, unless it was released. Moved, not copied. Closing never blocks,
// but for files on a network.
class descriptor {
public:
    descriptor() = default;  // none
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(descriptor&& other) noexcept : number_(other.release()) {}
    descriptor& operator=(descriptor&& other) noexcept {
        if (this != &other) {
            close();
            number_ = other.release();
        }
        return *this;
    }
    ~descriptor() { close(); }

    int number() const noexcept { return number_; }  // -1: none
    explicit operator bool() const noexcept { return number_ >= 0; }
    // The number, which is the caller's to close from then on.
    int release() noexcept { return std::exchange(number_, -1); }
    void close() noexcept;

private:
    int number_ = -1;
};

}  // namespace nurt::io
