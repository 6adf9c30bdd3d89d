// SPDX-License-Identifier: MIT
// nurt/process/detail/starter.hpp: what a child is started from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "nurt/process/process.hpp"

namespace nurt::detail {

// An open descriptor that is closed at the end.
class owned_descriptor {
public:
    owned_descriptor() = default;
    explicit owned_descriptor(int descriptor) noexcept : descriptor_(descriptor) {}
    owned_descriptor(owned_descriptor&& other) noexcept
        : descriptor_(std::exchange(other.descriptor_, -1)) {}
    owned_descriptor& operator=(owned_descriptor&& other) noexcept {
        std::swap(descriptor_, other.descriptor_);
        return *this;
    }
    ~owned_descriptor();

    int get() const noexcept { return descriptor_; }
    int release() noexcept { return std::exchange(descriptor_, -1); }

private:
    int descriptor_ = -1;
};

// Copies what the caller has said, so that it may go before the coroutine begins.
class starter {
public:
    starter(std::string_view program, const std::vector<std::string>& args,
            const process_options& options);
    starter(starter&&) noexcept = default;

    // Starts it; once.
    process start();

private:
    // One standard stream of the child: what it becomes there, and our end if it is a pipe.
    struct end {
        int source = -1;  // a descriptor of ours; -1: inherited
        owned_descriptor theirs;
        owned_descriptor ours;
    };

    void prepare(int number, const redirection& to);
    void use_descriptor(int number, int descriptor);
    void use_pipe(int number);
    int spawn();
    [[noreturn]] void fail(int error) const;
    void check_passed() const;
    std::string attempt() const {
        return "spawn " + (words_.front().empty() ? "''" : words_.front());
    }
    std::optional<stream> connect(int number, int pid);

    std::vector<std::string> words_;  // the program and its arguments
    std::string cwd_;
    std::optional<std::vector<std::string>> environment_;
    std::vector<int> pass_fds_;
    process_options options_;  // what it refers to is copied above
    end ends_[3];
};

}  // namespace nurt::detail
