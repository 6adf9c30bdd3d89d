// SPDX-License-Identifier: MIT
// nurt/http/headers.hpp: the fields of a message.
//
// A message's fields are a flat list in the order of arrival; a name may occur more than once and
// is compared without regard to case. `headers_view` looks at fields inside a received head,
// nothing is copied. `headers` owns the fields of a message that is being made and keeps them as
// they go on the wire, so that sending them is one copy. Nothing with a line end, a NUL or another
// control byte can get in: a response cannot be split. Source: RFC 9110 section 5.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace nurt::http {

// One field, borrowed from where it was found.
struct header {
    std::string_view name;
    std::string_view value;

    friend bool operator==(const header&, const header&) = default;
};

// Where a field stands, in bytes from the beginning of its text.
struct field_position {
    std::uint32_t name = 0;
    std::uint32_t name_size = 0;
    std::uint32_t value = 0;
    std::uint32_t value_size = 0;
};

// The fields of a message that somebody else owns: cheap to copy, valid as long as the message.
class headers_view {
public:
    class iterator;

    headers_view() = default;
    headers_view(const char* text, const field_position* fields, std::size_t size) noexcept
        : text_(text), fields_(fields), size_(size) {}

    std::size_t size() const noexcept { return size_; }
    bool empty() const noexcept { return size_ == 0; }
    iterator begin() const noexcept;
    iterator end() const noexcept;

    // The value of the first field of that name; `operator[]` gives the empty text if there is
    // none. Use `all` where a name may occur more than once.
    std::optional<std::string_view> find(std::string_view name) const noexcept;
    std::string_view operator[](std::string_view name) const noexcept;
    bool contains(std::string_view name) const noexcept;
    std::size_t count(std::string_view name) const noexcept;

    // Every value of that name, in order.
    std::vector<std::string_view> all(std::string_view name) const;

    // Every value of that name in one text, "a, b". Not for Set-Cookie, whose values have commas.
    std::string combined(std::string_view name) const;

    // True if a comma-separated list of that name has the element, whatever its case, as
    // `Connection: keep-alive, Upgrade` has "upgrade".
    bool lists(std::string_view name, std::string_view element) const noexcept;

private:
    header at(std::size_t index) const noexcept {
        const field_position& field = fields_[index];
        return {{text_ + field.name, field.name_size}, {text_ + field.value, field.value_size}};
    }
    // The index of the first field of that name from `from` on, or size().
    std::size_t next(std::string_view name, std::size_t from) const noexcept;

    const char* text_ = nullptr;
    const field_position* fields_ = nullptr;
    std::size_t size_ = 0;

    friend class headers;
};

// The fields of a message that is being made.
//
//     http::headers fields;
//     fields.add("Content-Type", "text/plain");
//
// A name must be a token and a value free of control bytes (a tab is allowed), else invalid_header
// is thrown and nothing has changed. Spaces around a value are dropped, as the receiver would.
class headers {
public:
    headers() = default;

    // Appends a field, whether or not the name is there already.
    headers& add(std::string_view name, std::string_view value);
    // Makes this the only field of that name: replaces the first one, removes the others.
    headers& set(std::string_view name, std::string_view value);
    // Appends every field of another message.
    headers& add_all(headers_view fields);
    // Removes every field of that name and says how many there were.
    std::size_t remove(std::string_view name);
    void clear() noexcept;

    std::size_t size() const noexcept { return fields_.size(); }
    bool empty() const noexcept { return fields_.empty(); }
    headers_view::iterator begin() const noexcept;
    headers_view::iterator end() const noexcept;

    // As in headers_view. The views are valid until the next change.
    std::optional<std::string_view> find(std::string_view name) const noexcept;
    std::string_view operator[](std::string_view name) const noexcept;
    bool contains(std::string_view name) const noexcept;
    std::size_t count(std::string_view name) const noexcept;
    std::vector<std::string_view> all(std::string_view name) const;
    std::string combined(std::string_view name) const;
    bool lists(std::string_view name, std::string_view element) const noexcept;

    // The fields as they are sent, "Name: value" lines that each end with CR LF.
    const std::string& wire() const noexcept { return wire_; }

    headers_view view() const noexcept { return {wire_.data(), fields_.data(), fields_.size()}; }
    // Implicit, as from string to string_view.
    operator headers_view() const noexcept { return view(); }

private:
    void erase(std::size_t index);
    void shift(std::size_t from, std::uint32_t difference) noexcept;

    // 1. The fields stand in wire_ in the order of fields_, with nothing between them.
    // 2. Every name and value was checked before it came in.
    std::string wire_;
    std::vector<field_position> fields_;
};

// Throws invalid_header if the field could not be sent: a name that is no token, a control byte.
void check_header(std::string_view name, std::string_view value);

// Implementation

class headers_view::iterator {
public:
    using value_type = header;
    using difference_type = std::ptrdiff_t;
    using iterator_concept = std::forward_iterator_tag;
    using iterator_category = std::input_iterator_tag;
    using reference = header;
    using pointer = void;

    iterator() = default;
    iterator(const char* text, const field_position* field) noexcept : text_(text), field_(field) {}

    header operator*() const noexcept { return headers_view(text_, field_, 1).at(0); }
    iterator& operator++() noexcept {
        ++field_;
        return *this;
    }
    iterator operator++(int) noexcept {
        iterator before = *this;
        ++field_;
        return before;
    }
    friend bool operator==(const iterator&, const iterator&) = default;

private:
    const char* text_ = nullptr;
    const field_position* field_ = nullptr;
};

inline headers_view::iterator headers_view::begin() const noexcept {
    return {text_, fields_};
}
inline headers_view::iterator headers_view::end() const noexcept {
    return {text_, fields_ + size_};
}
inline headers_view::iterator headers::begin() const noexcept {
    return view().begin();
}
inline headers_view::iterator headers::end() const noexcept {
    return view().end();
}

}  // namespace nurt::http
