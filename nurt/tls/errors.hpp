// SPDX-License-Identifier: MIT
// nurt/tls/errors.hpp: what goes wrong with TLS.
#pragma once

#include <string>
#include <string_view>
#include <system_error>

#include "nurt/base/error.hpp"

namespace nurt {

// No errno values, so that os_error::number() cannot be mistaken for one.
enum class tls_errc : int {
    certificate = 10001,  // we do not accept the peer's certificate
    rejected,             // the peer has ended it, and said why: our certificate, no common version
    protocol,             // what came is not TLS, or broken
    truncated,            // the connection ended without the peer having said so
    configuration,        // a certificate or key that cannot be used
};

std::error_code make_error_code(tls_errc e) noexcept;

// TLS failed. what() says what was tried, on what and why:
// "TLS handshake with 127.0.0.1:8443 (localhost): certificate verify failed: self-signed certificate".
// What fails below TLS stays an os_error, a limit of time a timeout_error.
// Python: ssl.SSLError, which is an OSError too.
class tls_error final : public os_error {
public:
    // verify_result: see there.
    tls_error(tls_errc reason, std::string_view attempt, std::string_view why,
              int verify_result = 0);

    tls_errc reason() const noexcept { return static_cast<tls_errc>(number()); }
    // Of tls_errc::certificate: OpenSSL's number for what is wrong with it, X509_V_ERR_...; else 0.
    int verify_result() const noexcept { return verify_result_; }

private:
    int verify_result_;
};

}  // namespace nurt

template <>
struct std::is_error_code_enum<nurt::tls_errc> : std::true_type {};
