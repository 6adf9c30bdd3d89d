// SPDX-License-Identifier: MIT
// nurt/tls/options.hpp: what can be said about TLS, for clients and for servers.
//
//     tls::client_context trust(tls::client_options().ca_file("our-ca.pem"));
//     tls::server_context site(tls::server_options().certificate_files("chain.pem", "key.pem"));
//
// The defaults are the safe ones: TLS 1.2 or newer, and a client verifies the certificate and that
// it was made for the host. What makes it less safe has a name that says so.
#pragma once

#include <concepts>
#include <cstdint>
#include <exception>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/base/unique_function.hpp"
#include "nurt/tls/context.hpp"

namespace nurt::tls {

enum class version : std::uint8_t { tls1_2, tls1_3 };

// What a server does about the certificates of its clients.
enum class client_certificates : std::uint8_t {
    ignore,
    request,  // one that is shown has to be good; see tls::info
    require,
};

// Which context is for the host name that the client asked for (Server Name Indication), in case it
// is not this one.
using server_name_callback = unique_function<std::optional<server_context>(std::string_view name)>;

namespace detail {

// PEM, in a file or here.
struct pem_source {
    std::string file;
    std::string text;
};

struct credentials {
    pem_source chain;
    pem_source key;
    std::string password;
};

struct settings {
    std::vector<credentials> certificates;
    std::vector<pem_source> authorities;
    std::vector<std::string> alpn;
    version minimum = version::tls1_2;
    bool system_trust = false;  // besides the authorities
    bool resume = true;
    bool accept_truncation = false;
    duration handshake_timeout = seconds(10);
    duration shutdown_timeout = seconds(3);
    // Of clients.
    bool any_certificate = false;
    bool any_name = false;
    // Of servers.
    client_certificates clients = client_certificates::ignore;
    std::shared_ptr<server_name_callback> select;
    std::shared_ptr<unique_function<void(const std::exception&)>> on_handshake_error;
};

// The words that both sides have.
template <class Self>
class option_words {
public:
    // Shows this certificate, with those between it and the root behind it in the same file, and
    // the key that belongs to it, which may be in that file too. A key that is encrypted needs its
    // password: nobody is asked for it. Several kinds (RSA, ECDSA) may be given, each once.
    // Python: SSLContext.load_cert_chain.
    Self& certificate_files(std::string chain, std::string key = {}, std::string password = {}) {
        return add({{std::move(chain), {}}, {std::move(key), {}}, std::move(password)});
    }
    // The same, with the text of such files.
    Self& certificate_pem(std::string chain, std::string key = {}, std::string password = {}) {
        return add({{{}, std::move(chain)}, {{}, std::move(key)}, std::move(password)});
    }
    // Trusts the certificates in the file, and those they have signed, instead of the system's.
    // Python: SSLContext.load_verify_locations.
    Self& ca_file(std::string path) { return add_authority({std::move(path), {}}); }
    Self& ca_pem(std::string text) { return add_authority({{}, std::move(text)}); }
    // Trusts what the machine trusts as well. What a client does if it is told nothing else.
    Self& system_trust() {
        settings_.system_trust = true;
        return self();
    }
    // The protocols that may be spoken over TLS, the favourite first: alpn("h2", "http/1.1"). The server
    // chooses; a client that offers none of a server's is refused. RFC 7301.
    template <std::convertible_to<std::string>... Names>
    Self& alpn(Names&&... protocols) {
        settings_.alpn.clear();
        (settings_.alpn.emplace_back(std::forward<Names>(protocols)), ...);
        return self();
    }
    Self& minimum_version(version oldest) {
        settings_.minimum = oldest;
        return self();
    }
    // For all of the handshake; 10 s unless set. timeout_error, and the connection is closed.
    Self& handshake_timeout(duration limit) {
        settings_.handshake_timeout = limit;
        return self();
    }
    // How long a connection that is closed may take to say so to a peer that does not read, and
    // tls::shutdown may wait for the answer; 3 s unless set. Then the connection is reset.
    Self& shutdown_timeout(duration limit) {
        settings_.shutdown_timeout = limit;
        return self();
    }
    // Takes the end of a connection for the end of the stream even if the peer has not said it, so
    // that whoever cuts it can make a message shorter. For peers that never do, where the protocol
    // above knows its lengths.
    Self& insecure_accept_truncation() {
        settings_.accept_truncation = true;
        return self();
    }
    // Sessions are resumed unless this is called: a client that comes back needs no certificates.
    Self& no_session_resumption() {
        settings_.resume = false;
        return self();
    }

    const settings& all() const noexcept { return settings_; }

protected:
    Self& self() noexcept { return static_cast<Self&>(*this); }

    settings settings_;

private:
    Self& add(credentials one) {
        settings_.certificates.push_back(std::move(one));
        return self();
    }
    Self& add_authority(pem_source one) {
        settings_.authorities.push_back(std::move(one));
        return self();
    }
};

}  // namespace detail

// A certificate is for servers that ask for one.
class client_options final : public detail::option_words<client_options> {
public:
    client_options() = default;

    // Anybody may be the server. Python: CERT_NONE.
    client_options& insecure_accept_any_certificate() {
        settings_.any_certificate = settings_.any_name = true;
        return *this;
    }
    // Any certificate that is trusted will do, whoever's it is. Python: check_hostname = False.
    client_options& insecure_accept_any_name() {
        settings_.any_name = true;
        return *this;
    }
};

// A server needs a certificate, or a callback that gives a context which has one.
class server_options final : public detail::option_words<server_options> {
public:
    server_options() = default;

    // Certificates of clients are verified with ca_file and ca_pem.
    server_options& clients(client_certificates what) {
        settings_.clients = what;
        return *this;
    }
    // Called once in each handshake whose client names a host, with the name as the client has written
    // it. nullopt: this context. The one that is chosen decides about everything but the limits of
    // time, and only sessions of its own are resumed. What it throws ends the handshake, and goes to
    // who has started it. Python: SSLContext.sni_callback.
    server_options& select_by_name(server_name_callback callback) {
        settings_.select = std::make_shared<server_name_callback>(std::move(callback));
        return *this;
    }
    // Hears of handshakes that failed under start_server. Without it they are dropped: everybody in
    // the network can make them fail.
    server_options& on_handshake_error(unique_function<void(const std::exception&)> callback) {
        settings_.on_handshake_error =
            std::make_shared<unique_function<void(const std::exception&)>>(std::move(callback));
        return *this;
    }
};

}  // namespace nurt::tls
