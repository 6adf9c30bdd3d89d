// SPDX-License-Identifier: MIT
#include "nurt/json/value.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nurt::json {

static_assert(std::is_nothrow_move_constructible_v<value>, "vectors of values move them");
static_assert(!std::is_aggregate_v<member> && !std::is_aggregate_v<object>);

namespace {

// Comparing one by one is faster than searching in a sorted index up to about this many members.
constexpr std::size_t few = 32;

std::size_t first_duplicate(const std::vector<member>& members) {
    for (std::size_t i = 1; i < members.size(); ++i) {
        for (std::size_t j = 0; j < i; ++j) {
            if (members[i].name == members[j].name) return i;
        }
    }
    return members.size();
}

}  // namespace

std::string_view name(kind which) noexcept {
    constexpr std::string_view names[] = {"null",     "a boolean", "a number",
                                          "a string", "an array",  "an object"};
    return names[static_cast<std::size_t>(which)];
}

// array

std::size_t array::size() const noexcept {
    return elements_.size();
}
void array::reserve(std::size_t count) {
    elements_.reserve(count);
}

array& array::append(value element) & {
    elements_.push_back(std::move(element));
    return *this;
}

array&& array::append(value element) && {
    return std::move(append(std::move(element)));
}

value& array::operator[](std::size_t index) noexcept {
    return elements_[index];
}
const value& array::operator[](std::size_t index) const noexcept {
    return elements_[index];
}

const value& array::at(std::size_t index) const {
    if (index < size()) return elements_[index];
    throw access_error("JSON array of " + std::to_string(size()) + " elements has no element " +
                       std::to_string(static_cast<std::ptrdiff_t>(index)));
}

value& array::at(std::size_t index) {
    return const_cast<value&>(static_cast<const array&>(*this).at(index));
}

value* array::begin() noexcept {
    return elements_.data();
}
value* array::end() noexcept {
    return elements_.data() + elements_.size();
}
const value* array::begin() const noexcept {
    return elements_.data();
}
const value* array::end() const noexcept {
    return elements_.data() + elements_.size();
}

bool operator==(const array& a, const array& b) {
    return a.elements_ == b.elements_;
}

// object

object object::from(std::vector<member> members) {
    object out;
    if (members.size() <= few && first_duplicate(members) == members.size()) {
        out.members_ = std::move(members);
        return out;
    }
    std::vector<std::uint32_t> order(members.size());
    std::iota(order.begin(), order.end(), 0U);
    std::sort(order.begin(), order.end(), [&](std::uint32_t a, std::uint32_t b) {
        const int names = members[a].name.compare(members[b].name);
        return names != 0 ? names < 0 : a < b;
    });
    // Equal names are neighbours, in their order: the first gets the last one's value.
    std::vector<bool> dropped(members.size());
    for (std::size_t i = 0, first = 0; i < order.size(); ++i) {
        if (members[order[i]].name != members[order[first]].name) first = i;
        if (first == i) continue;
        members[order[first]].value = std::move(members[order[i]].value);
        dropped[order[i]] = true;
    }
    out.members_.reserve(members.size());
    for (std::size_t i = 0; i < members.size(); ++i) {
        if (!dropped[i]) out.members_.push_back(std::move(members[i]));
    }
    out.sort_tail();
    return out;
}

std::size_t object::size() const noexcept {
    return members_.size();
}

std::size_t object::position(std::string_view name) const noexcept {
    const auto below = [&](std::uint32_t at, std::string_view n) { return members_[at].name < n; };
    const auto found = std::lower_bound(sorted_.begin(), sorted_.end(), name, below);
    if (found != sorted_.end() && members_[*found].name == name) return *found;
    std::size_t at = sorted_.size();
    while (at < members_.size() && members_[at].name != name) ++at;
    return at;
}

// Sorts the members added since the last time into the index.
void object::sort_tail() {
    if (members_.size() <= few) return;
    const auto by_name = [&](std::uint32_t a, std::uint32_t b) {
        return members_[a].name < members_[b].name;
    };
    std::vector<std::uint32_t> tail(members_.size() - sorted_.size());
    std::iota(tail.begin(), tail.end(), static_cast<std::uint32_t>(sorted_.size()));
    std::sort(tail.begin(), tail.end(), by_name);
    std::vector<std::uint32_t> all(members_.size());
    std::merge(sorted_.begin(), sorted_.end(), tail.begin(), tail.end(), all.begin(), by_name);
    sorted_ = std::move(all);
}

value& object::operator[](std::string_view name) {
    const std::size_t at = position(name);
    if (at < members_.size()) return members_[at].value;
    members_.emplace_back(std::string(name), value());
    // The tail grows with the object, so that a million additions merge a few hundred times.
    if (members_.size() - sorted_.size() > few + sorted_.size() / 256) sort_tail();
    return members_.back().value;
}

object& object::set(std::string_view name, value to) & {
    (*this)[name] = std::move(to);
    return *this;
}

object&& object::set(std::string_view name, value to) && {
    return std::move(set(name, std::move(to)));
}

bool object::erase(std::string_view name) {
    const std::size_t at = position(name);
    if (at == members_.size()) return false;
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(at));
    sorted_.clear();
    sort_tail();
    return true;
}

const value* object::find(std::string_view name) const noexcept {
    const std::size_t at = position(name);
    return at < members_.size() ? &members_[at].value : nullptr;
}

value* object::find(std::string_view name) noexcept {
    return const_cast<value*>(static_cast<const object&>(*this).find(name));
}

const value& object::at(std::string_view name) const {
    if (const value* found = find(name)) return *found;
    throw access_error("JSON object has no member \"" + std::string(name) + "\"");
}

value& object::at(std::string_view name) {
    return const_cast<value&>(static_cast<const object&>(*this).at(name));
}

const member* object::begin() const noexcept {
    return members_.data();
}
const member* object::end() const noexcept {
    return members_.data() + members_.size();
}

bool operator==(const object& a, const object& b) {
    if (a.size() != b.size()) return false;
    return std::all_of(a.begin(), a.end(), [&](const member& m) {
        const value* other = b.find(m.name);
        return other != nullptr && *other == m.value;
    });
}

// value

// Nothing of this is inline: g++ 12 sees uninitialised memory in inlined moves of a variant.
value::value() noexcept = default;
value::value(const value& other) = default;
value::value(value&& other) noexcept = default;
value& value::operator=(const value& other) = default;
value& value::operator=(value&& other) noexcept = default;
value::~value() = default;

value::value(std::nullptr_t) noexcept {}
value::value(double number) noexcept : data_(number) {}
value::value(std::int64_t number, exact) noexcept : data_(number) {}
value::value(std::uint64_t number, exact) noexcept : data_(number) {
    if (number <= static_cast<std::uint64_t>(INT64_MAX)) data_ = static_cast<std::int64_t>(number);
}
value::value(const char* text) : data_(std::string(text)) {}
value::value(std::string_view text) : data_(std::string(text)) {}
value::value(std::string text) noexcept : data_(std::move(text)) {}
value::value(json::array elements) noexcept : data_(std::move(elements)) {}
value::value(json::object members) noexcept : data_(std::move(members)) {}

kind value::kind() const noexcept {
    constexpr json::kind kinds[] = {kind::null,   kind::boolean, kind::number, kind::number,
                                    kind::number, kind::string,  kind::array,  kind::object};
    return kinds[data_.index()];
}

bool value::is_integer() const noexcept {
    return data_.index() == 2 || data_.index() == 3;
}

void value::expected(json::kind wanted) const {
    throw access_error("JSON value is " + std::string(name(kind())) + ", expected " +
                       std::string(name(wanted)));
}

void value::does_not_fit() const {
    throw access_error("JSON number does not fit the integer type asked for");
}

bool value::to_bool() const {
    if (const bool* b = std::get_if<bool>(&data_)) return *b;
    expected(kind::boolean);
}

std::int64_t value::to_int64() const {
    if (const auto* i = std::get_if<std::int64_t>(&data_)) return *i;
    if (!is_number()) expected(kind::number);
    const double* d = std::get_if<double>(&data_);
    if (d == nullptr || !(*d >= -0x1p63 && *d < 0x1p63) || std::trunc(*d) != *d) does_not_fit();
    return static_cast<std::int64_t>(*d);
}

std::uint64_t value::to_uint64() const {
    if (const auto* u = std::get_if<std::uint64_t>(&data_)) return *u;
    if (!is_number()) expected(kind::number);
    const double* d = std::get_if<double>(&data_);
    if (d != nullptr && *d >= 0x1p63 && *d < 0x1p64) return static_cast<std::uint64_t>(*d);
    const std::int64_t number = to_int64();
    if (number < 0) does_not_fit();
    return static_cast<std::uint64_t>(number);
}

double value::to_double() const {
    if (const double* d = std::get_if<double>(&data_)) return *d;
    if (const auto* i = std::get_if<std::int64_t>(&data_)) return static_cast<double>(*i);
    if (const auto* u = std::get_if<std::uint64_t>(&data_)) return static_cast<double>(*u);
    expected(kind::number);
}

std::string value::value_or(std::string_view member, const char* fallback) const {
    return value_or<std::string>(member, fallback);
}

const std::string& value::as_string() const {
    if (const auto* text = std::get_if<std::string>(&data_)) return *text;
    expected(kind::string);
}

const array& value::as_array() const {
    if (const auto* elements = std::get_if<json::array>(&data_)) return *elements;
    expected(kind::array);
}

const object& value::as_object() const {
    if (const auto* members = std::get_if<json::object>(&data_)) return *members;
    expected(kind::object);
}

std::string& value::as_string() {
    return const_cast<std::string&>(static_cast<const value&>(*this).as_string());
}

array& value::as_array() {
    return const_cast<json::array&>(static_cast<const value&>(*this).as_array());
}

object& value::as_object() {
    return const_cast<json::object&>(static_cast<const value&>(*this).as_object());
}

value& value::operator[](std::string_view member) {
    if (is_null()) data_.emplace<json::object>();
    return as_object()[member];
}

const value* value::find(std::string_view member) const noexcept {
    const auto* members = std::get_if<json::object>(&data_);
    return members == nullptr ? nullptr : members->find(member);
}

value* value::find(std::string_view member) noexcept {
    return const_cast<value*>(static_cast<const value&>(*this).find(member));
}

std::size_t value::size() const noexcept {
    if (const auto* elements = std::get_if<json::array>(&data_)) return elements->size();
    if (const auto* members = std::get_if<json::object>(&data_)) return members->size();
    return 0;
}

// Exact: an integer that no double can hold equals no double.
bool same_number(const value& a, const value& b) noexcept {
    const double* x = std::get_if<double>(&a.data_);
    const double* y = std::get_if<double>(&b.data_);
    if ((x == nullptr) == (y == nullptr)) return a.data_ == b.data_;
    if (x == nullptr) return same_number(b, a);
    if (const auto* i = std::get_if<std::int64_t>(&b.data_)) {
        return *x >= -0x1p63 && *x < 0x1p63 && std::trunc(*x) == *x &&
               static_cast<std::int64_t>(*x) == *i;
    }
    return *x >= 0x1p63 && *x < 0x1p64 &&
           static_cast<std::uint64_t>(*x) == std::get<std::uint64_t>(b.data_);
}

bool operator==(const value& a, const value& b) {
    if (a.is_number() && b.is_number()) return same_number(a, b);
    return a.data_ == b.data_;
}

}  // namespace nurt::json
