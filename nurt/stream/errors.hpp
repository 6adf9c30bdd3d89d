// SPDX-License-Identifier: MIT
// nurt/stream/errors.hpp: how reading a stream can fail, besides os_error.
#pragma once

#include <cstddef>
#include <string>

#include "nurt/base/error.hpp"

namespace nurt {

// The stream ended before what was asked for. Python: asyncio.IncompleteReadError.
class incomplete_read_error : public error {
public:
    // expected: bytes, or 0 when a separator was waited for.
    incomplete_read_error(std::string partial, std::size_t expected);

    const std::string& partial() const noexcept { return partial_; }  // what there was
    std::size_t expected() const noexcept { return expected_; }

private:
    std::string partial_;
    std::size_t expected_;
};

// The separator did not come within the stream's limit. Python: asyncio.LimitOverrunError.
class limit_overrun_error : public error {
public:
    limit_overrun_error(const std::string& message, std::size_t consumed);

    // Bytes in front of the separator, or of where it could still begin.
    std::size_t consumed() const noexcept { return consumed_; }

private:
    std::size_t consumed_;
};

}  // namespace nurt
