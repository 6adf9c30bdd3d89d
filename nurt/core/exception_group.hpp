// SPDX-License-Identifier: MIT
// nurt/core/exception_group.hpp: several errors at once.
#pragma once

#include <cstddef>
#include <exception>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "nurt/base/error.hpp"

namespace nurt {

struct exception_group_split;

// What a task_group throws when tasks in it failed. what() names every error.
// Python: ExceptionGroup.
class exception_group : public error {
public:
    exception_group(const std::string& message, std::vector<std::exception_ptr> errors);

    const std::string& message() const noexcept { return message_; }
    // At least one. Of a task_group: those of its tasks as they arrived, then that of its body; they
    // may be groups.
    const std::vector<std::exception_ptr>& errors() const noexcept { return errors_; }

    // The errors of type E, and the others, wherever they are: each part is a group with the
    // message and the nesting of the whole, or nothing if it has no error.
    template <class E>
    exception_group_split split() const;
    // The same for the errors that the predicate, bool(const std::exception_ptr&), accepts. It is
    // asked for each error that is not a group.
    template <class Predicate>
    exception_group_split split(Predicate accepts) const;

    // The first part of split.
    template <class E>
    std::optional<exception_group> subgroup() const;
    template <class Predicate>
    std::optional<exception_group> subgroup(Predicate accepts) const;

    // Whether an error of type E is among them.
    template <class E>
    bool matches() const;

private:
    std::string message_;
    std::vector<std::exception_ptr> errors_;
};

struct exception_group_split {
    std::optional<exception_group> matching;
    std::optional<exception_group> rest;
};

// Gives each error to the first handler whose parameter it fits, whether it comes alone or in
// groups. What no handler takes is thrown again, and so is what handlers throw: a lone error as
// itself, else as a group with the nesting of the first. It cannot await, as no catch block can.
//
//     } catch (const exception_group&) {
//         catch_star(std::current_exception(),
//                    [](const os_error& e) { log(e); },
//                    [](const timeout_error&) { ++late; });
//     }
//
// Python: except*.
template <class... Handlers>
void catch_star(std::exception_ptr error, Handlers&&... handlers);

// Implementation

namespace detail {

// Whether an error is an E.
template <class E>
bool is_error(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const E&) {
        return true;
    } catch (...) {  // only asked, not handled: the caller still has it
        return false;
    }
}

// The error as a group, or nothing.
std::optional<exception_group> as_group(const std::exception_ptr& error);
// Says of an error that is no group whether it matches.
struct error_sorter {
    virtual bool accepts(const std::exception_ptr& error) = 0;

protected:
    ~error_sorter() = default;
};
exception_group_split split_group(const exception_group& group, error_sorter& sorter);

template <class Predicate>
struct error_predicate final : error_sorter {
    explicit error_predicate(Predicate& p) : predicate(p) {}
    bool accepts(const std::exception_ptr& error) override { return predicate(error); }
    Predicate& predicate;
};

// What the only call operator of a handler takes.
template <class Call>
struct handler_argument;
template <class R, class C, class E>
struct handler_argument<R (C::*)(E) const> {
    using type = std::remove_cvref_t<E>;
};
template <class R, class C, class E>
struct handler_argument<R (C::*)(E)> : handler_argument<R (C::*)(E) const> {};

// True if it was handled; throws what the handler throws.
template <class Handler>
bool handle_error(const std::exception_ptr& error, Handler& handler) {
    using fn = std::remove_const_t<Handler>;
    using E = typename handler_argument<decltype(&fn::operator())>::type;
    try {
        std::rethrow_exception(error);
    } catch (const E& e) {
        handler(e);  // what this throws passes the clause below
        return true;
    } catch (...) {  // not of this handler's type: the caller still has it
        return false;
    }
}

struct error_handler {
    // What is left of it: nothing, itself, or what a handler threw.
    virtual std::exception_ptr handle(const std::exception_ptr& error) = 0;

protected:
    ~error_handler() = default;
};
void handle_all(const std::exception_ptr& error, error_handler& handler);

}  // namespace detail

template <class Predicate>
exception_group_split exception_group::split(Predicate accepts) const {
    detail::error_predicate<Predicate> sorter(accepts);
    return detail::split_group(*this, sorter);
}
template <class E>
exception_group_split exception_group::split() const {
    return split([](const std::exception_ptr& e) { return detail::is_error<E>(e); });
}
template <class E>
std::optional<exception_group> exception_group::subgroup() const {
    return split<E>().matching;
}
template <class Predicate>
std::optional<exception_group> exception_group::subgroup(Predicate accepts) const {
    return split(std::move(accepts)).matching;
}
template <class E>
bool exception_group::matches() const {
    return subgroup<E>().has_value();
}

template <class... Handlers>
void catch_star(std::exception_ptr error, Handlers&&... handlers) {
    auto try_all = [&](const std::exception_ptr& e) {
        return (detail::handle_error(e, handlers) || ... || false);
    };
    struct chain final : detail::error_handler {
        explicit chain(decltype(try_all)& h) : handlers(h) {}
        std::exception_ptr handle(const std::exception_ptr& e) override {
            try {
                return handlers(e) ? nullptr : e;
            } catch (...) {  // the handler's own error takes the place
                return std::current_exception();
            }
        }
        decltype(try_all)& handlers;
    } all(try_all);
    detail::handle_all(error, all);
}

}  // namespace nurt
