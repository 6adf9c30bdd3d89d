// SPDX-License-Identifier: MIT
// examples/http_client.cpp: three requests at once with http::client. The server is in here too, so that
// the example needs no other program.
#include <nurt/http/client.hpp>
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

// Answers every request after a tenth of a second.
nurt::coro<void> answer(nurt::stream peer) {
    while (true) {
        for (std::string line = co_await peer.readline(); line != "\r\n";
             line = co_await peer.readline()) {
            if (line.empty()) co_return;
        }
        co_await nurt::sleep(nurt::seconds(0.1));
        co_await peer.write("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello");
    }
}

nurt::coro<void> ask() {
    nurt::server server = co_await nurt::start_server(answer, "127.0.0.1", 0);
    nurt::http::client client(
        nurt::http::client_options().base_url("http://127.0.0.1:" + std::to_string(server.port())));

    auto [warsaw, krakow, radom] = co_await nurt::gather(
        client.get("/delay"), client.get("/delay").param("city", "Kraków"),
        client.get("/delay").header("Accept", "text/plain").timeout(nurt::seconds(2)));
    for (const auto* r : {&warsaw, &krakow, &radom}) {
        std::printf("%d %s\n", r->status(), r->text().c_str());
    }
    std::printf("%s\n", krakow.url().substr(krakow.url().rfind('/')).c_str());
}

int main() {
    nurt::run(ask());
}

// prints:
// 200 hello
// 200 hello
// 200 hello
// /delay?city=Krak%C3%B3w
