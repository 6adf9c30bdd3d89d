// SPDX-License-Identifier: MIT
// nurt/tls/detail/context_state.cpp: see the header.
#include "nurt/tls/detail/context_state.hpp"

#include "nurt/base/error.hpp"
#include "nurt/tls/context.hpp"
#include "nurt/tls/detail/engine.hpp"
#include "nurt/tls/errors.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <iterator>
#include <utility>

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/rand.h>

namespace nurt::tls::detail {

namespace {

[[noreturn]] void fail(const std::string& attempt, const std::string& why) {
    throw tls_error(tls_errc::configuration, attempt, why);
}

// What is in a source, and how it is called in messages.
struct loaded {
    std::string attempt;
    std::string text;
};

loaded load(const pem_source& source, const char* what) {
    loaded result{"load " + std::string(what), source.text};
    if (source.file.empty()) {
        return result;
    }
    result.attempt += ' ' + source.file;
    std::ifstream file(source.file, std::ios::binary);
    if (!file) {
        throw os_error(errno, result.attempt);
    }
    result.text.assign(std::istreambuf_iterator<char>(file), {});
    if (file.bad() || result.text.empty()) {
        fail(result.attempt, "cannot be read, or is empty");
    }
    return result;
}

bio_ptr bio_of(const std::string& text) {
    return bio_ptr(
        static_cast<BIO*>(not_null(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())))));
}

// OpenSSL's own callback would ask at the terminal.
int give_password(char* to, int size, int, void* password) {
    const auto& text = *static_cast<const std::string*>(password);
    if (text.empty() || text.size() > static_cast<std::size_t>(size)) {
        return -1;
    }
    std::memcpy(to, text.data(), text.size());
    return static_cast<int>(text.size());
}

std::vector<certificate_ptr> certificates_of(const loaded& from) {
    std::vector<certificate_ptr> result;
    const bio_ptr bio = bio_of(from.text);
    std::string no_password;
    while (
        certificate_ptr one{PEM_read_bio_X509(bio.get(), nullptr, &give_password, &no_password)}) {
        result.push_back(std::move(one));
    }
    const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
    const std::string why = take_error_text();
    if (!at_end) {
        fail(from.attempt, why);
    }
    if (result.empty()) {
        fail(from.attempt, "there is no certificate in it");
    }
    return result;
}

void use_certificate(SSL_CTX* context, const credentials& given) {
    const loaded chain = load(given.chain, "certificate chain");
    const std::vector<certificate_ptr> certificates = certificates_of(chain);
    if (SSL_CTX_use_certificate(context, certificates.front().get()) != 1) {
        fail(chain.attempt, take_error_text());
    }
    for (std::size_t i = 1; i < certificates.size(); ++i) {
        if (SSL_CTX_add1_chain_cert(context, certificates[i].get()) != 1) {
            fail(chain.attempt, take_error_text());
        }
    }
    const bool apart = !given.key.file.empty() || !given.key.text.empty();
    const loaded text = load(apart ? given.key : given.chain, "private key");
    const bio_ptr bio = bio_of(text.text);
    const key_ptr key(PEM_read_bio_PrivateKey(bio.get(), nullptr, &give_password,
                                              const_cast<std::string*>(&given.password)));
    if (!key && ERR_GET_REASON(ERR_peek_last_error()) == ERR_R_UNSUPPORTED) {
        ERR_clear_error();
        fail(text.attempt, "there is no private key in it");
    }
    if (!key || SSL_CTX_use_PrivateKey(context, key.get()) != 1 ||
        SSL_CTX_check_private_key(context) != 1) {
        fail(text.attempt, take_error_text());
    }
}

void trust(SSL_CTX* context, const settings& options, side which) {
    X509_STORE* store = SSL_CTX_get_cert_store(context);
    for (const pem_source& source : options.authorities) {
        for (const certificate_ptr& one : certificates_of(load(source, "certificates to trust"))) {
            X509_STORE_add_cert(store, one.get());
            if (which == side::server) {
                SSL_CTX_add_client_CA(context, one.get());  // tells clients whom we trust
            }
        }
    }
    // Who trusts a certificate by hand means it, whether it is a root or not.
    X509_STORE_set_flags(store, X509_V_FLAG_PARTIAL_CHAIN);
    const bool nothing_said = which == side::client && options.authorities.empty();
    if (options.system_trust || nothing_said) {
        SSL_CTX_set_default_verify_paths(context);
    }
    ERR_clear_error();
}

int verify_mode(const settings& options, side which) noexcept {
    if (which == side::client) {
        return options.any_certificate ? SSL_VERIFY_NONE : SSL_VERIFY_PEER;
    }
    switch (options.clients) {
        case client_certificates::ignore: return SSL_VERIFY_NONE;
        case client_certificates::request: return SSL_VERIFY_PEER;
        case client_certificates::require: return SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT;
    }
    return SSL_VERIFY_PEER;
}

void set_protocol(SSL_CTX* context, const settings& options) {
    const int oldest = options.minimum == version::tls1_3 ? TLS1_3_VERSION : TLS1_2_VERSION;
    SSL_CTX_set_min_proto_version(context, oldest);
    SSL_CTX_set_options(context, SSL_OP_NO_COMPRESSION | SSL_OP_NO_RENEGOTIATION);
    // An idle connection holds no buffers; a read takes all that the kernel has, not just a header.
    SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
}

void set_sessions(SSL_CTX* context, const settings& options, side which) {
    if (!options.resume) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
        SSL_CTX_set_options(context, SSL_OP_NO_TICKET);
        SSL_CTX_set_num_tickets(context, 0);
    } else if (which == side::client) {
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    } else {
        // The client keeps the session, sealed with a key of the context that it came to first.
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    }
    if (which == side::server) {
        // And that one may have left it to another. Only the same may resume it: with what it asks
        // of certificates, nothing from before a reload is asked again.
        unsigned char name[16];
        if (RAND_bytes(name, sizeof name) != 1 ||
            SSL_CTX_set_session_id_context(context, name, sizeof name) != 1) {
            fail("TLS server", take_error_text());
        }
    }
}

}  // namespace

std::string wire_format(std::string_view protocol) {
    if (protocol.empty() || protocol.size() > 255) {
        fail("ALPN protocol '" + std::string(protocol) + '\'', "has to have 1 to 255 bytes");
    }
    return static_cast<char>(protocol.size()) + std::string(protocol);
}

std::shared_ptr<const built_context> build_context(side which, const settings& options) {
    if (which == side::server && options.certificates.empty() && !options.select) {
        fail("TLS server", "there is no certificate");
    }
    auto result = std::make_shared<built_context>();
    result->which = which;
    result->options = options;
    for (const std::string& one : options.alpn) {
        result->alpn += wire_format(one);
    }
    const SSL_METHOD* method = which == side::client ? TLS_client_method() : TLS_server_method();
    result->context.reset(static_cast<SSL_CTX*>(not_null(SSL_CTX_new(method))));
    SSL_CTX* context = result->context.get();
    set_protocol(context, options);
    set_sessions(context, options, which);
    for (const credentials& one : options.certificates) {
        use_certificate(context, one);
    }
    const int mode = verify_mode(options, which);
    if (mode != SSL_VERIFY_NONE) {
        trust(context, options, which);
    }
    SSL_CTX_set_verify(context, mode, nullptr);
    engine::install_callbacks(*result);
    return result;
}

void session_cache::remember(const std::string& server, session_ptr session) {
    sessions_.push_front({server, std::move(session)});
    std::size_t of_server = 0;
    std::erase_if(sessions_, [&](const entry& e) {
        return e.server == server && ++of_server > most_per_server;
    });
    if (sessions_.size() > most) {
        sessions_.pop_back();
    }
}

session_ptr session_cache::find(const std::string& server) {
    const auto found = std::find_if(sessions_.begin(), sessions_.end(),
                                    [&](const entry& e) { return e.server == server; });
    if (found == sessions_.end()) {
        return nullptr;
    }
    if (SSL_SESSION_get_protocol_version(found->session.get()) < TLS1_3_VERSION) {
        SSL_SESSION_up_ref(found->session.get());
        return session_ptr(found->session.get());
    }
    session_ptr session = std::move(found->session);
    sessions_.erase(found);
    return session;
}

}  // namespace nurt::tls::detail

namespace nurt::tls {

using detail::context_state;
using detail::side;

client_context::client_context() : client_context(client_options()) {}

client_context::client_context(const client_options& options)
    : state_(std::make_shared<context_state>(side::client, options.all())) {}

void client_context::reload() {
    state_->reload();
}

void client_context::assign(const client_options& options) {
    state_->assign(options.all());
}

server_context::server_context(const server_options& options)
    : state_(std::make_shared<context_state>(side::server, options.all())) {}

void server_context::reload() {
    state_->reload();
}

void server_context::assign(const server_options& options) {
    state_->assign(options.all());
}

}  // namespace nurt::tls
