// SPDX-License-Identifier: MIT
// tests/soak/unix.cpp: Unix streams that carry descriptors, pipes, and descriptors of others.
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "nurt/core/task.hpp"
#include "nurt/io/descriptor.hpp"
#include "nurt/net/sock.hpp"
#include "nurt/net/unix.hpp"
#include "nurt/stream/errors.hpp"
#include "nurt/stream/pipe.hpp"
#include "nurt/sync/event.hpp"
#include "tests/soak/actor.hpp"

namespace nurt_soak {

namespace {

using nurt::stream;
using nurt::io::descriptor;

struct neighbours {
    explicit neighbours(world& of) : w(of) {}

    world& w;
    std::uint64_t names = 0;
};

// Does both at the same time; the first that fails ends the other.
coro<> both(coro<> one, coro<> other) {
    auto body = [&one, &other](nurt::task_group& group) -> coro<> {
        group.create_task(std::move(one)).detach();
        group.create_task(std::move(other)).detach();
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
}

coro<> write_pattern(dice& d, stream& to, std::size_t size) {
    for (std::size_t place = 0; place < size;) {
        const std::size_t some = 1 + d.below(size - place);
        const std::string text = patterned(place, some);
        co_await to.write(text);
        place += some;
        if (d.one_in(8)) {
            co_await nurt::sleep(d.moment(2));
        }
    }
    to.shutdown_write();
}

coro<> read_pattern(world& w, dice& d, stream& from, std::size_t size) {
    std::string memory(1 + d.below(40'000), '\0');
    std::uint64_t place = 0;
    for (std::size_t got = 1; got != 0; place += got) {
        got = co_await from.read_some(std::span<char>(memory));
        if (!is_patterned(std::string_view(memory.data(), got), place)) {
            w.wrong("bytes were changed on this machine");
        }
    }
    if (place != size) {
        w.wrong("of " + std::to_string(size) + " bytes came " + std::to_string(place));
    }
}

coro<> through_pipe(neighbours& all, dice& d) {
    auto pipe = nurt::open_pipe();
    const std::size_t size = d.below(400'000);
    dice writer(d.below(SIZE_MAX));
    co_await both(read_pattern(all.w, d, pipe.first, size),
                  write_pattern(writer, pipe.second, size));
    all.w.did("unix: pipe");
}

// In both directions at once.
coro<> through_pair(neighbours& all, dice& d) {
    auto pair = nurt::stream_pair();
    const std::size_t there = d.below(300'000);
    const std::size_t back = d.below(300'000);
    dice one(d.below(SIZE_MAX));
    dice two(d.below(SIZE_MAX));
    dice three(d.below(SIZE_MAX));
    co_await both(
        both(write_pattern(one, pair.first, there), read_pattern(all.w, two, pair.second, there)),
        both(write_pattern(three, pair.second, back), read_pattern(all.w, d, pair.first, back)));
    all.w.did("unix: pair");
}

descriptor file_with(std::string_view text) {
    descriptor made(::memfd_create("to be passed", MFD_CLOEXEC));
    if (!made || ::pwrite(made.number(), text.data(), text.size(), 0) < 0) {
        throw nurt::os_error(errno, "a file to be passed");
    }
    return made;
}

std::string content_of(int number) {
    std::string text(100, '\0');
    const ssize_t size = ::pread(number, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
}

// Rounds of up to five descriptors, each with what says which it is.
coro<> hand_out(dice& d, stream& to, std::size_t rounds) {
    for (std::size_t i = 0; i < rounds; ++i) {
        std::vector<descriptor> files;
        std::vector<int> numbers;
        const std::size_t count = 1 + d.below(5);
        for (std::size_t k = 0; k < count; ++k) {
            files.push_back(file_with("file " + std::to_string(k)));
            numbers.push_back(files.back().number());
        }
        const std::string text = patterned(0, 1 + d.below(d.one_in(5) ? 100'000 : 20));
        const std::string size = std::to_string(count) + ' ' + std::to_string(text.size()) + '\n';
        co_await nurt::send_descriptors(to, numbers, size);
        co_await to.write(text);
        if (d.one_in(3)) {
            co_await nurt::sleep(d.moment(2));
        }
    }
    to.shutdown_write();
}

// Who may open no more descriptors gets none: the kernel drops them.
void check_descriptors(world& w, const nurt::with_descriptors& got, std::string_view line,
                       bool in_poverty) {
    if (got.truncated && in_poverty) {
        w.did("unix: no room for descriptors");
    } else if (got.truncated ||
               std::to_string(got.descriptors.size()) != line.substr(0, line.find(' '))) {
        w.wrong("descriptors were lost");
    }
    for (std::size_t i = 0; i < got.descriptors.size(); ++i) {
        if (content_of(got.descriptors[i].number()) != "file " + std::to_string(i)) {
            w.wrong("another descriptor came");
        }
        w.did("unix: descriptor");
    }
}

coro<> take_in(world& w, stream& from) {
    for (;;) {
        char line[200];
        const std::uint64_t poverties = w.poverties;
        const nurt::with_descriptors got = co_await nurt::receive_descriptors(from, line);
        const std::string_view text(line, got.size);
        if (text.empty()) {
            co_return;
        }
        const std::size_t end = text.find('\n');
        if (end == text.npos) {
            w.wrong("descriptors came without their line");
            co_return;
        }
        check_descriptors(w, got, text, poverties % 2 == 1 || poverties != w.poverties);
        const std::size_t size = std::stoul(std::string(text.substr(text.find(' ') + 1)));
        const std::size_t here = text.size() - end - 1;
        const std::string rest = co_await from.readexactly(size - std::min(here, size));
        if (!is_patterned(text.substr(end + 1), 0) || !is_patterned(rest, here)) {
            w.wrong("bytes beside descriptors were changed");
        }
    }
}

coro<> descriptors(neighbours& all, dice& d) {
    auto pair = nurt::stream_pair();
    dice giver(d.below(SIZE_MAX));
    co_await both(hand_out(giver, pair.first, 1 + d.below(6)), take_in(all.w, pair.second));
    all.w.did("unix: descriptors");
}

coro<> echo(world& w, stream s) {
    const nurt::peer_credentials peer = nurt::credentials_of(s);
    if (peer.pid != ::getpid() || peer.uid != ::getuid()) {
        w.wrong("another peer than us");
    }
    char memory[1000];
    for (std::size_t n = 1; n != 0;) {
        n = co_await s.read_some(memory);
        co_await s.write(std::string_view(memory, n));
    }
}

coro<> visit(world& w, std::string name) {
    stream s = co_await nurt::open_unix_connection(std::move(name), nurt::seconds(30));
    const std::string said = patterned(11, 1000);
    co_await s.write(said);
    const std::string heard = co_await s.readexactly(said.size());
    if (heard != said) {
        w.wrong("an echo by path is not what was said");
    }
    w.did("unix: echo");
}

// A server that is at its path for as long as its visitors need, if that.
coro<> served(neighbours& all, dice& d) {
    const std::string name = (d.one_in(3) ? "@nurt_soak " + all.w.folder : all.w.folder) +
                             "/server" + std::to_string(++all.names);
    world& w = all.w;
    auto handler = [&w](stream s) { return echo(w, std::move(s)); };
    nurt::unix_listen_options options;
    options.backlog = d.one_in(2) ? 2 : 511;
    nurt::server server = co_await nurt::start_unix_server(handler, name, options);
    const std::size_t count = 1 + d.below(6);
    auto body = [&](nurt::task_group& group) -> coro<> {
        for (std::size_t i = 0; i < count; ++i) {
            group.create_task(visit(w, name)).detach();
        }
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    if (d.one_in(2)) {
        const bool gentle = co_await server.stop(d.up_to_ms(5));
        w.did(gentle ? "unix: server stopped" : "unix: server stopped by force");
    }
}

// Sockets that nurt does not own.
struct foreign_pair {
    foreign_pair() {
        int ends[2];
        if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends) != 0) {
            throw nurt::os_error(errno, "socketpair");
        }
        near = descriptor(ends[0]);
        far = descriptor(ends[1]);
    }

    descriptor near;
    descriptor far;
};

coro<> sock_send(dice& d, int to, std::size_t size) {
    const std::string text = patterned(0, size);
    for (std::size_t place = 0; place < size;) {
        const std::size_t some = 1 + d.below(size - place);
        co_await nurt::sock_sendall(to, std::string_view(text).substr(place, some));
        place += some;
    }
    ::shutdown(to, SHUT_WR);
}

coro<> sock_receive(world& w, dice& d, int from, std::size_t size) {
    std::uint64_t place = 0;
    std::string memory(20'000, '\0');
    for (bool over = false; !over;) {
        std::size_t got = SIZE_MAX;
        co_await within(d.moment(4), [&]() -> coro<> {
            got = co_await nurt::sock_recv_into(from, std::span<char>(memory));
        });
        if (got == SIZE_MAX) {
            continue;  // cancelled, and nothing was taken
        }
        if (!is_patterned(std::string_view(memory.data(), got), place)) {
            w.wrong("sock_recv has lost or changed bytes");
        }
        place += got;
        over = got == 0;
    }
    if (place != size) {
        w.wrong("sock_sendall sent something else than it should");
    }
}

coro<> sockets(neighbours& all, dice& d) {
    const foreign_pair pair;
    const std::size_t size = 1 + d.below(500'000);
    dice sender(d.below(SIZE_MAX));
    co_await both(sock_send(sender, pair.near.number(), size),
                  sock_receive(all.w, d, pair.far.number(), size));
    all.w.did("unix: sock_recv");
}

descriptor foreign_socket() {
    descriptor made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!made) {
        throw nurt::os_error(errno, "socket");
    }
    return made;
}

coro<> call_and_hang_up(int from, nurt::unix_address at) {
    co_await nurt::sock_connect(from, std::move(at));
    co_await nurt::sock_sendall(from, "hello");
    ::shutdown(from, SHUT_WR);
}

coro<> pick_up(world& w, dice& d, int listener) {
    std::optional<nurt::accepted_socket> caller;
    while (!caller) {
        co_await within(d.moment(4),
                        [&]() -> coro<> { caller = co_await nurt::sock_accept(listener); });
    }
    const std::string heard = co_await nurt::sock_recv(caller->socket.number(), 100);
    if (heard != "hello") {
        w.wrong("a caller said something else");
    }
    w.did("unix: sock_accept");
}

// A listener of somebody else, and who calls it.
coro<> accepted(neighbours& all, dice& d) {
    const nurt::unix_address at("@nurt_soak " + all.w.folder + "/foreign" +
                                std::to_string(++all.names));
    const descriptor listener = foreign_socket();
    const descriptor client = foreign_socket();
    nurt::io::endpoint name = at.to_endpoint();
    if (::bind(listener.number(), reinterpret_cast<sockaddr*>(name.bytes), name.size) != 0 ||
        ::listen(listener.number(), 1) != 0) {
        throw nurt::os_error(errno, "listen");
    }
    co_await both(call_and_hang_up(client.number(), at), pick_up(all.w, d, listener.number()));
}

// Callbacks on both ends of a pair, until all is through or somebody loses interest.
class watched_pair {
public:
    watched_pair(world& w, std::size_t size) : text_(patterned(0, size)), w_(w) {
        loop().add_writer(pair_.near.number(), [this] { write(); });
        loop().add_reader(pair_.far.number(), [this] { read(); });
    }
    watched_pair(const watched_pair&) = delete;
    watched_pair& operator=(const watched_pair&) = delete;
    ~watched_pair() {
        loop().remove_writer(pair_.near.number());
        loop().remove_reader(pair_.far.number());
    }

    auto wait() { return over_.wait(); }

private:
    static nurt::event_loop& loop() { return nurt::event_loop::running(); }

    void write() {
        const ssize_t n = ::send(pair_.near.number(), text_.data() + written_,
                                 text_.size() - written_, MSG_NOSIGNAL);
        written_ += n > 0 ? static_cast<std::size_t>(n) : 0;
        if (written_ == text_.size()) {
            ::shutdown(pair_.near.number(), SHUT_WR);
            loop().remove_writer(pair_.near.number());
        }
    }
    void read() {
        char memory[3000];
        const ssize_t n = ::recv(pair_.far.number(), memory, sizeof memory, 0);
        if (n < 0) {
            return;
        }
        const auto size = static_cast<std::size_t>(n);
        if (!is_patterned(std::string_view(memory, size), read_)) {
            w_.wrong("a callback has read something else");
        }
        read_ += size;
        if (size == 0) {
            over_.set();
            loop().remove_reader(pair_.far.number());
            w_.did(read_ == text_.size() ? "unix: callbacks" : "unix: callbacks lost bytes");
        }
    }

    foreign_pair pair_;
    std::string text_;
    std::size_t written_ = 0;
    std::size_t read_ = 0;
    nurt::event over_;
    world& w_;
};

coro<> callbacks(neighbours& all, dice& d) {
    watched_pair watched(all.w, 1 + d.below(200'000));
    co_await watched.wait();
}

constexpr deed<neighbours> deeds[] = {through_pipe, through_pair, descriptors, served,
                                      sockets,      accepted,     callbacks};
constexpr int errors[] = {EMFILE};

coro<> neighbourhood(world& w) {
    neighbours all(w);
    for (const char* what : {"unix: pipe", "unix: pair", "unix: descriptors", "unix: echo",
                             "unix: sock_recv", "unix: sock_accept", "unix: callbacks"}) {
        w.expect(what);
    }
    auto body = [&](nurt::task_group& group) -> coro<> {
        const habits h{.kind = "unix", .patience_ms = 20, .errors = errors};
        start_actors(w, group, all, 5, h, std::span<const deed<neighbours>>(deeds));
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    if (w.counts.contains("unix: callbacks lost bytes")) {
        w.wrong("callbacks lost bytes");
    }
}

}  // namespace

coro<> unix_sockets(world& w, nurt::task_group& group) {
    group.create_task(neighbourhood(w), "unix").detach();
    co_return;
}

}  // namespace nurt_soak
