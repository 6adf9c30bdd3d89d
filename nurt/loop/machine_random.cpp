// SPDX-License-Identifier: MIT
#include "nurt/loop/machine_random.hpp"

#include <random>

namespace nurt {

namespace {

class machine_random final : public random_source {
public:
    std::uint64_t next() noexcept override { return numbers_(); }

private:
    std::mt19937_64 numbers_{std::random_device{}()};
};

}  // namespace

std::unique_ptr<random_source> make_machine_random() {
    return std::make_unique<machine_random>();
}

}  // namespace nurt
