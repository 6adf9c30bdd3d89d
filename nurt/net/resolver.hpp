// SPDX-License-Identifier: MIT
// nurt/net/resolver.hpp: from names to addresses, without blocking the loop.
//
// Each loop has a resolver among its services; the default asks /etc/hosts and the name servers of
// /etc/resolv.conf. A lookup never takes a thread. Answers are kept as long as the name server says,
// and while a name is being asked for, whoever else asks for it waits for the same answer.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/loop/services.hpp"
#include "nurt/net/address.hpp"

namespace nurt {

class event_loop;

// A host that takes mail for a domain.
struct mail_exchanger {
    std::uint16_t preference = 0;  // the lowest first
    std::string host;              // "": the domain takes no mail, RFC 7505

    auto operator<=>(const mail_exchanger&) const = default;
};

// What a loop's services have in the place of resolver_service. Own ones derive from this.
// Each throws resolve_error when there is no answer; so do all but the first unless overridden.
class resolver : public resolver_service {
public:
    // The addresses of a name, best first and at least one.
    virtual coro<std::vector<ip_address>> lookup(std::string name) = 0;
    // Of these at least one is given too. Mail exchangers come in the order of preference.
    virtual coro<std::vector<mail_exchanger>> lookup_mx(std::string domain);
    virtual coro<std::vector<std::string>> lookup_txt(std::string name);
    virtual coro<std::vector<std::string>> lookup_ptr(ip_address address);
};

// A name has no address, or nobody could be asked.
// what() reads "resolve no.such.name: Domain name not found".
class resolve_error : public error {
public:
    resolve_error(const std::string& name, const std::string& reason)
        : error("resolve " + name + ": " + reason) {}
};

// The addresses of host, which may be a name or an address. An address and "localhost" (127.0.0.1
// and ::1, and whatever.localhost) ask nobody; anything else asks the running loop's resolver.
// Python: loop.getaddrinfo.
coro<std::vector<ip_address>> resolve(std::string host);

// The same for other records of the name service. Texts and names are as the servers sent them,
// whole texts in one piece and names without the final dot: do not trust them.
coro<std::vector<mail_exchanger>> resolve_mx(std::string domain);
coro<std::vector<std::string>> resolve_txt(std::string name);
// The names of an address, those in /etc/hosts first. Python: loop.getnameinfo.
coro<std::vector<std::string>> resolve_ptr(ip_address address);

// The resolver of the loop; made when it is first needed.
resolver& resolver_of(event_loop& loop);

struct resolver_options {
    // Whom to ask instead of the servers in /etc/resolv.conf: "192.0.2.1,192.0.2.2:5353,[::1]:53".
    std::string_view nameservers = {};
    std::string_view hosts_file = "/etc/hosts";  // for the names of addresses
    std::size_t cache_size = 1024;               // answers; when full the longest unused one goes
    duration cache_time = hours(1);              // however much longer the server allows
};

// The default resolver. It is put into place where a program begins:
//
//     auto& loop = event_loop::running();
//     loop.parts().resolver = make_resolver(loop, {.nameservers = "127.0.0.1:5353"});
std::unique_ptr<resolver> make_resolver(event_loop& loop, const resolver_options& options = {});

}  // namespace nurt
