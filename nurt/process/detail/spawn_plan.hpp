// SPDX-License-Identifier: MIT
// nurt/process/detail/spawn_plan.hpp: posix_spawn with an owner for what it needs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <spawn.h>

namespace nurt::detail {

// The steps are done in the child in this order. Each throws os_error when there is no memory.
class spawn_plan {
public:
    spawn_plan();
    spawn_plan(const spawn_plan&) = delete;
    spawn_plan& operator=(const spawn_plan&) = delete;
    ~spawn_plan();

    // A descriptor of ours becomes the child's of that number.
    void put(int source, int number);
    void change_to(const char* directory);
    // Beside the standard streams.
    void close_all_but(std::vector<int> kept);
    // None is blocked; those that programs ignore for themselves have their default action.
    void reset_signals();
    void lead_session();
    void join_group(int group);

    // The program is the first word, looked for in the PATH of the environment. Null: our
    // environment. 0 or an errno value.
    int run(std::vector<std::string>& words, std::vector<std::string>* environment, int& pid);

private:
    void set_flag(short flag);
    int spawn(const char* path, char** argv, char** envp, int& pid);
    int search(std::string_view directories, char** argv, char** envp, int& pid);

    posix_spawn_file_actions_t actions_;
    posix_spawnattr_t attributes_;
};

}  // namespace nurt::detail
