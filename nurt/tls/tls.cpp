// SPDX-License-Identifier: MIT
// nurt/tls/tls.cpp: see the header.
#include "nurt/tls/tls.hpp"

#include "nurt/base/error.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/tls/detail/connection.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace nurt::tls {

namespace {

using detail::engine;
using detail::progress;
using engine_ptr = std::unique_ptr<engine>;

constexpr std::size_t handshake_block = 4096;

std::string handshake_with(const stream& s, const std::string& server_name) {
    std::string text = "TLS handshake with " + s.peer_name();
    if (!server_name.empty()) {
        text += " (" + server_name + ')';
    }
    return text;
}

// The last words of a handshake are said as far as the peer listens: the reason of a failure, or
// tickets, which a client that has sent everything and left does not need. What was not said is
// missing, so nothing may follow it; what the peer has said can still be read.
coro<void> say(stream& plain, engine& tls, bool must_arrive) {
    try {
        co_await plain.write(tls.output);
    } catch (const os_error& e) {
        if (must_arrive) {
            throw;
        }
        tls.output_error = -e.number();
    }
    tls.output.clear();
}

// The stream's own buffer is read first, so what is in there is input of TLS.
coro<void> shake(stream& plain, engine& tls, const std::string& attempt) {
    for (;;) {
        const progress result = tls.shake();
        if (!tls.output.empty()) {
            co_await say(plain, tls, result == progress::starved);
        }
        if (result == progress::done) {
            co_return;
        }
        if (result == progress::failed) {
            if (const std::exception_ptr thrown = tls.take_thrown()) {
                std::rethrow_exception(thrown);
            }
            const detail::engine_failure& f = tls.failure();
            throw tls_error(f.reason, attempt, f.why, f.verify_result);
        }
        if (result != progress::starved) {
            throw tls_error(tls_errc::truncated, attempt, "the peer has closed the connection");
        }
        const auto room = tls.input_room(handshake_block);
        const std::size_t got = co_await plain.read_some(std::span<char>(room.data, room.size));
        tls.input_filled(got);
        if (got == 0) {
            tls.input_ends(0);
        }
    }
}

// The connection that carries the stream is exchanged for one over it.
void put_on(const stream& s, engine_ptr tls) {
    nurt::detail::stream_state& state = *s.shared();
    if (!state.buffer.empty()) {
        const std::string_view rest = state.buffer.view();
        const auto room = tls->input_room(rest.size());
        rest.copy(room.data, rest.size());
        tls->input_filled(rest.size());
        state.buffer.drop(rest.size());
    }
    // All memory comes first: the stream is never without something that carries it.
    auto above = std::make_unique<detail::tls_stream>();
    above->open(
        new detail::connection(std::move(state.bytes), std::move(tls), event_loop::running()));
    state.bytes = std::move(above);
}

coro<stream> start_over(stream plain, engine_ptr tls, duration most) {
    const std::string attempt = handshake_with(plain, tls->server_name());
    const duration limit = std::min(most, tls->context().options.handshake_timeout);
    try {
        co_await wait_for(shake(plain, *tls, attempt), limit);
    } catch (const timeout_error&) {
        throw timeout_error(attempt + ": timed out");
    }
    if (plain.is_closed()) {  // by who keeps an eye on it, during the last words
        throw os_error(ECANCELED, attempt);
    }
    put_on(plain, std::move(tls));
    co_return plain;
}

void check_unused(const stream& s) {
    if (s.shared()->closed) {
        nurt::detail::throw_stream_closed();
    }
    if (s.shared()->reading || s.shared()->writing || s.shared()->torn) {
        throw usage_error("TLS cannot start on a stream that is being read or written");
    }
}

// Sessions of one server are those of a name and a port; who gives no name has its address.
std::string origin_of(const stream& s, const std::string& server_name) {
    if (server_name.empty()) {
        return s.peer_name();
    }
    const auto address = socket_address::from(s.peer_endpoint());
    return server_name + ':' + std::to_string(address ? address->port() : 0);
}

coro<void> serve(connection_handler& handler, server_context context, stream plain) {
    stream s = co_await accept(std::move(plain), std::move(context));
    if (!s.is_closed()) {
        co_await handler(std::move(s));
    }
}

// Drops what comes, until the end.
coro<void> read_to_end(stream& s) {
    auto scratch = std::make_unique<char[]>(handshake_block);
    for (;;) {
        const std::size_t got =
            co_await s.read_some(std::span<char>(scratch.get(), handshake_block));
        if (got == 0) {
            co_return;
        }
    }
}

}  // namespace

coro<stream> start(stream plain, std::string server_name, client_context context,
                   start_options options) {
    check_unused(plain);
    auto tls = std::make_unique<engine>(context.state(), server_name, origin_of(plain, server_name),
                                        options.alpn);
    co_return co_await start_over(std::move(plain), std::move(tls), options.handshake_timeout);
}

coro<stream> start(stream plain, server_context context, start_options options) {
    check_unused(plain);
    auto tls =
        std::make_unique<engine>(context.state(), std::string(), std::string(), options.alpn);
    co_return co_await start_over(std::move(plain), std::move(tls), options.handshake_timeout);
}

// What goes wrong in a handshake is the client's affair, and whoever can reach us can make it.
coro<stream> accept(stream plain, server_context context, start_options options) {
    stream s;
    try {
        s = co_await start(std::move(plain), context, options);
    } catch (const error& e) {
        // A copy: it may give the context other options.
        const auto callback = context.state()->built()->options.on_handshake_error;
        if (callback) {
            (*callback)(e);
        }
    }
    co_return s;
}

coro<stream> connect(std::string host, std::uint16_t port, client_context context,
                     connect_options options) {
    stream plain = co_await nurt::connect(host, port, options);
    co_return co_await start(std::move(plain), std::move(host), std::move(context));
}

coro<server> start_server(connection_handler handler, std::string host, std::uint16_t port,
                          server_context context, listen_options options) {
    auto shared = std::make_shared<connection_handler>(std::move(handler));
    connection_handler secured = [shared, context](stream plain) -> coro<void> {
        return serve(*shared, context, std::move(plain));
    };
    co_return co_await nurt::start_server(std::move(secured), std::move(host), port, options);
}

coro<void> shutdown(stream s) {
    const auto* bytes = dynamic_cast<detail::tls_stream*>(s.shared()->bytes.get());
    if (bytes == nullptr) {
        throw usage_error("this stream is not TLS");
    }
    const duration limit = bytes->tls().context().options.shutdown_timeout;
    const std::string attempt = "TLS shutdown with " + s.peer_name();
    s.shutdown_write();
    bool late = false;
    try {
        co_await wait_for(read_to_end(s), limit);
    } catch (const timeout_error&) {
        late = true;
    }
    if (late) {
        s.abort();
        throw timeout_error(attempt + ": timed out");
    }
}

}  // namespace nurt::tls
