// SPDX-License-Identifier: MIT
#include "nurt/core/exception_group.hpp"

namespace nurt {

namespace {

std::string text(const std::string& message, const std::vector<std::exception_ptr>& errors) {
    std::string out = message + " (" + std::to_string(errors.size()) +
                      (errors.size() == 1 ? " error: " : " errors: ");
    for (std::size_t i = 0; i < errors.size(); ++i) {
        out += (i == 0 ? "" : "; ") + describe(errors[i]);
    }
    return out + ")";
}

}  // namespace

exception_group::exception_group(const std::string& message, std::vector<std::exception_ptr> errors)
    : error(text(message, errors)), message_(message), errors_(std::move(errors)) {}

namespace detail {

namespace {

std::optional<exception_group> group_of(const std::string& message,
                                        std::vector<std::exception_ptr> errors) {
    if (errors.empty()) {
        return std::nullopt;
    }
    return exception_group(message, std::move(errors));
}

void add(std::vector<std::exception_ptr>& errors, std::optional<exception_group>&& group) {
    if (group) {
        errors.push_back(std::make_exception_ptr(*std::move(group)));
    }
}

// What is left of a group.
std::vector<std::exception_ptr> handle_each(const exception_group& group, error_handler& handler) {
    std::vector<std::exception_ptr> left;
    for (const std::exception_ptr& error : group.errors()) {
        if (const std::optional<exception_group> inner = as_group(error)) {
            add(left, group_of(inner->message(), handle_each(*inner, handler)));
        } else if (std::exception_ptr rest = handler.handle(error)) {
            left.push_back(std::move(rest));
        }
    }
    return left;
}

}  // namespace

std::optional<exception_group> as_group(const std::exception_ptr& error) {
    try {
        std::rethrow_exception(error);
    } catch (const exception_group& group) {
        return group;
    } catch (...) {  // only asked, not handled: the caller still has it
        return std::nullopt;
    }
}

exception_group_split split_group(const exception_group& group, error_sorter& sorter) {
    std::vector<std::exception_ptr> matching;
    std::vector<std::exception_ptr> rest;
    for (const std::exception_ptr& error : group.errors()) {
        if (const std::optional<exception_group> inner = as_group(error)) {
            exception_group_split parts = split_group(*inner, sorter);
            add(matching, std::move(parts.matching));
            add(rest, std::move(parts.rest));
        } else {
            (sorter.accepts(error) ? matching : rest).push_back(error);
        }
    }
    return {group_of(group.message(), std::move(matching)),
            group_of(group.message(), std::move(rest))};
}

void handle_all(const std::exception_ptr& error, error_handler& handler) {
    if (const std::optional<exception_group> group = as_group(error)) {
        std::vector<std::exception_ptr> left = handle_each(*group, handler);
        if (!left.empty()) {
            throw exception_group(group->message(), std::move(left));
        }
    } else if (const std::exception_ptr rest = handler.handle(error)) {
        std::rethrow_exception(rest);
    }
}

}  // namespace detail

}  // namespace nurt
