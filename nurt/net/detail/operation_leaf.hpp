// SPDX-License-Identifier: MIT
// nurt/net/detail/operation_leaf.hpp: a task that waits for one operation.
#pragma once

#include <cerrno>

#include "nurt/core/leaf.hpp"
#include "nurt/io/operation.hpp"

namespace nurt::detail {

// Whoever derives from it submits the operation. Cancelled while that can be taken back, it is;
// otherwise the result counts, if there is one.
class operation_leaf : public leaf, public io::operation {
public:
    cancel_answer cancel() noexcept final {
        if (take_back()) {
            return cancel_answer::done;
        }
        cancel_asked_ = true;
        return cancel_answer::later;
    }
    void complete() noexcept override {
        if (cancel_asked_ && result == -ECANCELED) {
            complete_cancelled();
        } else {
            leaf::complete();
        }
    }

protected:
    operation_leaf() = default;
    ~operation_leaf() = default;

    // True: complete() will not be called.
    virtual bool take_back() noexcept = 0;

private:
    bool cancel_asked_ = false;
};

}  // namespace nurt::detail
