// SPDX-License-Identifier: MIT
// TLS with programs of others: openssl, curl, Python. And what only a real network does.
#include "nurt/tls/tls.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/task.hpp"
#include "nurt/net/unix.hpp"
#include "tests/real/others.hpp"
#include "tests/real/reality.hpp"
#include "tests/real/run_end.hpp"
#include "tests/tls/pair.hpp"

#include <cerrno>
#include <memory>
#include <string>
#include <vector>

using nurt::coro;
using nurt::create_task;
using nurt::stream;
using nurt_test::error_of;
using nurt_test::files;
using nurt_test::in_reality;
using nurt_test::other_server;
using nurt_test::root;
using nurt_test::run;
using nurt_test::site_options;
using nurt_test::trusting;
using nurt_test::trusting_options;

namespace {

namespace tls = nurt::tls;

coro<void> echo_line(stream s) {
    const std::string line = co_await s.readline();
    co_await s.write(line);
}

coro<void> echo(stream s) {
    auto buffer = std::make_unique<char[]>(65536);
    for (;;) {
        const std::size_t n = co_await s.read_some(std::span<char>(buffer.get(), 65536));
        if (n == 0) {
            co_return;
        }
        co_await s.write(std::string_view(buffer.get(), n));
    }
}

coro<std::string> ask(tls::client_context client, std::uint16_t port, std::string line) {
    stream s = co_await tls::connect("localhost", port, std::move(client));
    co_await s.write(line);
    co_return co_await s.readline();
}

constexpr const char* asyncio_client = R"py(
import asyncio, ssl, sys
async def main():
    context = ssl.create_default_context(cafile=sys.argv[2])
    reader, writer = await asyncio.open_connection("localhost", int(sys.argv[1]), ssl=context)
    writer.write(b"x" * 300000 + b"\n")
    line = await reader.readexactly(300001)
    print(len(line), writer.get_extra_info("cipher")[1])
    writer.close()
    await writer.wait_closed()
asyncio.run(main())
)py";

constexpr const char* asyncio_server = R"py(
import asyncio, ssl, sys
async def handle(reader, writer):
    while line := await reader.readline():
        writer.write(line.upper())
    writer.close()
async def main():
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(sys.argv[1], sys.argv[2])
    server = await asyncio.start_server(handle, "127.0.0.1", 0, ssl=context)
    print("port:%d" % server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(3)
asyncio.run(main())
)py";

constexpr const char* rude_server = R"py(
import os, socket, ssl, sys
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print("port:%d" % listener.getsockname()[1], flush=True)
safe = context.wrap_socket(listener.accept()[0], server_side=True)
safe.sendall(b"half of the")
os.close(safe.detach())
)py";

constexpr const char* start_tls_client = R"py(
import asyncio, ssl, sys
async def main():
    reader, writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[1]))
    writer.write(b"STARTTLS\n")
    await writer.drain()
    context = ssl.create_default_context(cafile=sys.argv[2])
    await writer.start_tls(context, server_hostname="localhost")
    writer.write(b"over TLS\n")
    print((await reader.readline()).decode(), end="")
    writer.close()
asyncio.run(main())
)py";

}  // namespace

TEST_CASE("openssl s_client talks to our server, in both versions") {
    in_reality([]() -> coro<void> {
        const files f;
        auto server = co_await tls::start_server(echo_line, "127.0.0.1", 0, f.options());
        for (const char* version : {"-tls1_2", "-tls1_3"}) {
            const std::string said = co_await run(
                "sh -c 'echo words | openssl s_client -quiet -verify_return_error "
                "-verify_quiet -connect 127.0.0.1:" +
                std::to_string(server.port()) + " -servername localhost -CAfile " + f.ca + ' ' +
                version + "'");
            CHECK(said == "words\n");
        }
    });
}

TEST_CASE("our client talks to openssl s_server, and resumes its session, in both versions") {
    in_reality([]() -> coro<void> {
        const files f;
        for (const char* version : {"-tls1_2", "-tls1_3"}) {
            const other_server server("openssl s_server -accept 127.0.0.1:0 -rev -naccept 2 " +
                                          std::string(version) + " -cert " + f.chain + " -key " +
                                          f.key,
                                      "ACCEPT");
            const auto client = trusting();
            for (const bool again : {false, true}) {
                stream s = co_await tls::connect("127.0.0.1", server.port(), client);
                co_await s.write("stressed\n");
                const std::string line = co_await s.readline();
                CHECK(line == "desserts\n");
                const auto info = tls::info(s);
                REQUIRE(info);
                CHECK(info->resumed == again);
                const bool old = version == std::string_view("-tls1_2");
                CHECK(info->version == (old ? tls::version::tls1_2 : tls::version::tls1_3));
                s.close();
            }
        }
    });
}

TEST_CASE("a server that speaks TLS 1.1 is refused") {
    in_reality([]() -> coro<void> {
        const files f;
        const other_server server(
            "openssl s_server -accept 127.0.0.1:0 -naccept 1 -tls1_1 -cipher ALL:@SECLEVEL=0 "
            "-cert " +
                f.chain + " -key " + f.key,
            "ACCEPT");
        // An alert, or just the end: that is up to the server.
        co_await error_of<nurt::os_error>(tls::connect("127.0.0.1", server.port(), trusting()));
    });
}

TEST_CASE("curl gets a page from our server, and refuses it without our authority") {
    in_reality([]() -> coro<void> {
        const files f;
        auto page = [](stream s) -> coro<void> {
            co_await s.readuntil("\r\n\r\n");
            co_await s.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
        };
        auto server =
            co_await tls::start_server(page, "127.0.0.1", 0, f.options().alpn("http/1.1"));
        const std::string url = "https://localhost:" + std::to_string(server.port()) + '/';
        const std::string good = co_await run("curl -s --cacert " + f.ca + ' ' + url);
        CHECK(good == "hello");
        const std::string bad = co_await run("curl -sS " + url);
        CHECK(bad.find("certificate") != std::string::npos);
    });
}

TEST_CASE("Python's asyncio talks to our server") {
    in_reality([]() -> coro<void> {
        const files f;
        const std::string script = f.folder.write("client.py", asyncio_client);
        auto server = co_await tls::start_server(echo, "127.0.0.1", 0, f.options());
        const std::string said = co_await run("/usr/bin/python3 " + script + ' ' +
                                              std::to_string(server.port()) + ' ' + f.ca);
        CHECK(said == "300001 TLSv1.3\n");
    });
}

TEST_CASE("our client talks to a server of Python's asyncio") {
    in_reality([]() -> coro<void> {
        const files f;
        const std::string script = f.folder.write("server.py", asyncio_server);
        const other_server server("/usr/bin/python3 " + script + ' ' + f.chain + ' ' + f.key,
                                  "port:");
        const auto client = trusting();
        const std::string answer = co_await ask(client, server.port(), "loud\n");
        CHECK(answer == "LOUD\n");
        stream s = co_await tls::connect("localhost", server.port(), client);
        co_await s.write("question\n");
        co_await s.readline();
        co_await tls::shutdown(std::move(s));
    });
}

TEST_CASE("Python's start_tls meets ours") {
    in_reality([]() -> coro<void> {
        const files f;
        const std::string script = f.folder.write("client.py", start_tls_client);
        const tls::server_context context(f.options());
        auto upgrade = [&context](stream plain) -> coro<void> {
            const std::string command = co_await plain.readline();
            CHECK(command == "STARTTLS\n");
            stream s = co_await tls::start(std::move(plain), context);
            co_await echo_line(std::move(s));
        };
        auto server = co_await nurt::start_server(std::ref(upgrade), "127.0.0.1", 0);
        const std::string said = co_await run("/usr/bin/python3 " + script + ' ' +
                                              std::to_string(server.port()) + ' ' + f.ca);
        CHECK(said == "over TLS\n");
    });
}

TEST_CASE("a server that just cuts the connection does not make a short answer look whole") {
    in_reality([]() -> coro<void> {
        const files f;
        const std::string script = f.folder.write("server.py", rude_server);
        const other_server server("/usr/bin/python3 " + script + ' ' + f.chain + ' ' + f.key,
                                  "port:");
        stream s = co_await tls::connect("127.0.0.1", server.port(), trusting());
        const std::string some = co_await s.readexactly(11);
        CHECK(some == "half of the");
        const auto e = co_await error_of<nurt::tls_error>(s.read_all());
        CHECK(e.reason() == nurt::tls_errc::truncated);
    });
}

TEST_CASE("writing to a peer that has reset the connection is an error, not a signal") {
    in_reality([]() -> coro<void> {
        const files f;
        auto number = std::make_shared<int>(0);
        auto pour = [number](stream s) -> coro<void> {
            const std::string block(100'000, 'x');
            try {
                for (;;) {
                    co_await s.write(block);
                }
            } catch (const nurt::os_error& e) {
                *number = e.number();
            }
        };
        auto server = co_await tls::start_server(pour, "127.0.0.1", 0, f.options());
        stream s = co_await tls::connect("127.0.0.1", server.port(), trusting());
        co_await s.readexactly(1000);
        s.abort();
        server.close();
        co_await server.wait_closed();
        CHECK((*number == EPIPE || *number == ECONNRESET));
    });
}

coro<> shake_hands_in_vain() {
    auto silent = nurt::listen(*nurt::socket_address::parse("127.0.0.1:0"));
    co_await tls::connect("127.0.0.1", silent.port(), trusting());
}

coro<> serve_a_silent_client() {
    auto [near, far] = nurt::stream_pair();
    co_await tls::start(std::move(near), nurt_test::site());
}

// Two ends that know each other.
coro<std::pair<stream, stream>> secure_pair() {
    auto [near, far] = nurt::stream_pair();
    auto serving = create_task(tls::start(std::move(far), nurt_test::site()));
    stream client = co_await tls::start(std::move(near), "localhost", trusting());
    stream server = co_await std::move(serving);
    co_return std::pair<stream, stream>(std::move(client), std::move(server));
}

coro<> read_in_vain() {
    auto ends = co_await secure_pair();
    co_await ends.first.readline();
}

coro<> write_in_vain() {
    auto ends = co_await secure_pair();
    co_await ends.first.write(std::string(10'000'000, 'w'));
}

coro<> shut_down_in_vain() {
    auto ends = co_await secure_pair();
    co_await tls::shutdown(std::move(ends.first));
}

TEST_CASE("P5: run ends at once with TLS under way in each of its states") {
    constexpr nurt_test::endless all[] = {shake_hands_in_vain, serve_a_silent_client, read_in_vain,
                                          write_in_vain, shut_down_in_vain};
    nurt_test::expect_quick_ends(all);
}

TEST_CASE("fifty clients talk TLS to a server at once") {
    in_reality([]() -> coro<void> {
        const files f;
        auto server = co_await tls::start_server(echo, "127.0.0.1", 0, f.options());
        auto talk = [](tls::client_context c, std::uint16_t port, int number) -> coro<void> {
            stream s = co_await tls::connect("127.0.0.1", port, c);
            for (int i = 0; i < 20; ++i) {
                const std::string line = std::to_string(number) + ':' + std::to_string(i) + '\n';
                co_await s.write(line);
                const std::string answer = co_await s.readline();
                CHECK(answer == line);
            }
        };
        const auto client = trusting();
        std::vector<nurt::task<void>> clients;
        for (int i = 0; i < 50; ++i) {
            clients.push_back(create_task(talk, client, server.port(), i));
        }
        for (auto& each : clients) {
            co_await each;
        }
    });
}

TEST_CASE("ten megabytes come back whole over TLS while both sides write") {
    in_reality([]() -> coro<void> {
        const files f;
        auto server = co_await tls::start_server(echo, "127.0.0.1", 0, f.options());
        stream s = co_await tls::connect("127.0.0.1", server.port(), trusting());
        std::string sent(10'000'000, '\0');
        for (std::size_t i = 0; i < sent.size(); ++i) {
            sent[i] = static_cast<char>(i * 2654435761U >> 13);
        }
        auto write = [](stream& to, const std::string& bytes) -> coro<void> {
            co_await to.write(bytes);
            to.shutdown_write();
        };
        auto writing = create_task(write, std::ref(s), std::cref(sent));
        const std::string received = co_await s.read_all();
        CHECK(received == sent);
        co_await writing;
    });
}
