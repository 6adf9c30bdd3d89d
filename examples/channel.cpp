// SPDX-License-Identifier: MIT
// examples/channel.cpp: two producers, one consumer, and nobody who has to say that it is over.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>
#include <utility>

using words = nurt::send_channel<std::string>;

nurt::coro<void> speak(words out, std::string word, int times) {
    for (int i = 0; i < times; ++i) {
        co_await nurt::sleep(nurt::milliseconds(2));
        co_await out.send(word);
    }
}  // closes its end

nurt::coro<void> listen(nurt::receive_channel<std::string> in) {
    int count = 0;
    while (auto word = co_await in.receive()) ++count;
    std::printf("heard %d words\n", count);
}

nurt::coro<void> conversation() {
    auto [out, in] = nurt::open_channel<std::string>();
    words second = out.clone();
    auto he = speak(std::move(out), "well", 3);
    auto she = speak(std::move(second), "so", 2);
    co_await nurt::gather(std::move(he), std::move(she), listen(std::move(in)));
}

int main() {
    nurt::run(conversation());
}

// prints:
// heard 5 words
