// SPDX-License-Identifier: MIT
// nurt/loop/detail/descriptor_watches.cpp: see the header.
#include "nurt/loop/detail/descriptor_watches.hpp"

#include "nurt/base/error.hpp"
#include "nurt/io/watchable.hpp"
#include "nurt/loop/callback_node.hpp"

#include <exception>
#include <utility>

namespace nurt::detail {

descriptor_callback::descriptor_callback(descriptor_watches& owner, int descriptor, bool writes,
                                         unique_function<void()> callback)
    : owner_(&owner),
      loop_(owner.loop()),
      descriptor_(descriptor),
      writes_(writes),
      context_(copy_of_current()),
      callback_(std::move(callback)) {
    code = writes ? io::opcode::wait_writable : io::opcode::wait_readable;
}

void descriptor_callback::start(io::channel& c) noexcept {
    target = &c;
    backend_knows_ = true;
    loop_.backend().submit(*this);
}

void descriptor_callback::remove() noexcept {
    owner_ = nullptr;
    if (backend_knows_ && loop_.backend().cancel(*this)) {
        backend_knows_ = false;
    }
    end_if_unused();
}

void descriptor_callback::end_if_unused() noexcept {
    if (owner_ == nullptr && !queued_ && !running_ && !backend_knows_) {
        delete this;
    }
}

void descriptor_callback::complete() noexcept {
    backend_knows_ = false;
    if (owner_ == nullptr) {
        end_if_unused();
        return;
    }
    queued_ = true;
    loop_.push_ready(*this);
}

void descriptor_callback::run() noexcept {
    queued_ = false;
    if (owner_ != nullptr && result < 0) {  // the backend cannot wait for it
        const os_error e(static_cast<int>(-result),
                         "wait for descriptor " + std::to_string(descriptor_));
        loop_.call_exception_handler(
            {"a watched descriptor failed", std::make_exception_ptr(e), {}, {}});
        if (owner_ != nullptr) {
            running_ = true;
            owner_->remove(descriptor_, writes_);
            running_ = false;
        }
    } else if (owner_ != nullptr) {
        running_ = true;
        run_guarded(loop_, callback_, context_);
        running_ = false;
        if (owner_ != nullptr) {
            start(*static_cast<io::channel*>(target));
            return;
        }
    }
    end_if_unused();
}

// The loop is closed.
void descriptor_callback::discard() noexcept {
    queued_ = false;
    end_if_unused();
}

io::channel& descriptor_watches::acquire(int descriptor, bool writes, std::string_view attempt) {
    entry& e = entries_[descriptor];
    if (e.sides[writes].taken) {
        throw usage_error(std::string(attempt) + ": somebody waits for this descriptor already");
    }
    if (e.channel == nullptr) {
        try {
            if (loop_.backend().has(descriptor)) {
                throw usage_error(std::string(attempt) +
                                  ": the descriptor belongs to a stream or socket of this loop");
            }
            if (const int error = io::refusal_to_watch(descriptor); error != 0) {
                throw os_error(error, attempt);
            }
            e.channel = &loop_.backend().adopt(descriptor);
        } catch (...) {
            entries_.erase(descriptor);
            throw;
        }
    }
    e.sides[writes].taken = true;
    return *e.channel;
}

void descriptor_watches::release(int descriptor, bool writes) noexcept {
    const auto found = entries_.find(descriptor);
    if (found == entries_.end()) {
        return;  // the loop was closed meanwhile
    }
    entry& e = found->second;
    e.sides[writes] = {};
    if (!e.sides[!writes].taken) {
        io::channel& c = *e.channel;
        entries_.erase(found);
        loop_.backend().release(c);
    }
}

void descriptor_watches::add(int descriptor, bool writes, unique_function<void()> callback,
                             std::string_view attempt) {
    auto made =
        std::make_unique<descriptor_callback>(*this, descriptor, writes, std::move(callback));
    // The former one first: the descriptor may be another one by now that has the same number.
    remove(descriptor, writes);
    io::channel& c = acquire(descriptor, writes, attempt);
    descriptor_callback& active = *made.release();
    entries_[descriptor].sides[writes].callback = &active;
    active.start(c);
}

bool descriptor_watches::remove(int descriptor, bool writes) noexcept {
    const auto found = entries_.find(descriptor);
    if (found == entries_.end() || found->second.sides[writes].callback == nullptr) {
        return false;
    }
    std::exchange(found->second.sides[writes].callback, nullptr)->remove();
    release(descriptor, writes);
    return true;
}

void descriptor_watches::clear() noexcept {
    while (!entries_.empty()) {
        const auto first = entries_.begin();
        const entry e = first->second;
        entries_.erase(first);
        for (const side& s : e.sides) {
            if (s.callback != nullptr) {
                s.callback->remove();
            }
        }
        loop_.backend().release(*e.channel);
    }
}

}  // namespace nurt::detail
