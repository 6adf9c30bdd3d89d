// SPDX-License-Identifier: MIT
// nurt/sim/detail/sim_unix.cpp: Unix sockets of the simulated machine.
//
// All of a simulation is on one machine for them: they connect at once or not at all, and latency is
// for the network only. Paths are names in the simulation, in no directory, and nothing of them is on
// the disk.
#include "nurt/sim/detail/sim_backend.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string>
#include <utility>

namespace nurt::sim::detail {

namespace {

// As the kernel chooses one for who binds to none: five digits.
unix_address chosen_name(unsigned number) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string name(6, '@');
    for (std::size_t i = name.size() - 1; i > 0; --i, number /= 16) {
        name[i] = digits[number % 16];
    }
    return unix_address(name);
}

}  // namespace

io::channel& sim_backend::listen(unix_address name, const io::listen_options& options,
                                 std::string_view attempt) {
    const bool chosen = name.is_unnamed();
    while (chosen && (name.is_unnamed() || names_.contains(name))) {
        name = chosen_name(++next_name_);
    }
    if (name.is_abstract() && names_.contains(name)) {
        throw os_error(EADDRINUSE, attempt);
    }
    socket& s = make_socket(attempt);
    s.adopted = s.listening = true;
    s.removes_file = options.remove_file;
    s.backlog = static_cast<std::size_t>(std::max(options.backlog, 1));
    names_[name] = &s;  // a socket that is at the path already is replaced: see listen_unix
    s.name = std::move(name);
    return s;
}

bool sim_backend::connect(socket& s, const unix_address& to, operation& op) {
    const auto found = names_.find(to);
    if (found == names_.end()) {
        op.result = to.is_path() ? -ENOENT : -ECONNREFUSED;
        return true;
    }
    if (found->second == nullptr) {
        op.result = -ECONNREFUSED;
        return true;
    }
    socket& listener = *found->second;
    if (listener.arrived.size() >= listener.backlog) {
        op.result = -EAGAIN;  // nothing tells when there is room: who connects asks again
        return true;
    }
    s.link = std::make_shared<connection>();
    s.link->on_one_machine = true;
    s.link->ends[0].owner = &s;
    s.link->ends[0].name = s.name;
    s.link->ends[1].name = to;
    s.connected = true;
    listener.arrived.push_back(s.link);
    touch(&listener);
    op.result = 0;
    return true;
}

// Of a listener that closes. Whoever has taken the path meanwhile keeps it.
void sim_backend::give_up_name(const socket& s) noexcept {
    if (!s.listening || !s.name) {
        return;
    }
    const auto found = names_.find(*s.name);
    if (found == names_.end() || found->second != &s) {
        return;
    }
    if (s.name->is_abstract() || s.removes_file) {
        names_.erase(found);
    } else {
        found->second = nullptr;
    }
}

}  // namespace nurt::sim::detail
