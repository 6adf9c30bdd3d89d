// SPDX-License-Identifier: MIT
// nurt/loop/resident.hpp: what lives as long as its loop is open, without being a task.
//
// A child process that is watched, a signal that is listened for: they hold on to the loop's
// backend, and have to let go before it is gone.
#pragma once

#include "nurt/base/intrusive_list.hpp"

namespace nurt::detail {

// A link of its own, since what is resident may be in another list as well.
struct resident_link : list_link {};

class resident : public resident_link {
public:
    // The loop closes, and has taken this out of its list. After it the backend may be gone. In the
    // child of a fork it is called when the copy of the loop is destroyed.
    virtual void loop_closes() noexcept = 0;

    void move_in(intrusive_list<resident, resident_link>& list) noexcept { list.push_back(*this); }
    void move_out() noexcept {
        if (resident_link::linked()) {
            resident_link::unlink();
        }
    }

protected:
    ~resident() = default;
};

}  // namespace nurt::detail
