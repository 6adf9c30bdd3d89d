// SPDX-License-Identifier: MIT
// nurt/tls/info.cpp: see the header.
#include "nurt/tls/info.hpp"

#include "nurt/net/address.hpp"
#include "nurt/tls/detail/connection.hpp"

#include <string_view>

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace nurt::tls {

namespace {

using detail::bio_ptr;
using detail::not_null;

// What `print` writes into a BIO.
template <class Print>
std::string printed(Print print) {
    const bio_ptr bio(static_cast<BIO*>(not_null(BIO_new(BIO_s_mem()))));
    print(bio.get());
    char* data = nullptr;
    const long size = BIO_get_mem_data(bio.get(), &data);
    return data == nullptr ? std::string() : std::string(data, static_cast<std::size_t>(size));
}

std::string text_of(const X509_NAME* name) {
    return printed([name](BIO* to) { X509_NAME_print_ex(to, name, 0, XN_FLAG_RFC2253); });
}

std::string text_of(const ASN1_TIME* time) {
    return printed([time](BIO* to) { ASN1_TIME_print(to, time); });
}

std::string hexadecimal(const unsigned char* bytes, std::size_t size) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string result;
    for (std::size_t i = 0; i < size; ++i) {
        result += digits[bytes[i] >> 4];
        result += digits[bytes[i] & 15];
    }
    return result;
}

std::string_view view_of(const ASN1_STRING* s) {
    return {reinterpret_cast<const char*>(ASN1_STRING_get0_data(s)),
            static_cast<std::size_t>(ASN1_STRING_length(s))};
}

void add_names(const X509* certificate, certificate_info& to) {
    auto* names = static_cast<GENERAL_NAMES*>(
        X509_get_ext_d2i(certificate, NID_subject_alt_name, nullptr, nullptr));
    for (int i = 0; i < sk_GENERAL_NAME_num(names); ++i) {
        const GENERAL_NAME* name = sk_GENERAL_NAME_value(names, i);
        if (name->type == GEN_DNS) {
            to.dns_names.emplace_back(view_of(name->d.dNSName));
        } else if (name->type == GEN_EMAIL) {
            to.emails.emplace_back(view_of(name->d.rfc822Name));
        } else if (name->type == GEN_IPADD) {
            const std::string_view bytes = view_of(name->d.iPAddress);
            const auto* b = reinterpret_cast<const std::uint8_t*>(bytes.data());
            if (bytes.size() == 4) {
                to.ip_addresses.push_back(ip_address::v4(b[0], b[1], b[2], b[3]).to_string());
            } else if (bytes.size() == 16) {
                to.ip_addresses.push_back(ip_address::v6(b).to_string());
            }
        }
    }
    GENERAL_NAMES_free(names);
}

certificate_info describe(const X509* certificate) {
    certificate_info result;
    result.subject = text_of(X509_get_subject_name(certificate));
    result.issuer = text_of(X509_get_issuer_name(certificate));
    const std::string_view serial = view_of(X509_get0_serialNumber(certificate));
    result.serial =
        hexadecimal(reinterpret_cast<const unsigned char*>(serial.data()), serial.size());
    result.not_before = text_of(X509_get0_notBefore(certificate));
    result.not_after = text_of(X509_get0_notAfter(certificate));
    add_names(certificate, result);
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned size = 0;
    if (X509_digest(certificate, EVP_sha256(), digest, &size) == 1) {
        result.sha256 = hexadecimal(digest, size);
    }
    unsigned char* der = nullptr;
    const int der_size = i2d_X509(certificate, &der);
    if (der_size > 0) {
        result.der.assign(reinterpret_cast<const char*>(der), static_cast<std::size_t>(der_size));
    }
    OPENSSL_free(der);
    return result;
}

}  // namespace

std::optional<connection_info> info(const stream& s) {
    if (s.is_closed()) {
        return std::nullopt;
    }
    return info(*s.shared()->bytes);
}

bool is_tls(const byte_stream& bytes) noexcept {
    return dynamic_cast<const detail::tls_stream*>(&bytes) != nullptr;
}

std::optional<connection_info> info(const byte_stream& bytes) {
    const auto* secured = dynamic_cast<const detail::tls_stream*>(&bytes);
    if (secured == nullptr) {
        return std::nullopt;
    }
    const detail::engine& tls = secured->tls();
    SSL* ssl = tls.ssl();
    connection_info result;
    result.version = SSL_version(ssl) == TLS1_3_VERSION ? version::tls1_3 : version::tls1_2;
    result.cipher = SSL_get_cipher_name(ssl);
    const unsigned char* alpn = nullptr;
    unsigned size = 0;
    SSL_get0_alpn_selected(ssl, &alpn, &size);
    if (size != 0) {
        result.alpn.assign(reinterpret_cast<const char*>(alpn), size);
    }
    result.server_name = tls.server_name();
    const char* asked_for = SSL_get_servername(ssl, TLSEXT_NAMETYPE_host_name);
    if (result.server_name.empty() && asked_for != nullptr) {
        result.server_name = asked_for;
    }
    result.resumed = SSL_session_reused(ssl) == 1;
    if (const X509* peer = SSL_get0_peer_certificate(ssl)) {
        result.peer = describe(peer);
    }
    ERR_clear_error();
    return result;
}

}  // namespace nurt::tls
