// SPDX-License-Identifier: MIT
// nurt/loop/services.hpp: everything a loop gets from outside.
//
// Whatever is not determined by the program itself enters through here: time, the network, names,
// threads, chance. A simulation is another set of services under the same program.
#pragma once

#include <cstdint>
#include <memory>

#include "nurt/base/intrusive_list.hpp"
#include "nurt/base/time.hpp"
#include "nurt/io/backend.hpp"

namespace nurt {

// Time that only moves forward.
class clock {
public:
    virtual ~clock() = default;
    virtual instant now() noexcept = 0;
    // True when time is made by the program: then nothing may depend on how fast the machine is.
    virtual bool simulated() const noexcept { return false; }
};

// Where blocking work runs: threads, or in a simulation the loop itself, later.
class executor {
public:
    // A piece of work. It lives in whoever waits for it, until execute() has been called or
    // withdraw() has said true.
    class job : public list_link {
    public:
        // Called once, on a thread that the executor chooses.
        void execute() noexcept {
            call();
            deliver();
        }

        // The two halves, for executors that have to do something between them: the work itself,
        // and telling whoever waits, after which the job may be gone.
        virtual void call() noexcept = 0;
        virtual void deliver() noexcept = 0;

    protected:
        ~job() = default;
    };

    virtual ~executor() = default;
    // Never blocks; never calls execute() itself. Throws usage_error when it takes no more work.
    virtual void post(job& work) = 0;
    // True: the job had not begun, and will not. False: execute() has been called or will be.
    virtual bool withdraw(job&) noexcept { return false; }
};

// Numbers for jitter, shuffles and boundaries; never for secrets.
class random_source {
public:
    virtual ~random_source() = default;
    virtual std::uint64_t next() noexcept = 0;
};

// Turns names into addresses; declared in nurt/net/resolver.hpp, which knows what those are.
class resolver_service {
public:
    virtual ~resolver_service() = default;
};

// A clock, backend or source of random numbers that is left empty is the machine's; a resolver is
// made by the first who asks for a name, and without an executor blocking work goes to the threads
// of nurt/threads/thread_pool.hpp.
struct services {
    std::unique_ptr<nurt::clock> clock;
    std::unique_ptr<io::backend> backend;
    std::unique_ptr<nurt::executor> executor;
    std::unique_ptr<random_source> random;
    std::unique_ptr<resolver_service> resolver;
};

}  // namespace nurt
