// SPDX-License-Identifier: MIT
// nurt/tls/errors.cpp: see the header.
#include "nurt/tls/errors.hpp"

namespace nurt {

namespace {

class tls_category final : public std::error_category {
public:
    const char* name() const noexcept override { return "tls"; }
    std::string message(int value) const override {
        switch (static_cast<tls_errc>(value)) {
            case tls_errc::certificate: return "certificate verify failed";
            case tls_errc::rejected: return "rejected by the peer";
            case tls_errc::protocol: return "protocol error";
            case tls_errc::truncated: return "ended without close_notify";
            case tls_errc::configuration: return "unusable configuration";
        }
        return "unknown TLS error";
    }
};

std::string text(std::string_view attempt, std::string_view why) {
    return std::string(attempt).append(": ").append(why);
}

}  // namespace

std::error_code make_error_code(tls_errc e) noexcept {
    static const tls_category category;
    return {static_cast<int>(e), category};
}

tls_error::tls_error(tls_errc reason, std::string_view attempt, std::string_view why,
                     int verify_result)
    : os_error(make_error_code(reason), text(attempt, why), whole_message{}),
      verify_result_(verify_result) {}

}  // namespace nurt
