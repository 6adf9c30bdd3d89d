// SPDX-License-Identifier: MIT
// tests/fuzz/dns_message_fuzz.cpp: answers of name servers.
//
// The first byte of the input chooses the type of the records. Promises checked: nothing is read
// outside of the message, and names have no bytes that a log or a terminal would obey.
#include "nurt/net/detail/dns_message.hpp"

#include <cstdint>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using nurt::detail::record_type;
    if (size == 0) return 0;
    constexpr record_type types[] = {record_type::mx, record_type::txt, record_type::ptr};
    const record_type type = types[data[0] % 3];
    const auto found = nurt::detail::parse_dns_answer(type, {data + 1, size - 1});
    if (!found || type == record_type::txt) return 0;
    for (const std::string& name : found->texts) {
        for (const char c : name) {
            if (c <= ' ' || c == 0x7f) std::abort();
        }
    }
    return 0;
}
