// SPDX-License-Identifier: MIT
// nurt/net/resolver.cpp: see the header.
#include "nurt/net/resolver.hpp"

#include "nurt/loop/event_loop.hpp"

#include <utility>

namespace nurt {

namespace {

// RFC 6761 6.3: these never leave the machine. A final dot means the root.
bool is_localhost(std::string name) {
    if (name.ends_with('.')) {
        name.pop_back();
    }
    for (char& c : name) {
        c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    }
    return name == "localhost" || name.ends_with(".localhost");
}

}  // namespace

resolver& resolver_of(event_loop& loop) {
    auto& service = loop.parts().resolver;
    if (!service) {
        service = make_resolver(loop);
    }
    auto* found = dynamic_cast<resolver*>(service.get());
    if (found == nullptr) {
        throw usage_error("the resolver among the loop's services is not a nurt::resolver");
    }
    return *found;
}

coro<std::vector<ip_address>> resolve(std::string host) {
    if (const auto address = ip_address::parse(host)) {
        co_return std::vector<ip_address>(1, *address);
    }
    if (is_localhost(host)) {
        std::vector<ip_address> both(1, ip_address::loopback_v4());
        both.push_back(ip_address::loopback_v6());
        co_return both;
    }
    if (host.empty() || host.find('\0') != host.npos) {
        throw resolve_error("'" + std::string(host.c_str()) + "'", "not a name");
    }
    co_return co_await resolver_of(event_loop::running()).lookup(std::move(host));
}

}  // namespace nurt
