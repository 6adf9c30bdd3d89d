// SPDX-License-Identifier: MIT
// tests/soak/files.cpp: files that many read and write at once, and that are known byte by byte.
#include <algorithm>
#include <cerrno>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/core/with.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/files/file.hpp"
#include "nurt/files/paths.hpp"
#include "nurt/files/temporary.hpp"
#include "tests/soak/actor.hpp"
#include "tests/soak/left_folders.hpp"

namespace nurt_soak {

namespace {

namespace files = nurt::files;
using nurt::files::file;

// Some blocks of the book.
struct pages {
    std::size_t first = 0;
    std::size_t count = 0;
};

// A file that everybody writes, and what has to be in it. Each byte is what it is, or, while it is
// written and after a write that was cancelled, what it was or what it should become.
class book {
public:
    static constexpr std::size_t page_size = 700;  // so that none ends where one of the disk does
    static constexpr std::size_t page_count = 200;
    static constexpr std::size_t size = page_size * page_count;

    static std::size_t bytes(pages p) { return p.count * page_size; }
    static std::uint64_t offset(pages p) { return p.first * page_size; }

    bool being_written(pages p) const {
        const auto range = std::span(page_).subspan(p.first, p.count);
        return std::any_of(range.begin(), range.end(),
                           [](const page& each) { return each.being_written; });
    }
    void set_being_written(pages p, bool value) {
        for (std::size_t i = p.first; i < p.first + p.count; ++i) {
            page_[i].being_written = value;
            ++page_[i].version;
        }
    }
    // Changes when anything of it is written.
    std::uint64_t version(pages p) const {
        std::uint64_t sum = 0;
        for (std::size_t i = p.first; i < p.first + p.count; ++i) {
            sum += page_[i].version;
        }
        return sum;
    }
    bool is_certain(pages p) const { return part(is_, p) == part(may_be_, p); }
    void will_be(pages p, std::string_view text) { may_be_.replace(offset(p), bytes(p), text); }
    void is(pages p, std::string_view text) {
        is_.replace(offset(p), bytes(p), text);
        may_be_.replace(offset(p), bytes(p), text);
    }
    bool can_be(pages p, std::string_view text) const {
        for (std::size_t i = 0; i < text.size(); ++i) {
            const char c = text[i];
            if (c != is_[offset(p) + i] && c != may_be_[offset(p) + i]) {
                return false;
            }
        }
        return text.size() == bytes(p);
    }

private:
    struct page {
        bool being_written = false;
        std::uint64_t version = 0;
    };

    static std::string_view part(const std::string& of, pages p) {
        return std::string_view(of).substr(offset(p), bytes(p));
    }

    std::vector<page> page_ = std::vector<page>(page_count);
    std::string is_ = std::string(size, '\0');
    std::string may_be_ = is_;
};

struct library {
    library(world& of, left_folders& folders) : w(of), left(folders) {}

    world& w;
    left_folders& left;
    book content;
    file shared;
    std::string path;
};

// Nobody else writes these pages while it lives.
class writing {
public:
    writing(library& l, pages p) : library_(l), pages_(p) { l.content.set_being_written(p, true); }
    writing(const writing&) = delete;
    writing& operator=(const writing&) = delete;
    ~writing() { library_.content.set_being_written(pages_, false); }

private:
    library& library_;
    pages pages_;
};

pages some_pages(dice& d) {
    const std::size_t first = d.below(book::page_count);
    const std::size_t most = std::min<std::size_t>(book::page_count - first, d.one_in(4) ? 60 : 3);
    return {first, 1 + d.below(most)};
}

coro<std::string> read_pages(file& from, pages p) {
    std::string text(book::bytes(p), '?');
    const std::size_t got = co_await from.pread(std::span<char>(text), book::offset(p));
    text.resize(got);
    co_return text;
}

coro<> write_pages(library& l, dice& d, file& to) {
    const pages p = some_pages(d);
    const std::string text = patterned(d.below(1 << 30), book::bytes(p));
    if (l.content.being_written(p)) {
        co_return;
    }
    const writing here(l, p);
    if (!l.content.is_certain(p)) {  // somebody was cancelled here
        const std::string found = co_await read_pages(to, p);
        if (!l.content.can_be(p, found)) {
            l.w.wrong("a cancelled write has left what it neither found nor wrote");
        }
        l.content.is(p, found);
        l.w.did("file: settled");
    }
    l.content.will_be(p, text);
    const std::size_t written = co_await to.pwrite(text, book::offset(p));
    if (written != text.size()) {
        l.w.wrong("a part was written");
    }
    l.content.is(p, text);
    l.w.did("file: written");
}

coro<> check_pages(library& l, dice& d, file& from) {
    const pages p = some_pages(d);
    const std::uint64_t version = l.content.version(p);
    const std::string text = co_await read_pages(from, p);
    if (version != l.content.version(p)) {
        l.w.did("file: read while it was written");
    } else if (l.content.can_be(p, text)) {
        l.w.did("file: read");
    } else {
        l.w.wrong("something else was read than was written");
    }
}

coro<> use_shared(library& l, dice& d) {
    const std::size_t count = 1 + d.below(8);
    for (std::size_t i = 0; i < count; ++i) {
        if (d.one_in(2)) {
            co_await write_pages(l, d, l.shared);
        } else {
            co_await check_pages(l, d, l.shared);
        }
    }
}

coro<> use_own(library& l, dice& d) {
    file own = co_await files::open(l.path, "r+");
    co_await write_pages(l, d, own);
    co_await check_pages(l, d, own);
    if (d.one_in(2)) {
        co_await own.fdatasync();
        co_await own.close();
    }
}

std::vector<std::string> some_lines(dice& d) {
    std::vector<std::string> lines(1 + d.below(200));
    for (std::string& each : lines) {
        each.assign(d.below(d.one_in(10) ? 10'000 : 80), static_cast<char>('a' + d.below(26)));
    }
    return lines;
}

coro<> read_lines(world& w, dice& d, file& from, const std::vector<std::string>& lines) {
    std::size_t i = 0;
    for (bool over = false; !over;) {
        bool read = false;
        std::optional<std::string> line;
        co_await within(d.moment(4), [&]() -> coro<> {
            line = co_await from.next_line();
            read = true;
        });
        if (!read) {
            w.did("file: line later");
            continue;  // cancelled, and nothing is lost
        }
        over = !line;
        if (over ? i != lines.size() : i == lines.size() || *line != lines[i]) {
            w.wrong("line " + std::to_string(i) + " is another");
        }
        ++i;
    }
    w.did("file: lines");
}

coro<> lines(library& l, dice& d) {
    files::owned_directory folder = co_await files::temporary_directory(l.w.folder);
    const left_folders::guard left(l.left, folder.path());
    const std::vector<std::string> all = some_lines(d);
    std::string text;
    for (const std::string& each : all) {
        text += each + '\n';
    }
    const std::string path = folder / "lines";
    co_await files::write_text(path, text);
    file reading = co_await files::open(path);
    co_await read_lines(l.w, d, reading, all);
    if (d.one_in(2)) {
        co_await folder.remove();
    }
}

// One file of one task, written at its position. What is cancelled has written a part, or nothing.
struct diary {
    file f;
    std::string text;
};

coro<> write_on(world& w, dice& d, diary& mine) {
    const std::uint64_t at = mine.f.tell();
    const std::string more = patterned(d.below(1 << 30), 1 + d.below(d.one_in(4) ? 60'000 : 200));
    bool written = false;
    co_await within(d.moment(3), [&]() -> coro<> {
        co_await mine.f.write(more);
        written = true;
    });
    std::string whole = mine.text;
    whole.resize(std::max<std::size_t>(whole.size(), at + more.size()));
    whole.replace(at, more.size(), more);
    std::string found(whole.size() + 1, '?');
    const std::size_t size = co_await mine.f.pread(std::span<char>(found), 0);
    found.resize(size);
    const std::size_t common = static_cast<std::size_t>(
        std::mismatch(found.begin(), found.end(), whole.begin(), whole.end()).first -
        found.begin());
    const bool rest_is_old = std::string_view(found).substr(common) ==
                             std::string_view(mine.text).substr(std::min(common, mine.text.size()));
    if (written ? found != whole : !rest_is_old) {
        w.wrong("a diary says something else than was written");
    }
    if (written && mine.f.tell() != at + more.size()) {
        w.wrong("a write has not moved the position");
    }
    mine.text = found;
    w.did(written ? "file: diary" : "file: diary cut short");
}

coro<> look_back(world& w, dice& d, diary& mine) {
    const std::uint64_t to = d.below(mine.text.size() + 1);
    co_await mine.f.seek(static_cast<std::int64_t>(to));
    const std::size_t size = d.below(d.one_in(4) ? 60'000 : 200);
    std::optional<std::string> got;
    co_await within(d.moment(3), [&]() -> coro<> { got = co_await mine.f.read(size); });
    if (got && *got != mine.text.substr(to, size)) {
        w.wrong("another page of a diary");
    }
    if (mine.f.tell() != to + (got ? got->size() : 0)) {
        w.wrong("a read has moved the position by something else");
    }
}

coro<> keep_diary(library& l, dice& d) {
    diary mine;
    mine.f = co_await files::temporary_file(l.w.folder);
    const std::size_t count = 1 + d.below(12);
    for (std::size_t i = 0; i < count; ++i) {
        if (d.one_in(2)) {
            co_await write_on(l.w, d, mine);
        } else {
            co_await look_back(l.w, d, mine);
        }
        if (d.one_in(6)) {
            const std::size_t size = d.below(mine.text.size() + 1);
            mine.text.resize(size);
            co_await mine.f.truncate(size);
        }
    }
}

constexpr deed<library> deeds[] = {use_shared, use_shared, use_own, lines, keep_diary};
constexpr int errors[] = {EMFILE};

coro<> read_and_write(world& w, left_folders& left) {
    library l(w, left);
    l.path = w.folder + "/book";
    l.shared = co_await files::open(l.path, "w+");
    co_await l.shared.truncate(book::size);
    for (const char* what : {"file: written", "file: read", "file: lines", "file: diary"}) {
        w.expect(what);
    }
    auto body = [&](nurt::task_group& group) -> coro<> {
        const habits h{.kind = "file", .patience_ms = 20, .errors = errors};
        start_actors(w, group, l, 5, h, std::span<const deed<library>>(deeds));
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    const std::string all = co_await read_pages(l.shared, {0, book::page_count});
    if (!l.content.can_be({0, book::page_count}, all)) {
        w.wrong("the book is not what was written");
    }
    co_await files::remove(l.path);
}

coro<> work(world& w) {
    left_folders left(w);
    auto body = [&](nurt::task_group& group) -> coro<> {
        group.create_task(left.inspect(), "inspector").detach();
        co_await read_and_write(w, left);
        left.end();
    };
    co_await nurt::with(nurt::task_group(), body);
}

}  // namespace

coro<> shared_files(world& w, nurt::task_group& group) {
    group.create_task(work(w), "files").detach();
    co_return;
}

}  // namespace nurt_soak
