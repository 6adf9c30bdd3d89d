// SPDX-License-Identifier: MIT
// nurt/net/resolver.cpp: see the header.
#include "nurt/net/resolver.hpp"

#include "nurt/loop/event_loop.hpp"

#include <string_view>
#include <utility>

namespace nurt {

namespace {

bool ends_with_word(std::string_view text, std::string_view word) {
    if (text.size() < word.size()) {
        return false;
    }
    const std::string_view end = text.substr(text.size() - word.size());
    for (std::size_t i = 0; i < word.size(); ++i) {
        const char lower = end[i] >= 'A' && end[i] <= 'Z' ? static_cast<char>(end[i] | 32) : end[i];
        if (lower != word[i]) {
            return false;
        }
    }
    return text.size() == word.size() || text[text.size() - word.size() - 1] == '.';
}

// RFC 6761 6.3: these never leave the machine. A final dot means the root.
bool is_localhost(std::string_view name) {
    if (name.ends_with('.')) {
        name.remove_suffix(1);
    }
    return ends_with_word(name, "localhost");
}

void check_name(const std::string& name) {
    if (name.empty() || name.find('\0') != name.npos) {
        throw resolve_error("'" + std::string(name.c_str()) + "'", "not a name");
    }
}

constexpr const char* unsupported = "the resolver of this loop knows only addresses";

}  // namespace

coro<std::vector<mail_exchanger>> resolver::lookup_mx(std::string domain) {
    throw resolve_error(domain, unsupported);
}

coro<std::vector<std::string>> resolver::lookup_txt(std::string name) {
    throw resolve_error(name, unsupported);
}

coro<std::vector<std::string>> resolver::lookup_ptr(ip_address address) {
    throw resolve_error(address.to_string(), unsupported);
}

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
    check_name(host);
    co_return co_await resolver_of(event_loop::running()).lookup(std::move(host));
}

coro<std::vector<mail_exchanger>> resolve_mx(std::string domain) {
    check_name(domain);
    co_return co_await resolver_of(event_loop::running()).lookup_mx(std::move(domain));
}

coro<std::vector<std::string>> resolve_txt(std::string name) {
    check_name(name);
    co_return co_await resolver_of(event_loop::running()).lookup_txt(std::move(name));
}

coro<std::vector<std::string>> resolve_ptr(ip_address address) {
    co_return co_await resolver_of(event_loop::running()).lookup_ptr(address);
}

}  // namespace nurt
