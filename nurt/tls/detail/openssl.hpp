// SPDX-License-Identifier: MIT
// nurt/tls/detail/openssl.hpp: OpenSSL's objects, owned, and its errors as text.
#pragma once

#include <memory>
#include <string>

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

namespace nurt::tls::detail {

template <auto Free>
struct freed_by {
    template <class T>
    void operator()(T* object) const noexcept {
        Free(object);
    }
};
inline void free_bio(BIO* bio) noexcept {
    BIO_free(bio);
}

using bio_ptr = std::unique_ptr<BIO, freed_by<&free_bio>>;
using key_ptr = std::unique_ptr<EVP_PKEY, freed_by<&EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, freed_by<&X509_free>>;
using ssl_ptr = std::unique_ptr<SSL, freed_by<&SSL_free>>;
using ssl_context_ptr = std::unique_ptr<SSL_CTX, freed_by<&SSL_CTX_free>>;
using session_ptr = std::unique_ptr<SSL_SESSION, freed_by<&SSL_SESSION_free>>;

// The reason of the newest error of this thread's queue, "unknown error" if there is none. Empties
// the queue: what one connection leaves there must not be taken for another one's.
std::string take_error_text();

// std::bad_alloc if it is null.
void* not_null(void* object);

}  // namespace nurt::tls::detail
