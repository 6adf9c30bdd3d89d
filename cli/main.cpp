// SPDX-License-Identifier: MIT
// cli/main.cpp: the nurt program: commands, options, help, exit codes.
//
// Exit codes: 0, 1 something failed, 2 wrong usage, 130 interrupted by Ctrl-C. Only this file
// includes CLI11, which costs ten seconds of compiling.
#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <functional>
#include <memory>
#include <string>

#include "cli/get.hpp"
#include "cli/httpbin/httpbin.hpp"
#include "cli/lecture.hpp"
#include "cli/lecture_child.hpp"
#include "cli/measure.hpp"
#include "nurt/base/error.hpp"
#include "nurt/loop/event_loop.hpp"

namespace {

namespace cli = nurt::cli;

constexpr int exit_failure = 1;
constexpr int exit_usage = 2;
constexpr int exit_interrupted = 130;  // 128 and SIGINT, as shells say it

// Also which backend the environment and the kernel give.
int print_version() {
#if defined(__clang__)
    constexpr const char* compiler = "clang " __clang_version__;
#else
    constexpr const char* compiler = "g++ " __VERSION__;
#endif
    nurt::event_loop loop;
    fmt::print("nurt {}\ncompiler: {}\nbackend:  {}\n", NURT_VERSION, compiler,
               loop.backend().name());
    return 0;
}

std::string usage_error(const CLI::App*, const CLI::Error& e) {
    return fmt::format("nurt: {}\nnurt --help and nurt COMMAND --help say what there is.\n",
                       e.what());
}

// What was chosen, run when parsing is over.
using command = std::function<int()>;

void add_lecture(CLI::App& app, command& chosen) {
    struct words {
        std::string cell;
        bool list = false;
        cli::lecture_options options;
    };
    auto given = std::make_shared<words>();
    CLI::App* lecture = app.add_subcommand(
        "lecture", "Four slow requests, three ways: one after another, in threads, with gather");
    lecture->add_option("cell", given->cell, "Run this cell of the lecture instead, such as 3.1.2");
    lecture->add_flag("--list", given->list, "Name every cell of the lecture");
    lecture->add_option("--svg", given->options.svg, "Write the drawing to this file, too")
        ->option_text("FILE");
    lecture->add_option("--scale", given->options.scale, "Multiply the delays by this")
        ->check(CLI::Range(0.01, 10.0))
        ->group("");
    lecture->footer(
        "Takes 18 seconds: it starts an httpbin of its own on a free port of this machine and\n"
        "waits for delays of 1, 2, 3 and 4 seconds in three ways. Each way is a process.");
    lecture->callback([given, &chosen] {
        chosen = [given] {
            if (given->list) return cli::list_cells();
            if (!given->cell.empty()) return cli::run_cell(given->cell);
            return cli::compare_variants(given->options);
        };
    });
}

void add_get(CLI::App& app, command& chosen) {
    auto given = std::make_shared<cli::get_options>();
    CLI::App* get = app.add_subcommand("get", "Fetch URLs, many at once");
    get->add_option("URL", given->urls, "What to fetch; http:// may be left out")
        ->required()
        ->option_text("...");
    get->add_option("-X,--request", given->method, "Method; GET, or POST with --data")
        ->option_text("METHOD");
    get->add_option("-H,--header", given->headers, "A field of the request; may be repeated")
        ->option_text("\"NAME: VALUE\"")
        ->allow_extra_args(false);
    CLI::Option* data =
        get->add_option("-d,--data", given->data, "The body of the requests")->option_text("TEXT");
    get->add_option("-c,--max-concurrency", given->max_concurrency,
                    "So many requests at once (100)")
        ->option_text("N")
        ->check(CLI::Range(1U, 1'000'000U))
        ->capture_default_str();
    get->add_option("-t,--timeout", given->timeout, "Seconds for each request (300); 0 is no limit")
        ->option_text("SECONDS")
        ->check(CLI::NonNegativeNumber)
        ->capture_default_str();
    get->add_flag("-L,--follow", given->follow, "Follow redirects");
    get->add_option("--cacert", given->ca_file,
                    "Trust the certificates in this file instead of the machine's")
        ->option_text("FILE");
    get->add_flag("-k,--insecure", given->insecure, "Look at no certificate: anybody may answer");
    get->add_flag("-i,--include", given->include, "Print the head of each answer, too");
    get->add_option("-o,--output", given->output, "Write the body to this file; for one URL")
        ->option_text("FILE");
    get->add_option("--output-dir", given->output_dir, "Write each body to a file in this folder")
        ->option_text("DIR");
    get->add_option("--svg", given->svg, "Write the drawing to this file")->option_text("FILE");
    get->add_flag("-q,--quiet", given->quiet, "No progress, no drawing, no timings");
    get->footer(
        "Bodies go to standard output in the order of the URLs, everything else to standard "
        "error.\n"
        "Exit code 1: a request failed or its status was 400 or more.");
    get->callback([given, data, &chosen] {
        given->has_data = data->count() > 0;
        chosen = [given] { return cli::run_get(*given); };
    });
}

void add_httpbin(CLI::App& app, command& chosen) {
    struct words {
        std::string host = "127.0.0.1";
        std::uint16_t port = 8000;
    };
    auto given = std::make_shared<words>();
    CLI::App* httpbin = app.add_subcommand("httpbin", "A server that answers as httpbin.org does");
    httpbin->add_option("--host", given->host, "Listen on this address")->capture_default_str();
    httpbin->add_option("--port", given->port, "Listen on this port; 0 takes a free one")
        ->capture_default_str();
    httpbin->footer("Ctrl-C ends it. Try: curl http://127.0.0.1:8000/delay/2");
    httpbin->callback([given, &chosen] {
        chosen = [given] { return cli::run_httpbin(given->host, given->port); };
    });
}

// What `nurt lecture` starts. Not shown in the help.
void add_lecture_children(CLI::App& app, command& chosen, double cpu_at_main) {
    struct words {
        std::string name;
        std::string url;
        double scale = 1;
    };
    auto given = std::make_shared<words>();
    CLI::App* run = app.add_subcommand("lecture-run", "One way of the comparison")->group("");
    run->add_option("variant", given->name)->required();
    run->add_option("--url", given->url)->required();
    run->add_option("--scale", given->scale);
    run->callback([given, &chosen, cpu_at_main] {
        chosen = [given, cpu_at_main] {
            return cli::run_variant(given->name, given->url, given->scale, cpu_at_main);
        };
    });
    CLI::App* cell = app.add_subcommand("lecture-cell", "One cell of the lecture")->group("");
    cell->add_option("cell", given->name)->required();
    cell->add_option("url", given->url)->required();
    cell->callback([given, &chosen] {
        chosen = [given] { return cli::run_cell_here(given->name, given->url); };
    });
}

int run(const command& chosen) {
    try {
        return chosen();
    } catch (const nurt::keyboard_interrupt&) {
        std::fputs("nurt: interrupted\n", stderr);
        return exit_interrupted;
    } catch (const std::exception& e) {
        fmt::print(stderr, "nurt: {}\n", e.what());
        return exit_failure;
    }
}

}  // namespace

int main(int argc, char** argv) {
    const double cpu_at_main = cli::process_cpu_seconds();
    CLI::App app("asyncio for C++: coroutines, tasks, HTTP, and a lecture that runs", "nurt");
    bool wants_version = false;
    app.add_flag("--version", wants_version, "Print the version, the compiler and the backend");
    app.require_subcommand(0, 1);
    app.failure_message(usage_error);
    app.footer("nurt COMMAND --help says more about each.");
    pid_t parent = 0;
    app.add_option("--end-with", parent)->group("");
    command chosen;
    add_lecture(app, chosen);
    add_get(app, chosen);
    add_httpbin(app, chosen);
    add_lecture_children(app, chosen, cpu_at_main);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        return app.exit(e) == 0 ? 0 : exit_usage;
    }
    if (wants_version) return run(print_version);
    if (!chosen) {
        std::fputs(app.help().c_str(), stderr);
        return exit_usage;
    }
    if (parent != 0) cli::end_with_parent(parent);
    return run(chosen);
}
