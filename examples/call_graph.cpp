// SPDX-License-Identifier: MIT
// examples/call_graph.cpp: where a task stands, and who waits for it.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

nurt::coro<void> read_page() {
    co_await nurt::sleep(nurt::milliseconds(20));
}

nurt::coro<void> fetch() {
    co_await read_page();
}

nurt::coro<void> crawl(nurt::task<> page) {
    co_await nurt::gather(page);
}

// Names only: print_call_graph(page) prints files and lines too.
void draw(const nurt::call_graph& graph, std::size_t indent = 0) {
    std::printf("%*s%s\n", static_cast<int>(indent), "",
                graph.is_task ? graph.name.c_str() : "a future");
    for (std::size_t i = 0; i < graph.call_stack.size(); ++i) {
        std::printf("%*s- is in an await\n", static_cast<int>(indent), "");
    }
    for (const nurt::call_graph& next : graph.awaited_by) draw(next, indent + 2);
}

nurt::coro<void> watched() {
    const auto page = nurt::create_task(fetch(), "page");
    const auto crawler = nurt::create_task(crawl(page), "crawler");
    co_await nurt::sleep(nurt::milliseconds(5));
    draw(nurt::capture_call_graph(page));
    co_await crawler;
}

int main() {
    nurt::run(watched());
}

// prints:
// page
// - is in an await
// - is in an await
//   a future
//     crawler
//     - is in an await
