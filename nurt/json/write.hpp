// SPDX-License-Identifier: MIT
// nurt/json/write.hpp: values to JSON text, and JSON text without values.
//
// Both append to a std::string and produce valid JSON whatever the strings hold: bytes that are not
// UTF-8 become U+FFFD. Doubles are written with the fewest digits that read back as the same double
// and always with a fraction or an exponent, so that 1.0 stays a double. A number that is not finite
// has no JSON form: json::write_error.
#pragma once

#include <string>
#include <string_view>

#include "nurt/json/value.hpp"

namespace nurt::json {

// A NaN or an infinity was to be written.
class write_error : public error {
public:
    using error::error;
};

struct write_options {
    int indent = -1;         // spaces a level, each element on its own line; -1: all on one line
    bool ascii = false;      // everything above U+007F as \uXXXX
    bool sort_keys = false;  // members in the order of their names' bytes; dump() only
};

// Python: json.dumps; without indent there are no spaces: {"a":1,"b":[2,3]}.
std::string dump(const value& what, write_options options = {});
void dump_to(std::string& out, const value& what, write_options options = {});

// Writes JSON piece by piece, without building a value first:
//
//     json::writer w(body);
//     w.begin_object().member("id", 7).key("tags").begin_array().write("a").end_array().end_object();
//
// The order of the calls is the caller's duty; the writer sets commas, colons and indentation.
class writer {
public:
    // Appends to out, which must outlive the writer.
    explicit writer(std::string& out, write_options options = {}) noexcept
        : out_(out), options_(options) {}

    writer& begin_object() { return begin('{'); }
    writer& end_object() { return end('}'); }
    writer& begin_array() { return begin('['); }
    writer& end_array() { return end(']'); }
    writer& key(std::string_view name);

    writer& write(std::nullptr_t) { return word("null"); }
    template <class T>
        requires std::is_same_v<T, bool>
    writer& write(T b) {
        return word(b ? "true" : "false");
    }
    template <integer T>
    writer& write(T number);
    writer& write(double number);
    writer& write(const char* text) { return write(std::string_view(text)); }
    writer& write(std::string_view text);
    writer& write(const std::string& text) { return write(std::string_view(text)); }
    writer& write(const json::array& elements);
    writer& write(const json::object& members);
    writer& write(const value& what);

    // Text that is JSON already.
    writer& raw(std::string_view json) { return word(json); }

    template <class T>
    writer& member(std::string_view name, const T& what) {
        return key(name).write(what);
    }

private:
    writer& begin(char bracket);
    writer& end(char bracket);
    writer& word(std::string_view text);
    writer& signed_number(std::int64_t number);
    writer& unsigned_number(std::uint64_t number);
    void separate();
    void new_line();

    std::string& out_;
    write_options options_;
    int depth_ = 0;
    bool comma_ = false;      // something stands before the next element at this depth
    bool after_key_ = false;  // the next element belongs to the name just written
};

// Implementation

template <integer T>
writer& writer::write(T number) {
    if constexpr (std::is_signed_v<T>)
        return signed_number(number);
    else
        return unsigned_number(number);
}

}  // namespace nurt::json
