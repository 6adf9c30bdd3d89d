// SPDX-License-Identifier: MIT
// tests/faults/kernel_children.cpp: the calls about children.
#include "tests/faults/through.hpp"

#include <spawn.h>
#include <sys/wait.h>

using nurt_test::call;
using nurt_test::refusal;

extern "C" {

NURT_THROUGH(waitid, int, waitid, (idtype_t a, id_t b, siginfo_t* c, int d), (a, b, c, d))

// These give the error instead of setting errno.
#define NURT_GIVING(which, function, parameters, arguments)      \
    int __real_##function parameters;                            \
    int __wrap_##function parameters;                            \
    int __wrap_##function parameters {                           \
        const int error = refusal(call::which);                  \
        return error != 0 ? error : __real_##function arguments; \
    }

NURT_GIVING(spawn, posix_spawn,
            (pid_t * a, const char* b, const posix_spawn_file_actions_t* c,
             const posix_spawnattr_t* d, char* const* e, char* const* f),
            (a, b, c, d, e, f))
NURT_GIVING(spawn, posix_spawnp,
            (pid_t * a, const char* b, const posix_spawn_file_actions_t* c,
             const posix_spawnattr_t* d, char* const* e, char* const* f),
            (a, b, c, d, e, f))
NURT_GIVING(spawn_actions, posix_spawn_file_actions_adddup2,
            (posix_spawn_file_actions_t * a, int b, int c), (a, b, c))
NURT_GIVING(spawn_actions, posix_spawn_file_actions_addclose,
            (posix_spawn_file_actions_t * a, int b), (a, b))
NURT_GIVING(spawn_actions, posix_spawn_file_actions_addclosefrom_np,
            (posix_spawn_file_actions_t * a, int b), (a, b))
NURT_GIVING(spawn_actions, posix_spawn_file_actions_addchdir_np,
            (posix_spawn_file_actions_t * a, const char* b), (a, b))

}  // extern "C"
