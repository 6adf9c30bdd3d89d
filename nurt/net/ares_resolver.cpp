// SPDX-License-Identifier: MIT
// nurt/net/ares_resolver.cpp: the default resolver, on c-ares.
//
// Addresses are asked for by ares_getaddrinfo, which knows /etc/hosts, search domains and the order of
// preference; other records by ares_query. c-ares answers each question exactly once and cannot
// forget a single one, so a question belongs to the cache and not to who asked it.
#include "nurt/net/detail/ares_driver.hpp"
#include "nurt/net/detail/dns_message.hpp"
#include "nurt/net/detail/hosts_file.hpp"
#include "nurt/net/detail/name_cache.hpp"
#include "nurt/net/resolver.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include <arpa/nameser.h>
#include <netinet/in.h>

namespace nurt {

namespace detail {

namespace {

class ares_resolver final : public resolver, private name_source {
public:
    ares_resolver(event_loop& loop, const resolver_options& options)
        : hosts_file_(options.hosts_file),
          cache_(loop, *this, options.cache_size, options.cache_time),
          driver_(loop, std::string(options.nameservers)) {}

    coro<std::vector<ip_address>> lookup(std::string name) override {
        const answer_ptr found = co_await cache_.find(record_type::address, name);
        co_return found->addresses;
    }
    coro<std::vector<mail_exchanger>> lookup_mx(std::string domain) override {
        const answer_ptr found = co_await cache_.find(record_type::mx, domain);
        co_return found->exchangers;
    }
    coro<std::vector<std::string>> lookup_txt(std::string name) override {
        const answer_ptr found = co_await cache_.find(record_type::txt, name);
        co_return found->texts;
    }
    coro<std::vector<std::string>> lookup_ptr(ip_address address) override {
        std::vector<std::string> names = names_in_hosts_file(hosts_file_, address);
        if (names.empty()) {
            const std::string name = reverse_name(address);
            const answer_ptr found = co_await cache_.find(record_type::ptr, name);
            names = found->texts;
        }
        co_return names;
    }

private:
    void ask(const name_question& question) override;

    std::string hosts_file_;
    name_cache cache_;
    ares_driver driver_;  // the first to go: it may answer on its way out

    friend struct asked;
};

// A question that c-ares has.
struct asked {
    ares_resolver& owner;
    name_question question;

    // noexcept: the caller is C.
    void answer(int status, name_answer found) noexcept {
        if (status == ARES_EDESTRUCTION) {
            return;  // the loop is gone, and with it who could be told
        }
        if (status == ARES_SUCCESS && found.empty()) {
            status = ARES_ENODATA;
        }
        if (status != ARES_SUCCESS) {
            found.failure = ares_strerror(status);
        }
        owner.cache_.answered(question, std::move(found));
    }
};

name_answer from_addrinfo(const ares_addrinfo& found) {
    name_answer result;
    int shortest = INT32_MAX;
    for (auto* node = found.nodes; node != nullptr; node = node->ai_next) {
        io::endpoint e;
        if (node->ai_addrlen <= sizeof e.bytes) {
            __builtin_memcpy(e.bytes, node->ai_addr, node->ai_addrlen);
            e.size = node->ai_addrlen;
        }
        if (const auto address = socket_address::from(e)) {
            result.addresses.push_back(address->ip());
            shortest = std::min(shortest, node->ai_ttl);  // 0: out of /etc/hosts
        }
    }
    for (auto* alias = found.cnames; alias != nullptr; alias = alias->next) {
        shortest = std::min(shortest, alias->ttl);
    }
    result.time_to_live = seconds(std::max(shortest, 0));
    return result;
}

void addresses_answered(void* memory, int status, int, ares_addrinfo* found) noexcept {
    const std::unique_ptr<asked> mine(static_cast<asked*>(memory));
    mine->answer(status, found != nullptr ? from_addrinfo(*found) : name_answer());
    if (found != nullptr) {
        ares_freeaddrinfo(found);
    }
}

void records_answered(void* memory, int status, int, unsigned char* message, int size) noexcept {
    const std::unique_ptr<asked> mine(static_cast<asked*>(memory));
    name_answer result;
    if (status == ARES_SUCCESS) {
        auto parsed =
            parse_dns_answer(mine->question.type, {message, static_cast<std::size_t>(size)});
        status = parsed ? ARES_SUCCESS : ARES_EBADRESP;
        result = parsed ? std::move(*parsed) : name_answer();
    }
    mine->answer(status, std::move(result));
}

int code_of(record_type type) {
    switch (type) {
        case record_type::mx: return ns_t_mx;
        case record_type::txt: return ns_t_txt;
        default: return ns_t_ptr;
    }
}

void ares_resolver::ask(const name_question& question) {
    auto* mine = new asked{*this, question};  // the answer deletes it
    const char* name = question.name.c_str();
    if (question.type == record_type::address) {
        ares_addrinfo_hints hints{};
        hints.ai_family = AF_UNSPEC;
        hints.ai_socktype = SOCK_STREAM;  // else each address comes once for every kind of socket
        ares_getaddrinfo(driver_.channel(), name, nullptr, &hints, addresses_answered, mine);
    } else {
        ares_query(driver_.channel(), name, ns_c_in, code_of(question.type), records_answered,
                   mine);
    }
    driver_.schedule();
}

}  // namespace

}  // namespace detail

std::unique_ptr<resolver> make_resolver(event_loop& loop, const resolver_options& options) {
    return std::make_unique<detail::ares_resolver>(loop, options);
}

}  // namespace nurt
