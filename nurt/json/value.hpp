// SPDX-License-Identifier: MIT
// nurt/json/value.hpp: a JSON value in memory.
//
// A value is null, a boolean, a number, a string, an array or an object. Objects keep the order in
// which their members were added. Parsing is in nurt/json/parse.hpp, writing in nurt/json/write.hpp.
//
// Building: object{"id", 7, "tags", array{"a", "b"}}. None of the types is an aggregate and none
// takes an initializer_list, so these expressions may stand beside a co_await on every compiler.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

#include "nurt/base/error.hpp"

namespace nurt::json {

class value;
struct member;

// A value is of another kind than the program expected, or lacks the member or element it named.
class access_error : public error {
public:
    using error::error;
};

enum class kind : std::uint8_t { null, boolean, number, string, array, object };

// "null", "a boolean", "a number", ... as they read in a message.
std::string_view name(kind which) noexcept;

template <class T>
concept integer = std::is_integral_v<T> && !std::is_same_v<T, bool> && !std::is_same_v<T, char> &&
                  !std::is_same_v<T, wchar_t> && !std::is_same_v<T, char8_t> &&
                  !std::is_same_v<T, char16_t> && !std::is_same_v<T, char32_t>;

// A sequence of values. array{1, "two", nullptr} holds three.
// array{other} is a copy of another array, not an array that holds it: write array().append(other).
class array {
public:
    array() noexcept = default;

    template <class... T>
        requires(sizeof...(T) > 1 ||
                 (sizeof...(T) == 1 && !(std::is_same_v<std::remove_cvref_t<T>, array> || ...)))
    explicit array(T&&... elements);

    // The elements of any range whose elements convert to value.
    template <class Range>
    static array from(Range&& elements);

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }
    void reserve(std::size_t count);

    array& append(value element) &;
    array&& append(value element) &&;

    // No bounds are checked by [], at() throws access_error.
    value& operator[](std::size_t index) noexcept;
    const value& operator[](std::size_t index) const noexcept;
    value& at(std::size_t index);
    const value& at(std::size_t index) const;

    value* begin() noexcept;
    value* end() noexcept;
    const value* begin() const noexcept;
    const value* end() const noexcept;

    friend bool operator==(const array& a, const array& b);

private:
    std::vector<value> elements_;
};

// Members in the order in which they were added; a name occurs once.
// Finding is linear in small objects and O(log n) in large ones, whatever the names are: no input
// makes it slow. Two objects are equal if they have equal members in any order.
class object {
public:
    object() noexcept = default;

    // object{"id", 7, "name", "Ada"}: names and values by turns.
    template <class Name, class T, class... More>
        requires std::is_convertible_v<Name, std::string_view>
    object(Name&& first, T&& its_value, More&&... more);

    // Of members with the same name the last one's value counts, at the place of the first.
    static object from(std::vector<member> members);

    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }

    // Adds a member or replaces its value.
    object& set(std::string_view name, value to) &;
    object&& set(std::string_view name, value to) &&;
    bool erase(std::string_view name);  // false: there was none

    value* find(std::string_view name) noexcept;  // nullptr: there is none
    const value* find(std::string_view name) const noexcept;
    bool contains(std::string_view name) const noexcept { return find(name) != nullptr; }

    value& operator[](std::string_view name);  // adds a null if there is none
    value& at(std::string_view name);          // throws access_error
    const value& at(std::string_view name) const;

    // for (const auto& [name, value] : o)
    const member* begin() const noexcept;
    const member* end() const noexcept;

    friend bool operator==(const object& a, const object& b);

private:
    std::size_t position(std::string_view name) const noexcept;
    void sort_tail();

    std::vector<member> members_;
    // 1. Holds the positions of the first sorted_.size() members, ordered by name.
    // 2. The members behind those are few and are searched one after another.
    std::vector<std::uint32_t> sorted_;
};

// One JSON value.
//
// Numbers are int64, uint64 (above int64's range only) or double; equality compares what they mean,
// so value(1) == value(1.0). Strings are UTF-8. Asking for what is not there throws access_error,
// but find() and contains() answer for every kind.
class value {
public:
    value() noexcept;
    value(std::nullptr_t) noexcept;
    template <class T>
        requires std::is_same_v<T, bool>
    value(T b) noexcept;
    template <integer T>
    value(T number) noexcept;
    value(double number) noexcept;
    value(const char* text);
    value(std::string_view text);
    value(std::string text) noexcept;
    value(json::array elements) noexcept;
    value(json::object members) noexcept;

    value(const value& other);
    value(value&& other) noexcept;
    value& operator=(const value& other);
    value& operator=(value&& other) noexcept;
    ~value();

    json::kind kind() const noexcept;
    bool is_null() const noexcept { return kind() == kind::null; }
    bool is_bool() const noexcept { return kind() == kind::boolean; }
    bool is_number() const noexcept { return kind() == kind::number; }
    bool is_integer() const noexcept;  // written without fraction and exponent, in 64 bits
    bool is_string() const noexcept { return kind() == kind::string; }
    bool is_array() const noexcept { return kind() == kind::array; }
    bool is_object() const noexcept { return kind() == kind::object; }

    // bool, integers, floating-point numbers, std::string and std::string_view (a view of this).
    // An integer that does not fit T, or has a fraction, is an error; any number gives a double.
    template <class T>
    T get() const;
    // The member's value, or the fallback if there is no such member or it is null.
    template <class T>
    T value_or(std::string_view member, T fallback) const;
    std::string value_or(std::string_view member, const char* fallback) const;

    std::string& as_string();
    const std::string& as_string() const;
    json::array& as_array();
    const json::array& as_array() const;
    json::object& as_object();
    const json::object& as_object() const;

    // Members of an object. The [] of a value that may change adds a null member if there is none,
    // and makes an object of a null; the [] of a const value is at().
    value& operator[](std::string_view member);
    const value& operator[](std::string_view member) const { return at(member); }
    value& at(std::string_view member) { return as_object().at(member); }
    const value& at(std::string_view member) const { return as_object().at(member); }
    value* find(std::string_view member) noexcept;
    const value* find(std::string_view member) const noexcept;
    bool contains(std::string_view member) const noexcept { return find(member) != nullptr; }

    // Elements of an array.
    template <integer I>
    value& operator[](I index) {
        return at(index);
    }
    template <integer I>
    const value& operator[](I index) const {
        return at(index);
    }
    template <integer I>
    value& at(I index) {
        return as_array().at(static_cast<std::size_t>(index));
    }
    template <integer I>
    const value& at(I index) const {
        return as_array().at(static_cast<std::size_t>(index));
    }

    // Elements, members or 0. for (auto& element : v) is for arrays, v.as_object() for members.
    std::size_t size() const noexcept;
    bool empty() const noexcept { return size() == 0; }
    value* begin() { return as_array().begin(); }
    value* end() { return as_array().end(); }
    const value* begin() const { return as_array().begin(); }
    const value* end() const { return as_array().end(); }

    friend bool operator==(const value& a, const value& b);

private:
    friend class writer;
    friend bool same_number(const value& a, const value& b) noexcept;

    struct exact {};
    value(std::int64_t number, exact) noexcept;
    value(std::uint64_t number, exact) noexcept;

    bool to_bool() const;
    std::int64_t to_int64() const;
    std::uint64_t to_uint64() const;
    double to_double() const;
    [[noreturn]] void expected(json::kind wanted) const;
    [[noreturn]] void does_not_fit() const;

    // uint64_t is used above int64_t's range only.
    std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string,
                 json::array, json::object>
        data_;
};

struct member {
    member(std::string its_name, json::value its_value) noexcept
        : name(std::move(its_name)), value(std::move(its_value)) {}

    std::string name;
    json::value value;
};

// Implementation

template <class... T>
    requires(sizeof...(T) > 1 ||
             (sizeof...(T) == 1 && !(std::is_same_v<std::remove_cvref_t<T>, array> || ...)))
array::array(T&&... elements) {
    elements_.reserve(sizeof...(T));
    (elements_.emplace_back(std::forward<T>(elements)), ...);
}

template <class Range>
array array::from(Range&& elements) {
    array out;
    for (auto&& element : elements) out.append(value(element));
    return out;
}

template <class Name, class T, class... More>
    requires std::is_convertible_v<Name, std::string_view>
object::object(Name&& first, T&& its_value, More&&... more) {
    static_assert(sizeof...(More) % 2 == 0, "names and values by turns: object{\"id\", 7}");
    set(std::string_view(first), value(std::forward<T>(its_value)));
    if constexpr (sizeof...(More) > 0) {
        object rest(std::forward<More>(more)...);
        for (member& each : rest.members_) set(each.name, std::move(each.value));
    }
}

template <class T>
    requires std::is_same_v<T, bool>
value::value(T b) noexcept : data_(b) {}

template <integer T>
value::value(T number) noexcept
    : value(std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>(number), exact()) {
}

template <class T>
T value::get() const {
    if constexpr (std::is_same_v<T, bool>) {
        return to_bool();
    } else if constexpr (integer<T>) {
        using wide = std::conditional_t<std::is_signed_v<T>, std::int64_t, std::uint64_t>;
        wide number;
        if constexpr (std::is_signed_v<T>)
            number = to_int64();
        else
            number = to_uint64();
        if (static_cast<wide>(static_cast<T>(number)) != number) does_not_fit();
        return static_cast<T>(number);
    } else if constexpr (std::is_floating_point_v<T>) {
        return static_cast<T>(to_double());
    } else {
        static_assert(std::is_constructible_v<T, const std::string&>,
                      "get<T>(): T is bool, a number, std::string or std::string_view");
        return T(as_string());
    }
}

template <class T>
T value::value_or(std::string_view member, T fallback) const {
    const value* found = find(member);
    return found != nullptr && !found->is_null() ? found->get<T>() : std::move(fallback);
}

}  // namespace nurt::json
