// SPDX-License-Identifier: MIT
// nurt/http/client_transport.cpp: see the header.
#include "nurt/http/client_transport.hpp"

#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/net/resolver.hpp"
#include "nurt/net/tcp.hpp"

#include <cerrno>
#include <vector>

namespace nurt::http {

namespace {

class tcp final : public client_transport {
public:
    // The addresses in the resolver's order, one after the other.
    coro<stream> connect(connect_request& to) override {
        const instant start = event_loop::running().time();
        const std::vector<ip_address> addresses = co_await resolve(to.host);
        to.dns = event_loop::running().time() - start;
        std::string failures;
        std::error_code last;
        for (const ip_address& ip : addresses) {
            try {
                co_return co_await nurt::connect(socket_address(ip, to.port));
            } catch (const os_error& e) {
                if (addresses.size() == 1 || e.number() == EMFILE || e.number() == ENFILE) throw;
                last = e.code();
                failures += (failures.empty() ? "" : ", ") + ip.to_string() + ": " + last.message();
            }
        }
        throw os_error(
            last, "connect " + to.host + ':' + std::to_string(to.port) + " (" + failures + ')');
    }
};

}  // namespace

std::shared_ptr<client_transport> tcp_transport() {
    return std::make_shared<tcp>();
}

}  // namespace nurt::http
