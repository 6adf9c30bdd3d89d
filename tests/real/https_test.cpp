// SPDX-License-Identifier: MIT
// https with programs of others: curl, openssl, Python's http.server.
#include "nurt/core/gather.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/http/server.hpp"
#include "tests/real/others.hpp"
#include "tests/real/reality.hpp"

#include <string>
#include <vector>

namespace http = nurt::http;
namespace tls = nurt::tls;
using nurt::coro;
using nurt_test::error_of;
using nurt_test::files;
using nurt_test::in_reality;
using nurt_test::other_server;
using nurt_test::root;
using nurt_test::run;
using nurt_test::trusting;
using nurt_test::trusting_options;

namespace {

coro<http::reply> tell(http::request& request) {
    std::string text = co_await request.read_all();
    if (text.empty()) text = std::string(request.scheme()) + ' ' + std::string(request.path());
    const auto info = request.tls_info();
    if (info && info->peer) text += ' ' + info->peer->subject;
    co_return text;
}

http::client trusting_client() {
    return http::client(http::client_options().tls(trusting()));
}

std::string url_of(std::uint16_t port, const std::string& path) {
    return "https://localhost:" + std::to_string(port) + path;
}

// Serves what it is told about, keeps connections, and ends after so many of them.
constexpr const char* python_server = R"py(
import http.server, ssl, sys
class handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"])).upper()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def do_GET(self):
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b"until the end")
        self.close_connection = True
    def log_message(self, *_):
        pass
server = http.server.HTTPServer(("127.0.0.1", 0), handler)
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1], sys.argv[2])
server.socket = context.wrap_socket(server.socket, server_side=True, suppress_ragged_eofs=True)
print("port:%d" % server.server_port, flush=True)
for _ in range(int(sys.argv[3])):
    server.handle_request()
)py";

constexpr const char* rude_server = R"py(
import os, socket, ssl, sys
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
context.load_cert_chain(sys.argv[1], sys.argv[2])
listener = socket.create_server(("127.0.0.1", 0))
print("port:%d" % listener.getsockname()[1], flush=True)
for answer in (b"\r\n\r\nhalf", b"\r\nContent-Length: 5\r\n\r\nwhole"):
    safe = context.wrap_socket(listener.accept()[0], server_side=True)
    safe.recv(10000)
    safe.sendall(b"HTTP/1.1 200 OK" + answer)
    os.close(safe.detach())
)py";

std::string python(const files& f, const char* text, const char* name, int connections) {
    return "/usr/bin/python3 " + f.folder.write(name, text) + ' ' + f.chain + ' ' + f.key + ' ' +
           std::to_string(connections);
}

}  // namespace

TEST_CASE("curl asks our https server, twice over one connection") {
    in_reality([]() -> coro<void> {
        const files f;
        auto server = co_await http::start_server(tell, "127.0.0.1", 0, f.options());
        const std::string said =
            co_await run("curl -s --cacert " + f.ca + " -w ' %{http_version} %{num_connects}\n' " +
                         url_of(server.port(), "/a") + ' ' + url_of(server.port(), "/b"));
        CHECK(said == "https /a 1.1 1\nhttps /b 1.1 0\n");
        const std::string bad = co_await run("curl -sS " + url_of(server.port(), "/"));
        CHECK(bad.find("certificate") != std::string::npos);
        const std::string plain =
            co_await run("curl -sS http://localhost:" + std::to_string(server.port()));
        CHECK(plain.find("Empty reply") != std::string::npos);
        CHECK(server.statistics().accepted == 1);
        CHECK(server.statistics().refused == 2);
    });
}

TEST_CASE("a megabyte of curl's comes back, with the name of who sent it") {
    in_reality([]() -> coro<void> {
        const files f;
        auto options = f.options().ca_pem(root().pem());
        options.clients(tls::client_certificates::require);
        auto server = co_await http::start_server(tell, "127.0.0.1", 0, options);
        const std::string text(1'000'000, 'x');
        const std::string path = f.folder.write("body", text);
        const auto me = root().issue("tester");
        const std::string mine = f.folder.write("me.pem", me.certificate + me.key);
        const std::string said =
            co_await run("curl -s --cacert " + f.ca + " -E " + mine + " --data-binary @" + path +
                         ' ' + url_of(server.port(), "/"));
        CHECK(said == text + " CN=tester");
    });
}

TEST_CASE("openssl hears that our server has said all it had to say") {
    in_reality([]() -> coro<void> {
        const files f;
        auto server = co_await http::start_server(tell, "127.0.0.1", 0, f.options());
        const std::string command =
            "sh -c \"(printf 'GET /a HTTP/1.1\\r\\nHost: a\\r\\nConnection: close\\r\\n\\r\\n'; "
            "sleep 1) "
            "| openssl s_client -verify_return_error -CAfile " +
            f.ca + " -connect localhost:" + std::to_string(server.port()) + '"';
        const std::string said = co_await run(command);
        CHECK(said.find("\r\n\r\nhttps /a") != std::string::npos);
        CHECK(said.ends_with("closed\n"));  // and not: unexpected eof
    });
}

TEST_CASE("a certificate is exchanged under many clients, and none of them notices") {
    in_reality([]() -> coro<void> {
        const files f;
        tls::server_context site(f.options());
        auto server = co_await http::start_server(tell, "127.0.0.1", 0, site);
        auto c = trusting_client();
        auto ask = [](http::client& from, std::string url) -> coro<int> {
            int good = 0;
            for (int i = 0; i < 20; ++i) {
                const auto r =
                    co_await from.get(url).header("Connection", i % 5 == 0 ? "close" : "");
                good += r.ok() ? 1 : 0;
            }
            co_return good;
        };
        auto exchange = [](tls::server_context context) -> coro<int> {
            for (int i = 0; i < 10; ++i) {
                co_await nurt::sleep(nurt::milliseconds(2));
                context.reload();
            }
            co_return 0;
        };
        const std::string url = url_of(server.port(), "/a");
        auto [one, two, three, none] =
            co_await nurt::gather(ask(c, url), ask(c, url), ask(c, url), exchange(site));
        CHECK(one + two + three + none == 60);
    });
}

TEST_CASE("our client asks Python's http.server over https") {
    in_reality([]() -> coro<void> {
        const files f;
        const other_server server(python(f, python_server, "server.py", 2), "port:");
        auto c = trusting_client();
        for (int i = 0; i < 3; ++i) {
            const auto r = co_await c.post(url_of(server.port(), "/")).body("over and over");
            CHECK(r.text() == "OVER AND OVER");
        }
        CHECK(c.statistics().open == 1);
        c.close();
        auto another = trusting_client();
        const auto r =
            co_await error_of<http::read_error>(another.get(url_of(server.port(), "/")).send());
        // Python closes without a word, so nobody can say whether that was all.
        CHECK(std::string(r.what()).ends_with(": the connection ended without close_notify"));
    });
}

TEST_CASE("our client asks openssl's server") {
    in_reality([]() -> coro<void> {
        const files f;
        const other_server server("openssl s_server -www -naccept 1 -accept 127.0.0.1:0 -cert " +
                                      f.chain + " -key " + f.key,
                                  "ACCEPT");
        auto c = trusting_client();
        const auto r = co_await c.get(url_of(server.port(), "/"));
        CHECK(r.status() == 200);
        CHECK(r.text().find("TLS_AES_256_GCM_SHA384") != std::string::npos);
    });
}

TEST_CASE("an answer that a server cuts off is an error, one that is complete is not") {
    in_reality([]() -> coro<void> {
        const files f;
        const other_server server(python(f, rude_server, "rude.py", 2), "port:");
        auto c = trusting_client();
        const std::string url = url_of(server.port(), "/");
        const auto e = co_await error_of<http::read_error>(c.get(url).send());
        CHECK(std::string(e.what()).ends_with(": the connection ended without close_notify"));
        const auto r = co_await c.get(url);
        CHECK(r.text() == "whole");
    });
}
