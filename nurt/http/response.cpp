// SPDX-License-Identifier: MIT
// nurt/http/response.cpp: see the header.
#include "nurt/http/response.hpp"

#include "nurt/http/errors.hpp"
#include "nurt/http/message.hpp"
#include "nurt/json/parse.hpp"

namespace nurt::http {

namespace {

std::uint32_t offset(const char* from, const char* to) noexcept {
    return static_cast<std::uint32_t>(to - from);
}

}  // namespace

nurt::json::value response::json() const {
    return json::parse(body_);
}

const response& response::raise_for_status() const {
    if (!ok()) throw status_error(method_, url_, status_);
    return *this;
}

// The head is a view of the connection's buffer: reason and fields stand in it one after another.
void response::keep(const response_head& head) {
    status_ = head.status;
    minor_ = head.minor_version;
    const char* const start = head.reason.data();
    const char* end = start + head.reason.size();
    fields_.clear();
    fields_.reserve(head.fields.size());
    for (const header& field : head.fields) {
        fields_.push_back({.name = offset(start, field.name.data()),
                           .name_size = static_cast<std::uint32_t>(field.name.size()),
                           .value = offset(start, field.value.data()),
                           .value_size = static_cast<std::uint32_t>(field.value.size())});
        end = field.value.data() + field.value.size();
    }
    reason_size_ = static_cast<std::uint32_t>(head.reason.size());
    head_.assign(start, static_cast<std::size_t>(end - start));
}

}  // namespace nurt::http
