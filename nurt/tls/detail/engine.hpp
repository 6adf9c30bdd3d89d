// SPDX-License-Identifier: MIT
// nurt/tls/detail/engine.hpp: one TLS connection of OpenSSL, and the bytes on both of its sides.
//
// It never waits. While it shakes hands, what it has read and what it wants to say stand in its
// buffers. Once it is attached to a byte_stream, OpenSSL reads and writes that in place, through a
// BIO of ours, and only what the stream does not take at once is kept.
#pragma once

#include "nurt/io/operation.hpp"
#include "nurt/stream/byte_stream.hpp"
#include "nurt/tls/detail/context_state.hpp"
#include "nurt/tls/errors.hpp"

#include <cstddef>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace nurt::tls::detail {

enum class progress : unsigned char {
    done,
    starved,  // needs more input
    ended,    // the peer has said that nothing more will come
    cut,      // the connection below has ended or failed: see cut_by()
    failed,   // see failure()
};

struct engine_failure {
    tls_errc reason;
    std::string why;
    int verify_result = 0;
};

// Invariants:
//  1. BIO callbacks run inside of a call of a member function only.
//  2. input_ is read from the stream only after all that was put there has been consumed.
//  3. As long as output is not empty nothing is written to the stream in place, so the order stays.
class engine {
public:
    // server_name: of a client, whom it wants to talk to; checked unless the options say otherwise.
    // origin: under which name sessions are kept. alpn: instead of the context's; "" is none.
    engine(std::shared_ptr<context_state> shared, std::string server_name, std::string origin,
           std::string_view alpn);
    engine(const engine&) = delete;
    engine& operator=(const engine&) = delete;
    ~engine();

    progress shake();
    // size is not 0; got says how much. More than one record if there is more already.
    progress read(void* to, std::size_t size, std::size_t& got);
    // Nothing can come of a read, for want of input.
    bool is_drained() const noexcept;
    // Takes all of it, at most a record's worth, or nothing. Starved: it has to be repeated with the
    // same bytes, or others, when there is more input.
    progress write(const void* from, std::size_t size);
    // Says that nothing more will come, once.
    void say_goodbye();
    bool has_said_goodbye() const noexcept {
        return (SSL_get_shutdown(ssl_.get()) & SSL_SENT_SHUTDOWN) != 0;
    }

    // The other side. Room for input, valid until the next call; then how much of it was filled.
    struct room_t {
        char* data;
        std::size_t size;
    };
    room_t input_room(std::size_t least);
    void input_filled(std::size_t n) noexcept { input_end_ += n; }
    bool has_input() const noexcept { return input_begin_ != input_end_; }
    // 0: the end of the stream; -errno.
    void input_ends(std::int64_t result) noexcept;
    // Why it is cut: 0 is the end of the input.
    std::int64_t cut_by() const noexcept { return input_ended_ ? input_error_ : output_error; }
    void drop_empty_input() noexcept;
    std::string output;

    // From now on it reads and writes the stream itself. Nobody else has an operation of that kind
    // under way then, but for one who has told so by reading or writing.
    void attach(byte_stream& bytes) noexcept { bytes_ = &bytes; }
    void detach() noexcept { bytes_ = nullptr; }
    bool reading = false;  // somebody waits for input of the stream
    bool writing = false;  // somebody writes output to the stream
    std::int64_t output_error = 0;

    const engine_failure& failure() const noexcept { return failure_; }
    // What a callback of the user threw and so made it fail; once.
    std::exception_ptr take_thrown() noexcept { return std::exchange(thrown_, nullptr); }
    const built_context& context() const noexcept { return *built_; }
    const std::string& server_name() const noexcept { return server_name_; }
    SSL* ssl() const noexcept { return ssl_.get(); }
    static void install_callbacks(const built_context& context);

private:
    struct callbacks;
    struct in_place final : io::operation {
        void complete() noexcept override {}
    };

    void prepare_client();
    const std::string& alpn() const noexcept { return alpn_.empty() ? built_->alpn : alpn_; }
    void change_to(std::shared_ptr<const built_context> chosen);
    progress after(int result);
    bool has_ended() const noexcept;
    void note_failure();
    void describe_failure();

    std::shared_ptr<context_state> shared_;
    std::shared_ptr<const built_context> built_;
    std::string server_name_;
    std::string origin_;
    std::string alpn_;  // as on the wire; empty: as the context says
    ssl_ptr ssl_;
    byte_stream* bytes_ = nullptr;
    std::unique_ptr<char[]> input_;
    std::size_t input_size_ = 0;
    std::size_t input_begin_ = 0;
    std::size_t input_end_ = 0;
    std::int64_t input_error_ = 0;
    bool input_ended_ = false;
    bool selected_ = false;  // the client's first message has been looked at
    bool starved_ = false;   // of the call that is under way: it asked for more
    bool cut_ = false;       // and there will be no more
    in_place receive_;
    in_place send_;
    engine_failure failure_{tls_errc::protocol, "", 0};
    std::exception_ptr thrown_;
};

}  // namespace nurt::tls::detail
