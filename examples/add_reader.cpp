// SPDX-License-Identifier: MIT
// examples/add_reader.cpp: a library that knows nothing of coroutines brings descriptors of its own. The
// loop waits for them beside everything else.
#include <nurt/nurt.hpp>

#include <cstdint>
#include <cstdio>
#include <functional>

#include <sys/timerfd.h>
#include <unistd.h>

// Somebody else's: it wants to be called when its descriptor is readable, and calls back.
class metronome {
public:
    explicit metronome(std::function<void(int)> tick) : tick_(std::move(tick)) {
        const itimerspec every{.it_interval = {.tv_sec = 0, .tv_nsec = 10'000'000},
                               .it_value = {.tv_sec = 0, .tv_nsec = 10'000'000}};
        ::timerfd_settime(descriptor_, 0, &every, nullptr);
    }
    metronome(const metronome&) = delete;
    ~metronome() { ::close(descriptor_); }

    int descriptor() const { return descriptor_; }
    void process() {
        std::uint64_t expired = 0;
        if (::read(descriptor_, &expired, sizeof expired) == sizeof expired) {
            tick_(++count_);
        }
    }

private:
    std::function<void(int)> tick_;
    int count_ = 0;
    int descriptor_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
};

nurt::coro<void> listen_to_it() {
    nurt::queue<int> ticks;
    metronome m([&](int number) { ticks.put_nowait(number); });
    nurt::event_loop& loop = nurt::event_loop::running();
    loop.add_reader(m.descriptor(), [&] { m.process(); });
    for (int i = 0; i < 3; ++i) {
        const int number = co_await ticks.get();
        std::printf("tick %d\n", number);
    }
    loop.remove_reader(m.descriptor());
}

int main() {
    nurt::run(listen_to_it());
}

// prints:
// tick 1
// tick 2
// tick 3
