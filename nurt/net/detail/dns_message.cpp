// SPDX-License-Identifier: MIT
// nurt/net/detail/dns_message.cpp: see the header.
#include "nurt/net/detail/dns_message.hpp"

#include <algorithm>
#include <cstdint>

namespace nurt::detail {

namespace {

constexpr std::size_t longest_name = 255;  // RFC 1035 2.3.4, in bytes on the wire

class malformed {};

// Reads a message from the front; throws malformed instead of reading beyond its end.
class reader {
public:
    explicit reader(std::span<const unsigned char> message, std::size_t at = 0)
        : message_(message), at_(at) {}

    std::size_t at() const noexcept { return at_; }

    unsigned number(int bytes) {
        unsigned value = 0;
        for (int i = 0; i < bytes; ++i) {
            value = value << 8 | byte();
        }
        return value;
    }
    void skip(std::size_t n) { take(n); }
    std::string text(std::size_t n) {
        const auto bytes = take(n);
        return std::string(bytes.begin(), bytes.end());
    }
    std::string name();

private:
    unsigned char byte() { return take(1)[0]; }
    std::span<const unsigned char> take(std::size_t n) {
        if (n > message_.size() - at_) {
            throw malformed();
        }
        at_ += n;
        return message_.subspan(at_ - n, n);
    }

    std::span<const unsigned char> message_;
    std::size_t at_;
};

// As in a zone file, RFC 1035 5.1: what could be taken for a dot, or break a line of a log, is
// escaped.
void append_label(std::string& name, const std::string& label) {
    for (const char c : label) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= ' ' || byte >= 0x7f) {
            const std::string digits = std::to_string(byte);
            name += '\\' + std::string(3 - digits.size(), '0') + digits;
        } else {
            name += c == '.' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
        }
    }
}

// Each pointer has to lead to before the part of the name it ends, so the reading ends.
std::string reader::name() {
    std::string result;
    std::size_t wire = 1;
    std::size_t start = at_;
    std::size_t behind = 0;  // where reading goes on after the first pointer
    for (;;) {
        const unsigned length = byte();
        if (length == 0) {
            break;
        }
        if (length >= 0xc0) {
            const std::size_t to = (length & 0x3f) << 8 | byte();
            if (to >= start) {
                throw malformed();
            }
            behind = behind == 0 ? at_ : behind;
            start = at_ = to;
            continue;
        }
        wire += 1 + length;
        if (length >= 0x40 || wire > longest_name) {
            throw malformed();
        }
        result += result.empty() ? "" : ".";
        append_label(result, text(length));
    }
    at_ = behind == 0 ? at_ : behind;
    return result;
}

unsigned code_of(record_type type) {
    switch (type) {
        case record_type::mx: return 15;
        case record_type::txt: return 16;
        default: return 12;
    }
}

// A TXT record is one text in pieces of up to 255 bytes.
std::string joined_text(reader& r, std::size_t end) {
    std::string whole;
    while (r.at() < end) {
        whole += r.text(r.number(1));
    }
    return whole;
}

void read_data(record_type type, reader& r, std::size_t end, name_answer& to) {
    if (type == record_type::mx) {
        const auto preference = static_cast<std::uint16_t>(r.number(2));
        to.exchangers.push_back({preference, r.name()});
    } else {
        to.texts.push_back(type == record_type::txt ? joined_text(r, end) : r.name());
    }
    if (r.at() != end) {
        throw malformed();
    }
}

name_answer read_message(record_type type, std::span<const unsigned char> message) {
    constexpr unsigned internet = 1;
    reader r(message);
    r.skip(4);
    const unsigned questions = r.number(2);
    const unsigned answers = r.number(2);
    r.skip(4);
    for (unsigned i = 0; i < questions; ++i) {
        r.name();
        r.skip(4);
    }
    name_answer result;
    std::uint32_t shortest = UINT32_MAX;
    for (unsigned i = 0; i < answers; ++i) {
        r.name();
        const unsigned code = r.number(2);
        const unsigned kind = r.number(2);
        const std::uint32_t ttl = r.number(4);
        const std::size_t size = r.number(2);
        reader data = r;
        r.skip(size);
        // RFC 2181 8: a value with the highest bit is to be read as zero.
        shortest = std::min(shortest, ttl > INT32_MAX ? 0 : ttl);
        if (code == code_of(type) && kind == internet) {
            read_data(type, data, r.at(), result);
        }
    }
    result.time_to_live = answers != 0 ? seconds(shortest) : duration();
    return result;
}

}  // namespace

std::optional<name_answer> parse_dns_answer(record_type type,
                                            std::span<const unsigned char> message) {
    try {
        name_answer result = read_message(type, message);
        std::sort(result.exchangers.begin(), result.exchangers.end());
        return result;
    } catch (const malformed&) {
        return std::nullopt;
    }
}

std::string reverse_name(const ip_address& address) {
    constexpr char digits[] = "0123456789abcdef";
    std::string result;
    for (int i = address.size() - 1; i >= 0; --i) {
        const unsigned byte = address.data()[i];
        if (address.is_v4()) {
            result += std::to_string(byte) + '.';
        } else {
            result += {digits[byte & 15], '.', digits[byte >> 4], '.'};
        }
    }
    return result + (address.is_v4() ? "in-addr.arpa" : "ip6.arpa");
}

}  // namespace nurt::detail
