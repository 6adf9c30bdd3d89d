// SPDX-License-Identifier: MIT
// examples/instrument.cpp: hear what the loop does.
//
// An instrument is called around every step of every task. A loop without one does not even ask.
#include <nurt/nurt.hpp>

#include <cstdio>
#include <string>

class diary : public nurt::instrument {
public:
    void task_made(const nurt::task_info& task) override { write(task, "is made"); }
    void step_begins(const nurt::task_info& task) override { write(task, "runs"); }
    void task_awaits(const nurt::task_info& task) override { write(task, "waits"); }
    void task_done(const nurt::task_info& task) override {
        write(task, task.failed() ? "has failed" : "is done");
    }
    void io_wait_begins(nurt::instant) override { std::puts("(the loop sleeps)"); }

private:
    static void write(const nurt::task_info& task, const char* what) {
        std::printf("%s %s\n", std::string(task.name()).c_str(), what);
    }
};

nurt::coro<void> bake() {
    co_await nurt::sleep(nurt::milliseconds(10));
}

nurt::coro<void> kitchen() {
    const auto bread = nurt::create_task(bake(), "bread");
    co_await bread;
}

int main() {
    diary pages;
    nurt::runner runner;
    runner.loop().add_instrument(pages);
    runner.run(kitchen());
    runner.loop().remove_instrument(pages);
}

// prints:
// Task-1 is made
// Task-1 runs
// Task-1 waits
// bread is made
// bread runs
// bread waits
// (the loop sleeps)
// bread runs
// bread is done
// Task-1 runs
// Task-1 is done
