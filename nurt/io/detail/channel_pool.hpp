// SPDX-License-Identifier: MIT
// nurt/io/detail/channel_pool.hpp: the channels of a backend.
//
// They stay where they are for the life of the pool, so that an event which arrives late finds a
// channel, if only a closed one, and never freed memory. Taking and giving back is constant time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

namespace nurt::io::detail {

// Channel is default-constructible and has std::uint32_t index, which belongs to the pool.
template <class Channel>
class channel_pool {
public:
    // A channel that nobody uses. After this, giving it back allocates nothing.
    Channel& take() {
        if (free_.empty()) {
            grow();
        }
        Channel& c = (*this)[free_.back()];
        free_.pop_back();
        return c;
    }
    void give_back(Channel& c) noexcept { free_.push_back(c.index); }
    std::size_t used() const noexcept { return chunks_.size() * chunk_size - free_.size(); }

    Channel& operator[](std::uint32_t index) noexcept {
        return chunks_[index / chunk_size][index % chunk_size];
    }

    template <class Fn>
    void for_each(Fn fn) {
        for (const auto& chunk : chunks_) {
            for (std::uint32_t i = 0; i < chunk_size; ++i) {
                fn(chunk[i]);
            }
        }
    }

private:
    static constexpr std::uint32_t chunk_size = 64;

    void grow() {
        const auto first = static_cast<std::uint32_t>(chunks_.size()) * chunk_size;
        free_.reserve(first + chunk_size);
        chunks_.push_back(std::make_unique<Channel[]>(chunk_size));
        for (std::uint32_t i = chunk_size; i-- > 0;) {  // so that the lowest is taken first
            chunks_.back()[i].index = first + i;
            free_.push_back(first + i);
        }
    }

    std::vector<std::unique_ptr<Channel[]>> chunks_;
    std::vector<std::uint32_t> free_;
};

}  // namespace nurt::io::detail
