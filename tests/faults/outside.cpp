// SPDX-License-Identifier: MIT
// tests/faults/outside.cpp: see the header.
#include "tests/faults/outside.hpp"

#include <doctest/doctest.h>

#include <cerrno>
#include <cstring>
#include <exception>
#include <filesystem>
#include <memory>
#include <utility>

#include <unistd.h>

#include "nurt/base/error.hpp"
#include "nurt/base/frame_pool.hpp"
#include "nurt/core/timeout.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/loop/thread_state.hpp"
#include "tests/faults/memory.hpp"
#include "tests/support/memory_file.hpp"
#include "tests/support/support.hpp"

namespace nurt_test {

namespace {

using nurt::io::backend_kind;

// Work sees what it would see on another thread: no running loop.
class own_thread final : public nurt::executor {
public:
    ~own_thread() override {
        while (job* next = queue_.pop_front()) {
            next->execute();  // what nobody waits for is done all the same
        }
    }
    void post(job& work) override {
        nurt::event_loop::running().call_soon([this] { run_one(); });
        queue_.push_back(work);
    }
    bool withdraw(job& work) noexcept override {
        const bool queued = work.linked();
        work.unlink();
        return queued;
    }

private:
    void run_one() noexcept {
        if (job* next = queue_.pop_front()) {
            const auto loop_thread = std::exchange(nurt::detail::this_thread, {});
            next->execute();
            nurt::detail::this_thread = loop_thread;
        }
    }

    nurt::intrusive_list<job> queue_;
};

// Both folders, as long as the process lives.
const folders& places() {
    static const struct owner {
        owner() {
            // In memory, if there is such a place: there fsync is no disk's.
            const bool memory = std::filesystem::exists("/dev/shm");
            const auto root = memory ? "/dev/shm" : std::filesystem::temp_directory_path();
            std::string name = root / "nurt-faults-XXXXXX";
            top = ::mkdtemp(name.data());
            in.plain = top + "/plain";
            in.owned = top + "/owned";
            for (const std::string& each : {in.plain, in.owned}) {
                std::filesystem::create_directory(each);
            }
        }
        ~owner() {
            std::error_code unheard;
            std::filesystem::remove_all(top, unheard);
        }
        std::string top;
        folders in;
    } made;
    return made.in;
}

// The names in it; they are removed.
std::string empty_out(const std::string& folder) {
    std::string found;
    for (const auto& each : std::filesystem::directory_iterator(folder)) {
        found += each.path().filename().string() + ' ';
        std::filesystem::remove_all(each.path());
    }
    return found;
}

nurt::coro<> attempt(outside_run& r, const outside_part& part, const folders& in,
                     std::uint64_t allocation) {
    journal& j = r.what;
    std::exception_ptr failure;
    const memory_fault memory(allocation);
    try {
        co_await nurt::wait_for(part.run(in), nurt::seconds(8));
        j.finished = true;
    } catch (const std::exception&) {
        failure = std::current_exception();
    }
    r.happened = memory.happened();
    if (failure) {
        j.note(part.name, failure);
    }
}

// A file that could not be removed stays.
void look_for_files(journal& j, const folders& in, bool could_be_removed) {
    empty_out(in.plain);
    const std::string left = empty_out(in.owned);
    if (could_be_removed && !left.empty()) {
        j.wrong.push_back("files are left: " + left);
    }
}

void note_calls(outside_run& r, const kernel_fault& fault) {
    r.happened = r.happened || fault.happened();
    for (std::size_t i = 0; i < all_calls; ++i) {
        if (fault.calls(static_cast<call>(i)) != 0) {
            r.calls.push_back(static_cast<call>(i));
        }
    }
}

void run_guarded(outside_run& r, const outside_part& part, nurt::services parts,
                 backend_kind backend, failure_of f) {
    const memory_file file("from a file");
    folders in = places();
    in.file = file.descriptor();
    journal& j = r.what;
    try {
        nurt::runner runner(std::move(parts), {.handle_interrupt = false, .backend = backend});
        runner.loop().set_exception_handler(
            [&j](const nurt::error_context& c) { j.note(c.message, c.error); });
        kernel_fault fault(f.which, f.nth, f.error);
        fault.refuse(part.refused, part.refused_with);
        try {
            runner.run(attempt(r, part, in, f.allocation));
            runner.close();
        } catch (const std::exception&) {
            j.note("run", std::current_exception());
        }
        note_calls(r, fault);
    } catch (const std::exception&) {
        j.note("runner", std::current_exception());
    }
}

// "part: read from a pipe: Input/output error" says what was tried on what. Two have no object.
void check_words(const outside_part& part, const std::vector<std::string>& errors) {
    for (const std::string& text : errors) {
        if (text.starts_with("run: ")) {
            continue;  // waiting itself has failed
        }
        const std::size_t start = text.find(": ") + 2;
        const std::string tried = text.substr(start, text.find(": ", start) - start);
        INFO(text);
        CHECK((tried.find(' ') != tried.npos || tried == "pipe" || tried == "socketpair"));
        CHECK((part.never_said == nullptr || text.find(part.never_said) == text.npos));
    }
}

void check_one(const outside_part& part, backend_kind backend, call which, int error) {
    bool happened = true;
    for (std::uint64_t n = 1; happened; ++n) {
        const outside_run r = run_part(part, on_one_thread, backend, {which, n, error});
        happened = r.happened;
        INFO(std::string(part.name), ": call ", n, " of ", std::string(name_of(which)),
             " failed with ", error, " ", std::string(std::strerror(error)), ": ",
             joined(r.what.errors));
        check_words(part, r.what.errors);
        CHECK(joined(r.what.wrong) == "");
        CHECK((happened || r.what.finished));
    }
}

}  // namespace

std::vector<outside_part>& all_parts() {
    static std::vector<outside_part> all;
    return all;
}

nurt::services on_one_thread() {
    nurt::services parts;
    parts.executor = std::make_unique<own_thread>();
    return parts;
}

void expect(bool holds, const char* what) {
    if (!holds) {
        throw nurt::usage_error(what);
    }
}

std::string joined(const std::vector<std::string>& lines) {
    std::string text;
    for (const std::string& line : lines) {
        text += line + "; ";
    }
    return text;
}

outside_run run_part(const outside_part& part, const std::function<nurt::services()>& make_parts,
                     backend_kind backend, failure_of failure) {
    outside_run r;
    const folders& in = places();
    const int descriptors = open_descriptors();
    const auto frames = nurt::frame_pool::live();
    run_guarded(r, part, make_parts(), backend, failure);
    if (const int now = open_descriptors(); now != descriptors) {
        r.what.wrong.push_back("descriptors: " + std::to_string(descriptors) + " before, " +
                               std::to_string(now) + " after");
    }
    if (nurt::frame_pool::live() != frames) {
        r.what.wrong.push_back("coroutine frames are left");
    }
    // Nor is one removed when the look at what it is fails, at the end of a part that succeeds.
    const bool unseen = failure.which == call::stat && r.what.finished;
    // What is removed by its end stays when there is no memory for that.
    const bool forgotten = failure.allocation != 0 && r.what.finished;
    look_for_files(r.what, in, failure.which != call::unlink && !unseen && !forgotten);
    return r;
}

void without_each_call(const outside_part& part, backend_kind backend) {
    const outside_run whole = run_part(part, on_one_thread, backend);
    INFO(std::string(part.name));
    CHECK(joined(whole.what.errors) == "");
    CHECK(joined(whole.what.wrong) == "");
    for (const call which : whole.calls) {
        for (const int error : errors_of(which)) {
            if (which != call::epoll_pwait2 || error != EBADF) {  // that one ends the loop
                check_one(part, backend, which, error);
            }
        }
    }
}

}  // namespace nurt_test
