// SPDX-License-Identifier: MIT
// nurt/http/headers.cpp: lookup in fields, and fields kept as their wire text.
#include "nurt/http/headers.hpp"

#include "nurt/http/detail/scan.hpp"
#include "nurt/http/errors.hpp"

namespace nurt::http {

std::size_t headers_view::next(std::string_view name, std::size_t from) const noexcept {
    for (std::size_t i = from; i < size_; ++i) {
        if (detail::equal_ignoring_case(at(i).name, name)) return i;
    }
    return size_;
}

std::optional<std::string_view> headers_view::find(std::string_view name) const noexcept {
    const std::size_t index = next(name, 0);
    if (index == size_) return std::nullopt;
    return at(index).value;
}

std::string_view headers_view::operator[](std::string_view name) const noexcept {
    const std::size_t index = next(name, 0);
    return index == size_ ? std::string_view() : at(index).value;
}

bool headers_view::contains(std::string_view name) const noexcept {
    return next(name, 0) != size_;
}

std::size_t headers_view::count(std::string_view name) const noexcept {
    std::size_t found = 0;
    for (std::size_t i = next(name, 0); i != size_; i = next(name, i + 1)) ++found;
    return found;
}

std::vector<std::string_view> headers_view::all(std::string_view name) const {
    std::vector<std::string_view> values;
    for (std::size_t i = next(name, 0); i != size_; i = next(name, i + 1)) {
        values.push_back(at(i).value);
    }
    return values;
}

std::string headers_view::combined(std::string_view name) const {
    std::string text;
    const std::size_t first = next(name, 0);
    for (std::size_t i = first; i != size_; i = next(name, i + 1)) {
        if (i != first) text += ", ";
        text += at(i).value;
    }
    return text;
}

bool headers_view::lists(std::string_view name, std::string_view element) const noexcept {
    for (std::size_t i = next(name, 0); i != size_; i = next(name, i + 1)) {
        std::string_view rest = at(i).value;
        while (!rest.empty()) {
            if (detail::equal_ignoring_case(detail::next_element(rest), element)) return true;
        }
    }
    return false;
}

void check_header(std::string_view name, std::string_view value) {
    if (!detail::is_token(name)) throw invalid_header(name, "the name is not a token");
    const char* const end = value.data() + value.size();
    if (detail::skip_value(value.data(), value.data(), end) != end) {
        throw invalid_header(name, "the value has a line end or another control byte");
    }
}

headers& headers::add(std::string_view name, std::string_view value) {
    check_header(name, value);
    value = detail::trimmed(value);
    const std::size_t size = wire_.size() + name.size() + value.size() + 4;
    // The text may be a view of our own: the old buffer lives until the new line is complete.
    std::string old;
    if (size > wire_.capacity()) {
        old.reserve(size + size / 2);
        old.append(wire_);
        wire_.swap(old);
    }
    const auto start = static_cast<std::uint32_t>(wire_.size());
    const auto name_size = static_cast<std::uint32_t>(name.size());
    fields_.push_back(
        {start, name_size, start + name_size + 2, static_cast<std::uint32_t>(value.size())});
    wire_.append(name).append(": ").append(value).append("\r\n");
    return *this;
}

headers& headers::set(std::string_view name, std::string_view value) {
    const std::size_t first = view().next(name, 0);
    if (first == fields_.size()) return add(name, value);
    check_header(name, value);
    // Copied first: the text may be a view of a field of this very object.
    const std::string text(detail::trimmed(value));
    const std::string key(name);
    for (std::size_t i = view().next(key, first + 1); i != fields_.size();
         i = view().next(key, i)) {
        erase(i);
    }
    field_position& field = fields_[first];
    wire_.replace(field.value, field.value_size, text);
    const auto size = static_cast<std::uint32_t>(text.size());
    const std::uint32_t difference = size - field.value_size;
    field.value_size = size;
    shift(first + 1, difference);
    return *this;
}

headers& headers::add_all(headers_view fields) {
    const std::string_view own(wire_);
    if (!fields.empty() && fields.text_ == own.data()) {
        const headers copy = *this;
        return add_all(copy.view());
    }
    for (const header field : fields) add(field.name, field.value);
    return *this;
}

std::size_t headers::remove(std::string_view name) {
    const std::string key(name);
    std::size_t removed = 0;
    for (std::size_t i = view().next(key, 0); i != fields_.size(); i = view().next(key, i)) {
        erase(i);
        ++removed;
    }
    return removed;
}

void headers::clear() noexcept {
    wire_.clear();
    fields_.clear();
}

void headers::erase(std::size_t index) {
    const field_position field = fields_[index];
    const std::uint32_t size = field.value + field.value_size + 2 - field.name;
    wire_.erase(field.name, size);
    fields_.erase(fields_.begin() + static_cast<std::ptrdiff_t>(index));
    shift(index, 0U - size);
}

// Differences are modulo 2^32, so a negative one is a large unsigned one.
void headers::shift(std::size_t from, std::uint32_t difference) noexcept {
    for (std::size_t i = from; i < fields_.size(); ++i) {
        fields_[i].name += difference;
        fields_[i].value += difference;
    }
}

std::optional<std::string_view> headers::find(std::string_view name) const noexcept {
    return view().find(name);
}
std::string_view headers::operator[](std::string_view name) const noexcept {
    return view()[name];
}
bool headers::contains(std::string_view name) const noexcept {
    return view().contains(name);
}
std::size_t headers::count(std::string_view name) const noexcept {
    return view().count(name);
}
std::vector<std::string_view> headers::all(std::string_view name) const {
    return view().all(name);
}
std::string headers::combined(std::string_view name) const {
    return view().combined(name);
}
bool headers::lists(std::string_view name, std::string_view element) const noexcept {
    return view().lists(name, element);
}

}  // namespace nurt::http
