// SPDX-License-Identifier: MIT
// nurt/net/resolver.hpp: from names to addresses, without blocking the loop.
//
// Each loop has a resolver among its services; the default asks /etc/hosts and the name servers of
// /etc/resolv.conf. A lookup never takes a thread.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "nurt/base/error.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/loop/services.hpp"
#include "nurt/net/address.hpp"

namespace nurt {

class event_loop;

// What a loop's services have in the place of resolver_service. Own ones derive from this.
class resolver : public resolver_service {
public:
    // The addresses of a name, best first and at least one; resolve_error when there is none.
    virtual coro<std::vector<ip_address>> lookup(std::string name) = 0;
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

// The resolver of the loop; made when it is first needed.
resolver& resolver_of(event_loop& loop);

// The default one. servers: "192.0.2.1,192.0.2.2:5353" instead of those of /etc/resolv.conf.
std::unique_ptr<resolver> make_resolver(event_loop& loop, const std::string& servers = {});

}  // namespace nurt
