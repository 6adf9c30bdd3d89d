// SPDX-License-Identifier: MIT
// nurt/net/detail/name_answer.hpp: what is asked about a name, and what is answered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "nurt/base/time.hpp"
#include "nurt/net/address.hpp"
#include "nurt/net/resolver.hpp"

namespace nurt::detail {

enum class record_type : std::uint8_t { address, mx, txt, ptr };

// Two questions that are equal have one answer. The name is in lower case: RFC 4343.
struct name_question {
    record_type type = record_type::address;
    std::string name;

    bool operator==(const name_question&) const = default;
};

struct name_question_hash {
    std::size_t operator()(const name_question& q) const noexcept {
        return std::hash<std::string>{}(q.name) + static_cast<std::size_t>(q.type);
    }
};

// Of the lists only that of the question's type is filled.
struct name_answer {
    std::vector<ip_address> addresses;
    std::vector<mail_exchanger> exchangers;
    std::vector<std::string> texts;  // of TXT records, or the names of PTR records
    std::string failure;             // why there is none; empty: there is one
    duration time_to_live;           // zero: may not be kept

    bool empty() const noexcept { return addresses.empty() && exchangers.empty() && texts.empty(); }
};

}  // namespace nurt::detail
