// SPDX-License-Identifier: MIT
// tests/soak/names.cpp: files that are written, renamed, copied, listed and removed by many at once.
#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "nurt/core/with.hpp"
#include "nurt/files/contents.hpp"
#include "nurt/files/directory.hpp"
#include "nurt/files/file_status.hpp"
#include "nurt/files/paths.hpp"
#include "tests/soak/actor.hpp"

namespace nurt_soak {

namespace {

namespace files = nurt::files;

// What a name may stand for: no file, a text, or, after a write that was cancelled, its beginning.
struct possibility {
    std::optional<std::string> text;
    bool beginning = false;

    bool fits(const std::optional<std::string>& found) const {
        return beginning && text && found ? text->starts_with(*found) : text == found;
    }
};

struct entry {
    std::vector<possibility> could_be{{}};  // one, unless somebody was cancelled
    bool taken = false;
    std::uint64_t version = 0;

    void is(std::optional<std::string> text) { could_be.assign(1, {std::move(text), false}); }
    const std::optional<std::string>& content() const { return could_be.front().text; }
    void might_be(std::optional<std::string> text, bool beginning = false) {
        could_be.push_back({std::move(text), beginning});
    }
};

struct shelf {
    explicit shelf(world& of) : w(of), folder(of.folder + "/shelf") {}

    std::string path(std::size_t i) const { return folder + "/name" + std::to_string(i); }

    world& w;
    std::string folder;
    std::array<entry, 24> entries;
};

// Nobody else touches the file of that name while it lives.
class taken {
public:
    taken(shelf& all, std::size_t i) : all_(all), i_(i) { change(true); }
    taken(const taken&) = delete;
    taken& operator=(const taken&) = delete;
    ~taken() { change(false); }

    entry& it() const { return all_.entries[i_]; }
    std::string path() const { return all_.path(i_); }

private:
    void change(bool value) {
        it().taken = value;
        ++it().version;
    }

    shelf& all_;
    std::size_t i_;
};

std::size_t free_name(shelf& all, dice& d) {
    for (;;) {
        const std::size_t i = d.below(all.entries.size());
        if (!all.entries[i].taken) {
            return i;
        }
    }
}

coro<std::optional<std::string>> content_of(std::string path) {
    std::optional<std::string> found;
    try {
        found = co_await files::read_text(std::move(path));
    } catch (const nurt::os_error& e) {
        if (e.number() != ENOENT) {
            throw;
        }
    }
    co_return found;
}

// Looks what it is, and whether it may be that.
coro<> look(shelf& all, const taken& name) {
    const std::optional<std::string> found = co_await content_of(name.path());
    const auto& could_be = name.it().could_be;
    const bool fits = std::any_of(could_be.begin(), could_be.end(),
                                  [&found](const possibility& p) { return p.fits(found); });
    if (!fits) {
        all.w.wrong(name.path() + (found ? " has another content" : " is not there"));
    }
    name.it().is(found);
}

coro<> settle(shelf& all, const taken& name) {
    if (name.it().could_be.size() > 1) {
        co_await look(all, name);
        all.w.did("name: settled");
    }
}

// Whether it failed because there is no such file.
coro<bool> finds_nothing(coro<> work) {
    bool nothing = false;
    try {
        co_await std::move(work);
    } catch (const nurt::os_error& e) {
        if (e.number() != ENOENT) {
            throw;
        }
        nothing = true;
    }
    co_return nothing;
}

coro<> put(shelf& all, dice& d) {
    const taken name(all, free_name(all, d));
    const std::string text = patterned(d.below(1 << 30), d.below(d.one_in(4) ? 100'000 : 300));
    co_await settle(all, name);
    name.it().might_be(text, true);
    co_await files::write_text(name.path(), text);
    name.it().is(text);
    all.w.did("name: written");
}

coro<> append(shelf& all, dice& d) {
    const taken name(all, free_name(all, d));
    const std::string more = patterned(d.below(1 << 30), d.below(3000));
    co_await settle(all, name);
    const std::string whole = name.it().content().value_or("") + more;
    name.it().might_be(whole, true);
    co_await files::append_text(name.path(), more);
    name.it().is(whole);
}

coro<> get(shelf& all, dice& d) {
    const taken name(all, free_name(all, d));
    co_await look(all, name);
    const bool there = co_await files::exists(name.path());
    if (there != name.it().content().has_value()) {
        all.w.wrong(name.path() + " is there, or is not");
    }
    all.w.did("name: read");
}

coro<> drop(shelf& all, dice& d) {
    const taken name(all, free_name(all, d));
    co_await settle(all, name);
    const bool was_there = name.it().content().has_value();
    name.it().might_be({});
    const bool nothing = co_await finds_nothing(files::remove(name.path()));
    if (nothing == was_there) {
        all.w.wrong(name.path() + " was removed, or was not");
    }
    name.it().is({});
    all.w.did("name: removed");
}

coro<> rename(shelf& all, dice& d) {
    const taken from(all, free_name(all, d));
    const taken to(all, free_name(all, d));
    co_await settle(all, from);
    co_await settle(all, to);
    const std::optional<std::string> text = from.it().content();
    if (text) {
        from.it().might_be({});
        to.it().might_be(text);
    }
    const bool nothing = co_await finds_nothing(files::rename(from.path(), to.path()));
    if (nothing == text.has_value()) {
        all.w.wrong(from.path() + " was renamed, or was not");
    }
    if (text) {
        from.it().is({});
        to.it().is(text);
        all.w.did("name: renamed");
    }
}

coro<void> copy_one(std::string from, std::string to) {
    co_await files::copy(std::move(from), std::move(to));
}

coro<> copy(shelf& all, dice& d) {
    const taken from(all, free_name(all, d));
    const taken to(all, free_name(all, d));
    co_await settle(all, from);
    co_await settle(all, to);
    const std::optional<std::string> text = from.it().content();
    if (text) {
        to.it().might_be(text, true);
    }
    const bool nothing = co_await finds_nothing(copy_one(from.path(), to.path()));
    if (nothing == text.has_value()) {
        all.w.wrong(from.path() + " was copied, or was not");
    }
    if (text) {
        to.it().is(text);
        all.w.did("name: copied");
    }
}

// Names that nobody touches meanwhile are in the list if their file is there, and only then.
coro<> list(shelf& all, dice&) {
    std::vector<std::uint64_t> versions;
    for (const entry& each : all.entries) {
        versions.push_back(each.version);
    }
    const std::vector<std::string> names = co_await files::listdir(all.folder);
    for (std::size_t i = 0; i < all.entries.size(); ++i) {
        const entry& e = all.entries[i];
        const std::string name = "name" + std::to_string(i);
        const auto count = std::count(names.begin(), names.end(), name);
        const bool known = !e.taken && e.version == versions[i] && e.could_be.size() == 1;
        if (known && count != (e.content() ? 1 : 0)) {
            all.w.wrong(name + " was listed " + std::to_string(count) + " times");
        }
    }
    all.w.did("name: listed");
}

coro<> measure(shelf& all, dice& d) {
    const taken name(all, free_name(all, d));
    co_await settle(all, name);
    std::optional<std::uint64_t> size;
    auto ask = [&]() -> coro<> { size = (co_await files::stat(name.path())).size; };
    const bool nothing = co_await finds_nothing(ask());
    const std::optional<std::string>& text = name.it().content();
    if (nothing == text.has_value() || (text && size != text->size())) {
        all.w.wrong(name.path() + " has another size");
    }
}

constexpr deed<shelf> deeds[] = {put, put, append, get, drop, rename, copy, list, measure};
constexpr int errors[] = {EMFILE};

// While there are no descriptors it cannot be done.
coro<> clear(shelf& all) {
    for (bool done = false; !done;) {
        try {
            co_await files::rmtree(all.folder);
            done = true;
        } catch (const nurt::os_error& e) {
            if (e.number() != EMFILE) {
                throw;
            }
        }
        co_await nurt::sleep(nurt::milliseconds(1));
    }
}

coro<> use(world& w) {
    shelf all(w);
    co_await files::mkdir(all.folder);
    for (const char* what : {"name: written", "name: read", "name: removed", "name: renamed",
                             "name: copied", "name: listed"}) {
        w.expect(what);
    }
    auto body = [&](nurt::task_group& group) -> coro<> {
        const habits h{.kind = "name", .patience_ms = 10, .errors = errors};
        start_actors(w, group, all, 4, h, std::span<const deed<shelf>>(deeds));
        co_return;
    };
    co_await nurt::with(nurt::task_group(), body);
    co_await clear(all);
}

}  // namespace

coro<> names(world& w, nurt::task_group& group) {
    group.create_task(use(w), "names").detach();
    co_return;
}

}  // namespace nurt_soak
