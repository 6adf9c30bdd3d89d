// SPDX-License-Identifier: MIT
// nurt/tls/detail/engine.cpp: see the header.
#include "nurt/tls/detail/engine.hpp"

#include "nurt/base/error.hpp"
#include "nurt/net/address.hpp"
#include "nurt/tls/context.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include <openssl/err.h>
#include <openssl/x509v3.h>

namespace nurt::tls::detail {

// What OpenSSL calls. None of them throws.
struct engine::callbacks {
    static engine& of(BIO* bio) noexcept { return *static_cast<engine*>(BIO_get_data(bio)); }
    static engine& of(const SSL* ssl) noexcept {
        return *static_cast<engine*>(SSL_get_app_data(ssl));
    }

    static int read(BIO* bio, char* to, std::size_t size, std::size_t* got) noexcept;
    static int write(BIO* bio, const char* from, std::size_t size, std::size_t* taken) noexcept;
    static long control(BIO*, int command, long, void*) noexcept {
        return command == BIO_CTRL_FLUSH ? 1 : 0;
    }
    static BIO_METHOD* make_method() noexcept;
    static int new_session(SSL* ssl, SSL_SESSION* session) noexcept;
    static int select_context(SSL* ssl, int* alert, void*) noexcept;
    static int accept_name(SSL*, int*, void*) noexcept { return SSL_TLSEXT_ERR_OK; }
    static int select_protocol(SSL* ssl, const unsigned char** out, unsigned char* size,
                               const unsigned char* offered, unsigned offered_size, void*) noexcept;
};

int engine::callbacks::read(BIO* bio, char* to, std::size_t size, std::size_t* got) noexcept {
    engine& e = of(bio);
    BIO_clear_retry_flags(bio);
    if (e.has_input()) {
        *got = std::min(size, e.input_end_ - e.input_begin_);
        std::memcpy(to, e.input_.get() + e.input_begin_, *got);
        e.input_begin_ += *got;
        return 1;
    }
    if (e.bytes_ != nullptr && !e.reading && !e.input_ended_) {
        e.receive_.data = to;
        e.receive_.size = size;
        if (e.bytes_->try_now(e.receive_)) {
            if (e.receive_.result > 0) {
                *got = static_cast<std::size_t>(e.receive_.result);
                return 1;
            }
            e.input_ends(e.receive_.result);
        }
    }
    if (e.input_ended_) {
        e.cut_ = true;
    } else {
        e.starved_ = true;
        BIO_set_retry_read(bio);
    }
    return 0;
}

int engine::callbacks::write(BIO* bio, const char* from, std::size_t size,
                             std::size_t* taken) noexcept {
    engine& e = of(bio);
    BIO_clear_retry_flags(bio);
    *taken = size;
    if (e.bytes_ != nullptr && !e.writing && e.output.empty() && e.output_error == 0) {
        e.send_.data = const_cast<char*>(from);
        e.send_.size = size;
        if (e.bytes_->try_now(e.send_)) {
            if (e.send_.result < 0) {
                e.output_error = e.send_.result;
            } else {
                from += e.send_.result;
                size -= static_cast<std::size_t>(e.send_.result);
            }
        }
    }
    if (e.output_error != 0) {
        return 0;
    }
    try {
        e.output.append(from, size);
        return 1;
    } catch (const std::bad_alloc&) {  // a record is missing, so nothing may follow
        e.output_error = -ENOMEM;
        return 0;
    }
}

BIO_METHOD* engine::callbacks::make_method() noexcept {
    BIO_METHOD* method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "byte_stream");
    if (method != nullptr) {
        BIO_meth_set_read_ex(method, &read);
        BIO_meth_set_write_ex(method, &write);
        BIO_meth_set_ctrl(method, &control);
    }
    return method;
}

// 1: the session is ours now.
int engine::callbacks::new_session(SSL* ssl, SSL_SESSION* session) noexcept {
    const engine& e = of(ssl);
    // A connection of other options, perhaps without verification, must not open the door to one of
    // these.
    if (e.built_ != e.shared_->built() || SSL_SESSION_is_resumable(session) != 1) {
        return 0;
    }
    try {
        e.shared_->sessions.remember(e.origin_, session_ptr(session));
    } catch (const std::bad_alloc&) {  // it is gone, and the next connection does without
    }
    return 1;
}

// The host in the client's first message; empty if there is none, or what OpenSSL is going to refuse.
// RFC 6066 section 3: a list of one, and before each part its length.
static std::string_view name_in_hello(SSL* ssl) noexcept {
    const unsigned char* data = nullptr;
    std::size_t size = 0;
    constexpr std::size_t header = 5;
    if (SSL_client_hello_get0_ext(ssl, TLSEXT_TYPE_server_name, &data, &size) != 1 ||
        size < header || data[2] != TLSEXT_NAMETYPE_host_name ||
        data[3] * 256U + data[4] != size - header) {
        return {};
    }
    return {reinterpret_cast<const char*>(data) + header, size - header};
}

// Before OpenSSL looks for a session: so one of another context, whose name is in it, opens no door
// that this one keeps shut. A handshake may begin again, for another key, but not with another name.
int engine::callbacks::select_context(SSL* ssl, int* alert, void*) noexcept {
    engine& e = of(ssl);
    const std::string_view name = name_in_hello(ssl);
    if (e.selected_) {
        *alert = SSL_AD_ILLEGAL_PARAMETER;
        return name == e.server_name_ ? SSL_CLIENT_HELLO_SUCCESS : SSL_CLIENT_HELLO_ERROR;
    }
    if (!e.built_->options.select) {
        return SSL_CLIENT_HELLO_SUCCESS;
    }
    try {
        e.selected_ = true;
        e.server_name_ = name;
        const auto chosen = name.empty() ? std::nullopt : (*e.built_->options.select)(name);
        if (chosen) {
            e.change_to(chosen->state()->built());
        }
        return SSL_CLIENT_HELLO_SUCCESS;
    } catch (...) {
        e.thrown_ = std::current_exception();
        *alert = SSL_AD_INTERNAL_ERROR;
        return SSL_CLIENT_HELLO_ERROR;
    }
}

// Our order counts. Nothing in common ends the handshake: RFC 7301 section 3.2.
int engine::callbacks::select_protocol(SSL* ssl, const unsigned char** out, unsigned char* size,
                                       const unsigned char* offered, unsigned offered_size,
                                       void*) noexcept {
    const std::string& ours = of(ssl).alpn();
    if (ours.empty()) {
        return SSL_TLSEXT_ERR_NOACK;
    }
    unsigned char* chosen = nullptr;
    const int result =
        SSL_select_next_proto(&chosen, size, reinterpret_cast<const unsigned char*>(ours.data()),
                              static_cast<unsigned>(ours.size()), offered, offered_size);
    *out = chosen;
    return result == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void engine::install_callbacks(const built_context& context) {
    SSL_CTX* c = context.context.get();
    if (context.which == side::client) {
        SSL_CTX_sess_set_new_cb(c, &callbacks::new_session);
    } else {
        SSL_CTX_set_client_hello_cb(c, &callbacks::select_context, nullptr);
        // What SSL_CTX_set_tlsext_servername_callback is, a macro with casts of C.
        SSL_CTX_callback_ctrl(c, SSL_CTRL_SET_TLSEXT_SERVERNAME_CB,
                              reinterpret_cast<void (*)()>(&callbacks::accept_name));
        SSL_CTX_set_alpn_select_cb(c, &callbacks::select_protocol, nullptr);
    }
}

engine::engine(std::shared_ptr<context_state> shared, std::string server_name, std::string origin,
               std::string_view alpn)
    : shared_(std::move(shared)),
      built_(shared_->built()),
      server_name_(std::move(server_name)),
      origin_(std::move(origin)) {
    if (!alpn.empty()) {
        alpn_ = wire_format(alpn);
    }
    if (server_name_.size() > 1 && server_name_.ends_with('.')) {
        server_name_.pop_back();  // the root of all names, which certificates do not write
    }
    static BIO_METHOD* const method = callbacks::make_method();
    receive_.code = io::opcode::receive;
    send_.code = io::opcode::send;
    ssl_.reset(static_cast<SSL*>(not_null(SSL_new(built_->context.get()))));
    SSL_set_app_data(ssl_.get(), this);
    BIO* bio = static_cast<BIO*>(not_null(BIO_new(method)));
    BIO_set_data(bio, this);
    BIO_set_init(bio, 1);
    SSL_set_bio(ssl_.get(), bio, bio);
    if (built_->which == side::client) {
        prepare_client();
    } else {
        SSL_set_accept_state(ssl_.get());
    }
}

engine::~engine() {
    bytes_ = nullptr;
    ssl_.reset();
    ERR_clear_error();
}

// OpenSSL takes over certificates and whom we trust, and nothing else.
void engine::change_to(std::shared_ptr<const built_context> chosen) {
    built_ = std::move(chosen);
    SSL* ssl = ssl_.get();
    SSL_CTX* context = built_->context.get();
    SSL_set_SSL_CTX(ssl, context);
    SSL_set_verify(ssl, SSL_CTX_get_verify_mode(context), nullptr);
    SSL_set_min_proto_version(ssl, static_cast<int>(SSL_CTX_get_min_proto_version(context)));
    SSL_clear_options(ssl, SSL_OP_NO_TICKET);
    SSL_set_options(ssl, SSL_CTX_get_options(context));
    SSL_set_num_tickets(ssl, SSL_CTX_get_num_tickets(context));
}

void engine::prepare_client() {
    SSL* ssl = ssl_.get();
    SSL_set_connect_state(ssl);
    const settings& options = built_->options;
    const auto address = ip_address::parse(server_name_);
    if (!options.any_name) {
        if (server_name_.empty() || server_name_.find('\0') != std::string::npos) {
            throw usage_error(
                "TLS needs the name of the server, to compare it with its certificate");
        }
        SSL_set_hostflags(ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
        std::string name = address ? address->to_string() : server_name_;
        name.resize(std::min(name.find('%'), name.size()));  // an interface is of this machine only
        if (SSL_set1_host(ssl, name.c_str()) != 1) {         // takes an address for an address
            throw usage_error("'" + server_name_ +
                              "' is no name of a server: " + take_error_text());
        }
    }
    if (!server_name_.empty() && !address) {
        SSL_ctrl(ssl, SSL_CTRL_SET_TLSEXT_HOSTNAME, TLSEXT_NAMETYPE_host_name, server_name_.data());
    }
    if (!alpn().empty()) {
        SSL_set_alpn_protos(ssl, reinterpret_cast<const unsigned char*>(alpn().data()),
                            static_cast<unsigned>(alpn().size()));
    }
    if (options.resume) {
        if (const session_ptr session = shared_->sessions.find(origin_)) {
            SSL_set_session(ssl, session.get());
        }
    }
    ERR_clear_error();
}

// Turns the answer of OpenSSL into ours. SSL_get_error would look at the queue of errors, which other
// code of this thread may have filled; the BIO knows whether it was asked for more than there is.
progress engine::after(int result) {
    if (result == 1) [[likely]] {
        return progress::done;
    }
    if (starved_) {
        return progress::starved;
    }
    if (cut_) {
        ERR_clear_error();  // that the end was not expected
        return progress::cut;
    }
    if (has_ended()) {
        return progress::ended;
    }
    if (output_error != 0) {
        ERR_clear_error();
        return progress::cut;
    }
    note_failure();
    return progress::failed;
}

// Alerts that are fatal count as a shutdown too, but then the connection is no longer established;
// and as long as it was not, the queue of errors is all ours.
bool engine::has_ended() const noexcept {
    const bool alert = SSL_in_init(ssl_.get()) == 1 &&
                       ERR_GET_REASON(ERR_peek_last_error()) >= SSL_AD_REASON_OFFSET;
    return !alert && failure_.why.empty() &&
           (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
}

// OpenSSL's "tlsv1 alert unknown ca", without the name of a version that is not the one in use.
static std::string alert_text() {
    std::string text = take_error_text();
    const std::size_t at = text.find("alert ");
    return at == std::string::npos ? text : text.substr(at + 6);
}

void engine::note_failure() {
    try {
        describe_failure();
    } catch (const std::bad_alloc&) {
        failure_.why = "out of memory";  // short enough to need none
    }
    ERR_clear_error();
}

void engine::describe_failure() {
    const int reason = ERR_GET_REASON(ERR_peek_last_error());
    if (!failure_.why.empty()) {  // the first one is what it was about
        return;
    }
    if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
        failure_.reason = tls_errc::certificate;
        failure_.verify_result = static_cast<int>(SSL_get_verify_result(ssl_.get()));
        failure_.why = "certificate verify failed: ";
        failure_.why += X509_verify_cert_error_string(failure_.verify_result);
    } else if (reason > SSL_AD_REASON_OFFSET) {
        failure_.reason = tls_errc::rejected;
        failure_.why = "the peer says: ";
        failure_.why += alert_text();
    } else {
        failure_.reason = reason == SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE ? tls_errc::certificate
                                                                            : tls_errc::protocol;
        const bool other = reason == SSL_R_WRONG_VERSION_NUMBER || reason == SSL_R_HTTP_REQUEST;
        failure_.why = other ? "the peer does not speak TLS: " : "";
        failure_.why += take_error_text();
    }
}

progress engine::shake() {
    ERR_clear_error();
    starved_ = cut_ = false;
    const progress result = after(SSL_do_handshake(ssl_.get()));
    if (result == progress::done) {
        ERR_clear_error();  // of ways that were tried and not taken
    }
    return result;
}

progress engine::read(void* to, std::size_t size, std::size_t& got) {
    auto* place = static_cast<char*>(to);
    got = 0;
    for (;;) {
        std::size_t n = 0;
        starved_ = cut_ = false;
        const progress result = after(SSL_read_ex(ssl_.get(), place + got, size - got, &n));
        if (result != progress::done) {
            // An end or failure is found again by the next read.
            return got != 0 ? progress::done : result;
        }
        got += n;
        if (got == size || (!has_input() && SSL_has_pending(ssl_.get()) != 1)) {
            return progress::done;
        }
    }
}

bool engine::is_drained() const noexcept {
    const bool over = input_ended_ || !failure_.why.empty() ||
                      (SSL_get_shutdown(ssl_.get()) & SSL_RECEIVED_SHUTDOWN) != 0;
    return !over && !has_input() && SSL_has_pending(ssl_.get()) != 1;
}

progress engine::write(const void* from, std::size_t size) {
    std::size_t n = 0;
    starved_ = cut_ = false;
    if (SSL_write_ex(ssl_.get(), from, size, &n) == 1) [[likely]] {
        return progress::done;
    }
    if (starved_) {
        return progress::starved;  // half of a message is there that OpenSSL wants to see first
    }
    if (cut_ || output_error != 0) {
        ERR_clear_error();
        return progress::cut;
    }
    note_failure();
    return progress::failed;
}

void engine::say_goodbye() {
    const bool up = SSL_is_init_finished(ssl_.get()) == 1 && failure_.why.empty();
    if (up && output_error == 0 && !has_said_goodbye()) {
        SSL_shutdown(ssl_.get());
        ERR_clear_error();
    }
}

engine::room_t engine::input_room(std::size_t least) {
    const std::size_t have = input_end_ - input_begin_;
    if (have == 0) {
        input_begin_ = input_end_ = 0;
    }
    if (input_size_ - input_end_ < least) {
        auto larger = std::make_unique<char[]>(have + least);
        if (have != 0) {
            std::memcpy(larger.get(), input_.get() + input_begin_, have);
        }
        input_ = std::move(larger);
        input_size_ = have + least;
        input_begin_ = 0;
        input_end_ = have;
    }
    return {input_.get() + input_end_, input_size_ - input_end_};
}

void engine::drop_empty_input() noexcept {
    if (!has_input()) {
        input_.reset();
        input_size_ = input_begin_ = input_end_ = 0;
    }
}

void engine::input_ends(std::int64_t result) noexcept {
    input_ended_ = true;
    input_error_ = result;
}

}  // namespace nurt::tls::detail
