// SPDX-License-Identifier: MIT
// nurt/http/client_transport.hpp: where a client's connections come from.
//
// TCP, unless the client is given something else: a test gives connections that lead to a function
// instead of a machine. TLS is the client's affair, over whatever it is given.
#pragma once

#include "nurt/base/time.hpp"
#include "nurt/core/coro.hpp"
#include "nurt/stream/stream.hpp"

#include <cstdint>
#include <memory>
#include <string>

namespace nurt::http {

// What is to be connected to, and how long it took.
struct connect_request {
    std::string host;  // a name or an address
    std::uint16_t port = 0;
    // TLS follows. A transport whose connection is protected already, or leads nowhere where
    // anybody might listen, sets it to false.
    bool https = false;
    duration dns;  // set by the transport, as far as it knows
};

// Shared by any number of clients of one loop.
class client_transport {
public:
    virtual ~client_transport() = default;

    // A connection to the host. Fails with nurt::error, which the client reports as connect_error;
    // may be cancelled, and is when the connect timeout has passed. `to` stays until then.
    virtual coro<stream> connect(connect_request& to) = 0;
};

// TCP, with the loop's resolver. The default.
std::shared_ptr<client_transport> tcp_transport();

}  // namespace nurt::http
