// SPDX-License-Identifier: MIT
// nurt/files/paths.hpp: names of files are made, changed and taken away.
//
// Paths are bytes, as the kernel has them; a zero byte among them is std::invalid_argument. Errors are
// os_error: "rename a to b: No such file or directory". Cancelled while the kernel is at it, a call
// has either happened, and then it returns and the next await is cancelled, or not.
#pragma once

#include <cstdint>
#include <string>

#include "nurt/core/coro.hpp"

namespace nurt::files {

// What was called `to` is replaced, at once and for all to see. Python: os.rename.
coro<void> rename(std::string from, std::string to);
// A file or symbolic link. Python: os.remove.
coro<void> remove(std::string path);
// The permissions are cut by the process's umask. Python: os.mkdir, os.makedirs(exist_ok=True).
coro<void> mkdir(std::string path, std::uint32_t permissions = 0777);
coro<void> makedirs(std::string path);
// An empty directory; with everything in it. Python: os.rmdir, shutil.rmtree.
coro<void> rmdir(std::string path);
coro<void> rmtree(std::string path);
// path becomes a symbolic link to target, a second name for target. Python: os.symlink, os.link.
coro<void> symlink(std::string target, std::string path);
coro<void> link(std::string target, std::string path);
// Python: os.readlink.
coro<std::string> readlink(std::string path);
// From the root, without symbolic links, "." and "..". What does not exist is left as it is.
// Python: os.path.realpath.
coro<std::string> realpath(std::string path);
// The content and the permissions, but for the bits of set-user-id and the like; what was at `to` is
// overwritten, and into a directory it goes by its name. Gives the bytes that were copied, by the kernel if it can. Cancelled, it leaves a part.
// Python: shutil.copy.
coro<std::uint64_t> copy(std::string from, std::string to);

}  // namespace nurt::files
