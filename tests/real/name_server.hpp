// SPDX-License-Identifier: MIT
// tests/real/name_server.hpp: a name server on the loopback interface, for tests of lookups.
#pragma once

#include <atomic>
#include <string>
#include <thread>

namespace nurt_test {

// Knows one.test (192.0.2.1, and back), both.test (192.0.2.2, 2001:db8::2), brief.test (192.0.2.3, not
// to be kept), who takes the mail of mail.test and the texts of text.test; what it says of torn.test is
// malformed. It never answers questions for silent.test, and says of every other name that it does
// not exist.
class name_server {
public:
    name_server();
    ~name_server();

    std::string address() const;  // "127.0.0.1:PORT"
    int questions() const noexcept { return questions_.load(); }

private:
    void serve();
    void answer(const unsigned char* question, std::size_t size, const void* to, unsigned to_size);

    int socket_ = -1;
    std::atomic<int> questions_ = 0;
    std::thread thread_;
};

}  // namespace nurt_test
