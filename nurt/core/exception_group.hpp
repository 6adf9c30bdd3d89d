// SPDX-License-Identifier: MIT
// nurt/core/exception_group.hpp: several errors at once.
#pragma once

#include <cstddef>
#include <exception>
#include <string>
#include <vector>

#include "nurt/base/error.hpp"

namespace nurt {

// What a task_group throws when tasks in it failed. what() names every error.
// Python: ExceptionGroup.
class exception_group : public error {
public:
    exception_group(const std::string& message, std::vector<std::exception_ptr> errors);

    // At least one, in the order in which they arrived; groups may be nested.
    const std::vector<std::exception_ptr>& errors() const noexcept { return errors_; }

private:
    std::vector<std::exception_ptr> errors_;
};

}  // namespace nurt
