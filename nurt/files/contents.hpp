// SPDX-License-Identifier: MIT
// nurt/files/contents.hpp: whole files, in one call.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "nurt/core/coro.hpp"

namespace nurt::files {

// Text is bytes, as they stand in the file. Python: pathlib.Path.read_text, read_bytes.
coro<std::string> read_text(std::string path);
coro<std::vector<std::byte>> read_bytes(std::string path);

// Makes the file, or replaces what was in it; append_text adds to it. The memory has to stay until the
// end of the await. Who reads meanwhile sees a part: write another file and rename it where that
// matters. Python: pathlib.Path.write_text, write_bytes.
coro<void> write_text(std::string path, std::string_view text);
coro<void> write_bytes(std::string path, std::span<const std::byte> bytes);
coro<void> append_text(std::string path, std::string_view text);

}  // namespace nurt::files
