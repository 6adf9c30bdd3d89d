// SPDX-License-Identifier: MIT
// tests/support/main.cpp: the main of every test program.
//
// Beside doctest's own options: --list-test-cases --ctest-label=L --ctest-file=F writes F, a list of
// add_test commands, one for each TEST_CASE, which tests/CMakeLists.txt gives to ctest; with
// --ctest-backend=B, as often as one likes, one for each TEST_CASE on each backend. A listener
// checks after each case that no descriptor stayed open and no coroutine frame is left. A filter
// that selects nothing is a failure: a renamed test must not pass unseen. What replays a failure is
// printed: the seed that a test asked for, and that of the shuffle.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <nurt/base/frame_pool.hpp>

#include "tests/support/state.hpp"
#include "tests/support/support.hpp"

namespace {

using nurt_test::the_state;

std::string ctest_label;
std::string ctest_file;
std::vector<std::string> ctest_backends;

// doctest's filters treat the comma as separator and the backslash as escape.
std::string as_filter(std::string_view name) {
    std::string out;
    for (const char c : name) {
        if (c == ',' || c == '\\') out += '\\';
        out += c;
    }
    return out;
}

std::string bracketed(std::string_view text) {
    return "[==[" + std::string(text) + "]==]";
}

std::string own_path() {
    return std::filesystem::read_symlink("/proc/self/exe");
}

class listener final : public doctest::IReporter {
public:
    explicit listener(const doctest::ContextOptions& options) : options_(options) {}

    void report_query(const doctest::QueryData& query) override {
        if (!ctest_file.empty()) write_ctest_file(query);
    }

    void test_case_start(const doctest::TestCaseData& test) override {
        current_ = test.m_name;
        the_state().excuse.clear();
        descriptors_ = nurt_test::open_descriptors();
        frames_ = nurt::frame_pool::live();
    }

    void test_case_end(const doctest::CurrentTestCaseStats& stats) override {
        const std::string& excuse = the_state().excuse;
        if (excuse.empty()) {
            expect_same("open descriptors", descriptors_, nurt_test::open_descriptors());
        } else {
            std::fprintf(stderr, "note: \"%s\" may keep descriptors: %s\n", current_.c_str(),
                         excuse.c_str());
        }
        expect_same("blocks of the frame pool", frames_, nurt::frame_pool::live());
        if (!stats.testCaseSuccess) the_state().failed = true;
    }

    void test_run_end(const doctest::TestRunStats& stats) override {
        if (stats.numTestCasesPassingFilters == 0 && !options_.count) {
            the_state().failed = true;
            std::fprintf(stderr, "FAILED: no test case has that name\n");
        }
    }

    void test_run_start() override {}
    void test_case_reenter(const doctest::TestCaseData&) override {}
    void test_case_exception(const doctest::TestCaseException&) override {}
    void subcase_start(const doctest::SubcaseSignature&) override {}
    void subcase_end() override {}
    void log_assert(const doctest::AssertData&) override {}
    void log_message(const doctest::MessageData&) override {}
    void test_case_skipped(const doctest::TestCaseData&) override {}

private:
    void expect_same(const char* what, std::int64_t before, std::int64_t after) {
        if (before == after) return;
        the_state().failed = true;
        std::fprintf(stderr, "FAILED: \"%s\": %lld %s before it, %lld after it\n", current_.c_str(),
                     static_cast<long long>(before), what, static_cast<long long>(after));
    }

    // With a backend, the test runs on that one.
    static void write_ctest(std::ostream& out, std::string_view test, const std::string& backend) {
        std::string title = ctest_label + ": " + std::string(test);
        if (!backend.empty()) title += ", on " + backend;
        const std::string name = bracketed(title);
        out << "add_test(" << name << ' ' << bracketed(own_path()) << ' '
            << bracketed("--test-case=" + as_filter(test)) << ")\n"
            << "set_tests_properties(" << name << " PROPERTIES LABELS " << bracketed(ctest_label)
            << " TIMEOUT 60";
        if (!backend.empty()) out << " ENVIRONMENT NURT_BACKEND=" << backend;
        out << ")\n";
    }

    void write_ctest_file(const doctest::QueryData& query) {
        std::ofstream out(ctest_file);
        std::set<std::string_view> seen;
        for (unsigned i = 0; i < query.num_data; ++i) {
            const doctest::TestCaseData& test = *query.data[i];
            if (!seen.insert(test.m_name).second) {
                the_state().failed = true;
                std::fprintf(stderr, "%s:%u: a second TEST_CASE(\"%s\")\n", test.m_file.c_str(),
                             test.m_line, test.m_name);
            }
            if (ctest_backends.empty()) write_ctest(out, test.m_name, {});
            for (const std::string& backend : ctest_backends) {
                write_ctest(out, test.m_name, backend);
            }
        }
        if (!out.flush()) the_state().failed = true;
    }

    const doctest::ContextOptions& options_;
    std::string current_;
    std::int64_t descriptors_ = 0;
    std::int64_t frames_ = 0;
};

REGISTER_LISTENER("nurt", 1, listener);

void read_own_options(int argc, char** argv) {
    for (int i = 1; i < argc; ++i) {
        const std::string_view argument = argv[i];
        constexpr std::string_view label = "--ctest-label=";
        constexpr std::string_view file = "--ctest-file=";
        constexpr std::string_view backend = "--ctest-backend=";
        if (argument.starts_with(label)) ctest_label = argument.substr(label.size());
        if (argument.starts_with(file)) ctest_file = argument.substr(file.size());
        if (argument.starts_with(backend)) {
            ctest_backends.emplace_back(argument.substr(backend.size()));
        }
    }
}

}  // namespace

int main(int argc, char** argv) {
    read_own_options(argc, argv);
    doctest::Context context(argc, argv);
    const int result = context.run();
    const bool failed = result != 0 || the_state().failed;
    if (failed && the_state().seed_used) {
        std::fprintf(stderr, "seed: NURT_TEST_SEED=%llu\n",
                     static_cast<unsigned long long>(nurt_test::seed()));
    }
    const char* const shuffle = std::getenv("NURT_SHUFFLE");
    if (failed && shuffle != nullptr) {
        std::fprintf(stderr, "shuffle: NURT_SHUFFLE=%s\n", shuffle);
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
