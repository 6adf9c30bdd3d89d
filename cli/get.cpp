// SPDX-License-Identifier: MIT
// cli/get.cpp: see the header.
//
// Everything that is known about a request stands in its `fetch`, outside of the loop: so nothing that
// succeeded is lost when the loop ends early.
#include "cli/get.hpp"

#include "cli/picture.hpp"
#include "cli/progress.hpp"
#include "cli/table.hpp"
#include "cli/text.hpp"
#include "nurt/core/gather.hpp"
#include "nurt/core/run.hpp"
#include "nurt/core/sleep.hpp"
#include "nurt/core/task.hpp"
#include "nurt/http/client.hpp"
#include "nurt/http/errors.hpp"
#include "nurt/loop/event_loop.hpp"
#include "nurt/tls/options.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include <sys/resource.h>

namespace nurt::cli {

namespace {

using state_t = progress_item::state_t;

// What the loop, files and standard streams need besides connections.
constexpr std::uint64_t spare_descriptors = 8;
// A longer list of timings or a higher picture tells nobody anything.
constexpr std::size_t most_rows = 20;

struct fetch {
    std::string url;
    std::optional<http::response> answer;
    std::string error;
    state_t state = state_t::waiting;
    double start = 0;  // seconds since the beginning
    double end = 0;
    std::size_t size = 0;  // of the body

    bool ok() const { return answer && answer->status() < 400 && error.empty(); }
    std::string result() const {
        if (answer) return std::to_string(answer->status());
        return state == state_t::failed ? "failed" : "interrupted";
    }
};

struct file_closer {
    void operator()(std::FILE* f) const noexcept { std::fclose(f); }
};
using file = std::unique_ptr<std::FILE, file_closer>;

// Wrong options, in words for the user.
struct bad_options {
    std::string text;
};

// "" or why it could not be written.
std::string write_text(std::FILE* to, const std::string& text) {
    errno = 0;
    const bool written = std::fwrite(text.data(), 1, text.size(), to) == text.size();
    return written && std::fflush(to) == 0 ? "" : std::strerror(errno);
}

std::string write_file(const std::string& path, const std::string& text) {
    const file f(std::fopen(path.c_str(), "wb"));
    const std::string why = f ? write_text(f.get(), text) : std::strerror(errno);
    return why.empty() ? why : "cannot write " + path + ": " + why;
}

std::string shown(const http::response& r, bool include) {
    std::string text;
    if (include) {
        text.append(r.http_version()).append(" ").append(std::to_string(r.status()));
        text.append(" ").append(r.reason()).append("\r\n");
        for (const http::header& field : r.headers()) {
            text.append(field.name).append(": ").append(field.value).append("\r\n");
        }
        text += "\r\n";
    }
    return text += r.text();
}

class getter {
public:
    explicit getter(const get_options& options);

    int run();

private:
    coro<> fetch_all();
    coro<> worker(http::client& client);
    coro<> fetch_one(http::client& client, fetch& f);
    coro<> show_progress();
    http::client make_client() const;
    tls::client_context trust() const;

    void deliver(std::size_t index);
    void print_in_order();
    void print_rest();
    void update_progress();
    void report();
    int exit_code(bool interrupted) const;
    picture drawing() const;
    table timings() const;
    double now() const { return (event_loop::running().time() - begin_).seconds(); }

    const get_options& options_;
    std::vector<fetch> fetches_;
    std::size_t next_ = 0;     // the first that nobody has begun
    std::size_t printed_ = 0;  // the first that is not on standard output
    std::string output_error_;
    instant begin_;
    double last_ = 0;  // seconds at the last look
    progress_options look_;
    progress_display display_;
    std::vector<progress_item> items_;
};

getter::getter(const get_options& options)
    : options_(options), look_(options_for(stderr)), display_(stderr, look_) {
    if (options.urls.empty()) throw bad_options{"give at least one URL"};
    if (!options.output.empty() && options.urls.size() > 1) {
        throw bad_options{"--output is for one URL; --output-dir takes several"};
    }
    if (options.max_concurrency == 0) throw bad_options{"--max-concurrency is at least 1"};
    for (const std::string& url : options.urls) {
        fetches_.emplace_back().url = url.find("://") == url.npos ? "http://" + url : url;
    }
    items_.resize(fetches_.size());
    for (std::size_t i = 0; i < items_.size(); ++i) items_[i].name = fetches_[i].url;
}

std::uint64_t open_descriptors() {
    std::error_code ignored;
    std::uint64_t count = 0;
    for (std::filesystem::directory_iterator at("/proc/self/fd", ignored), end; at != end;
         at.increment(ignored)) {
        ++count;
    }
    return count;
}

// The limit is raised as far as the process may.
std::uint64_t descriptor_limit() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 1024;
    const rlimit raised{.rlim_cur = limit.rlim_max, .rlim_max = limit.rlim_max};
    return ::setrlimit(RLIMIT_NOFILE, &raised) == 0 ? limit.rlim_max : limit.rlim_cur;
}

http::client getter::make_client() const {
    const std::uint32_t most =
        connections_within(options_.max_concurrency, descriptor_limit(), open_descriptors());
    http::client_timeouts limits;
    limits.total = options_.timeout > 0 ? seconds(options_.timeout) : duration::max();
    if (options_.timeout <= 0 || options_.timeout > limits.head.seconds()) {
        limits.head = limits.read = limits.total;  // a long timeout is there for slow servers
    }
    http::client_options all;
    all.limits({.connections = most, .per_host = most}).timeouts(limits);
    all.follow_redirects(options_.follow ? 20 : 0);
    for (const std::string& line : options_.headers) {
        const std::size_t colon = line.find(':');
        if (colon == line.npos) throw bad_options{"a header is 'Name: value', not '" + line + "'"};
        all.header(line.substr(0, colon), line.substr(colon + 1));
    }
    if (options_.insecure || !options_.ca_file.empty()) all.tls(trust());
    return http::client(std::move(all));
}

tls::client_context getter::trust() const {
    tls::client_options options;
    if (options_.insecure) options.insecure_accept_any_certificate();
    if (!options_.ca_file.empty()) options.ca_file(options_.ca_file);
    try {
        return options;
    } catch (const os_error& e) {
        throw bad_options{e.what()};
    }
}

// The work.

int getter::run() {
    bool interrupted = false;
    try {
        nurt::run(fetch_all());
    } catch (const keyboard_interrupt&) {
        interrupted = true;
    }
    if (!options_.quiet) {
        update_progress();
        display_.finish(items_, look_.terminal);
    }
    print_rest();
    report();
    return exit_code(interrupted);
}

coro<> getter::fetch_all() {
    begin_ = event_loop::running().time();
    http::client client = make_client();
    const std::size_t count = std::min<std::size_t>(options_.max_concurrency, fetches_.size());
    std::vector<coro<>> workers;
    for (std::size_t i = 0; i < count; ++i) workers.push_back(worker(client));
    if (options_.quiet) {
        co_await gather(std::move(workers));
        co_return;
    }
    const task<> display = create_task(show_progress());
    co_await gather(std::move(workers));
    display.cancel();
}

coro<> getter::worker(http::client& client) {
    while (next_ < fetches_.size()) {
        const std::size_t index = next_++;
        co_await fetch_one(client, fetches_[index]);
        deliver(index);
    }
}

coro<> getter::fetch_one(http::client& client, fetch& f) {
    f.start = now();
    f.state = state_t::running;
    const char* usual = options_.has_data ? "POST" : "GET";
    try {
        auto request = client.request(options_.method.empty() ? usual : options_.method, f.url);
        if (options_.has_data) request.body(options_.data, "application/x-www-form-urlencoded");
        f.answer.emplace(co_await std::move(request));
        f.size = f.answer->text().size();
        f.state = f.answer->status() < 400 ? state_t::done : state_t::failed;
    } catch (const http::invalid_header& e) {
        throw bad_options{e.what()};
    } catch (const error& e) {
        f.error = e.what();
        f.state = state_t::failed;
    }
    f.end = now();
}

coro<> getter::show_progress() {
    while (true) {
        update_progress();
        co_await sleep(milliseconds(100));
    }
}

void getter::update_progress() {
    if (event_loop::running_or_null() != nullptr) last_ = now();
    for (std::size_t i = 0; i < items_.size(); ++i) {
        const fetch& f = fetches_[i];
        items_[i].state = f.state;
        items_[i].elapsed = f.state == state_t::running ? last_ - f.start : f.end - f.start;
        if (f.state == state_t::done || f.state == state_t::failed) items_[i].result = f.result();
    }
    display_.update(items_);
}

// Output.

// A body is written as soon as it may be, and then forgotten.
void getter::deliver(std::size_t index) {
    fetch& f = fetches_[index];
    if (options_.output_dir.empty()) {
        print_in_order();
        return;
    }
    if (!f.answer) return;
    const std::string path = options_.output_dir + "/" + file_name_for(f.url, index + 1);
    f.error = write_file(path, shown(*f.answer, options_.include));
    if (!f.error.empty()) f.state = state_t::failed;
    std::move(*f.answer).text() = {};
}

void getter::print_in_order() {
    // While the display paints on the terminal, text between its lines would be overpainted.
    const bool painting = !options_.quiet && look_.terminal;
    while (!painting && printed_ < fetches_.size() && fetches_[printed_].end > 0) {
        fetch& f = fetches_[printed_++];
        if (!f.answer || !output_error_.empty()) continue;
        const std::string text = shown(*f.answer, options_.include);
        const std::string why =
            options_.output.empty() ? write_text(stdout, text) : write_file(options_.output, text);
        if (!why.empty()) output_error_ = options_.output.empty() ? "standard output: " + why : why;
        std::move(*f.answer).text() = {};
    }
}

// After the end, also an early one: what is not there is left out.
void getter::print_rest() {
    look_.terminal = false;
    while (options_.output_dir.empty() && printed_ < fetches_.size()) {
        if (fetches_[printed_].end > 0) {
            print_in_order();
        } else {
            ++printed_;
        }
    }
}

void getter::report() {
    std::string text;
    const picture drawn = drawing();
    if (!options_.quiet) {
        text_options how;
        how.width = look_.width;
        how.utf8 = look_.utf8;
        how.colour = look_.colour;
        how.rows = most_rows;
        text += draw_text(drawn, how);
        if (fetches_.size() <= most_rows) text += "\n" + draw_table(timings(), look_.utf8);
    }
    for (const fetch& f : fetches_) {
        if (!f.error.empty()) {
            text += "nurt get: " + printable(f.error) + "\n";
        } else if (f.answer && f.answer->status() >= 400) {
            text += "nurt get: " + f.answer->method() + " " + printable(f.url) + ": " + f.result() +
                    " " + printable(f.answer->reason()) + "\n";
        }
    }
    if (!options_.svg.empty()) {
        const std::string why = write_file(options_.svg, draw_svg({&drawn, 1}));
        if (output_error_.empty()) output_error_ = why;
    }
    if (!output_error_.empty()) text += "nurt get: " + output_error_ + "\n";
    write_text(stderr, text);
}

picture getter::drawing() const {
    picture p;
    std::size_t good = 0;
    for (const fetch& f : fetches_) {
        good += f.ok() ? 1 : 0;
        if (f.state == state_t::waiting) continue;
        request_bar bar;
        bar.name = f.url;
        bar.start = f.start;
        bar.result = f.result();
        bar.ok = f.ok();
        if (f.answer) {
            const http::request_phases& t = f.answer->phases();
            bar.phases = {{"queue", t.pool.seconds()},      {"dns", t.dns.seconds()},
                          {"connect", t.connect.seconds()}, {"tls", t.tls.seconds()},
                          {"send", t.send.seconds()},       {"wait", t.wait.seconds()},
                          {"receive", t.receive.seconds()}};
        } else {
            bar.phases = {{"", (f.end > 0 ? f.end : last_) - f.start}};
        }
        p.requests.push_back(std::move(bar));
    }
    p.title = std::to_string(good) + " of " + std::to_string(fetches_.size()) + " in " +
              human_seconds(p.seconds());
    return p;
}

table getter::timings() const {
    table t;
    t.columns = {{"URL"}, {"status"}};
    for (const char* name :
         {"bytes", "queue", "dns", "connect", "tls", "send", "wait", "receive", "all"}) {
        t.columns.push_back({name, align::right});
    }
    for (const fetch& f : fetches_) {
        std::vector<std::string> row{keep_end(printable(f.url), 40), f.result()};
        if (f.answer) {
            const http::request_phases& p = f.answer->phases();
            row.push_back(std::to_string(f.size));
            for (const duration d : {p.pool, p.dns, p.connect, p.tls, p.send, p.wait, p.receive,
                                     f.answer->elapsed()}) {
                row.push_back(human_seconds(d.seconds()));
            }
        }
        t.rows.push_back(std::move(row));
    }
    return t;
}

int getter::exit_code(bool interrupted) const {
    if (interrupted) return 130;
    const bool all =
        std::all_of(fetches_.begin(), fetches_.end(), [](const fetch& f) { return f.ok(); });
    return all && output_error_.empty() ? 0 : 1;
}

}  // namespace

std::string file_name_for(const std::string& url, std::size_t index) {
    const std::string path = url.substr(0, url.find_first_of("?#"));
    std::string name = std::to_string(index);
    name.insert(0, name.size() < 4 ? 4 - name.size() : 0, '0');
    name += '-';
    const std::size_t start = name.size();
    const std::size_t host = path.find("://");
    const std::size_t slash = path.rfind('/');
    if (slash != path.npos && (host == path.npos || slash > host + 2)) {
        name += path.substr(slash + 1, 100);
    }
    for (std::size_t i = start; i < name.size(); ++i) {
        const char c = name[i];
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                           (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '_';
        if (!plain) name[i] = '_';
    }
    if (name.size() == start) name += "index";
    return name;
}

std::uint32_t connections_within(std::uint32_t wanted, std::uint64_t descriptors,
                                 std::uint64_t in_use) noexcept {
    const std::uint64_t taken = in_use + spare_descriptors;
    const std::uint64_t free = descriptors > taken ? descriptors - taken : 1;
    return static_cast<std::uint32_t>(std::min<std::uint64_t>(wanted, free));
}

int run_get(const get_options& options) {
    try {
        return getter(options).run();
    } catch (const bad_options& e) {
        write_text(stderr, "nurt get: " + e.text + "\n");
    } catch (const http::invalid_header& e) {
        write_text(stderr, std::string("nurt get: ") + e.what() + "\n");
    }
    return 2;
}

}  // namespace nurt::cli
