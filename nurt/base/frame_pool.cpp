// SPDX-License-Identifier: MIT
#include "nurt/base/frame_pool.hpp"

#include <atomic>
#include <cstdlib>
#include <mutex>
#include <new>

#include "nurt/base/intrusive_list.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define NURT_PLAIN_MALLOC 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define NURT_PLAIN_MALLOC 1
#endif
#endif

namespace nurt::frame_pool {

namespace {

constexpr std::size_t classes = largest / granule + 1;
constexpr std::size_t slab_size = 64 * 1024;
// Slabs come sixteen at a time: aligned memory has edges that malloc writes to.
constexpr std::size_t slabs_per_chunk = 16;
constexpr std::size_t chunk_size = slabs_per_chunk * slab_size;
constexpr std::uint32_t never = UINT32_MAX / 2;  // no slab has so many blocks

struct block {
    block* next;
};

struct pool;
struct chunk;

// Invariants:
//  1. A slab serves one size class and is in exactly one place: current of its class, the partial
//     list of its class (some blocks free), full (in no list), or spare (no block live).
//  2. live counts blocks handed out and not given back by the owner; those that other threads
//     freed wait in the pool's remote list, still counted, until the owner takes them home.
//  3. countdown is live - notify_at, where notify_at is the value of live at which deallocate has to
//     look closer: none for the current slab, 0 for a partial one, one below its count for a full
//     one. So the common deallocate decrements one number and compares it with zero.
//  4. owner changes once, to `nobody` when its thread ends; from then on the slab is only touched
//     under orphan_mutex.
struct alignas(64) slab : list_link {
    std::atomic<pool*> owner;
    block* free;
    std::uint32_t countdown;
    std::uint32_t notify_at;
    std::uint32_t bump;  // offset of the first byte never handed out
    std::uint32_t block_size;
    chunk* home;

    std::uint32_t live() const { return countdown + notify_at; }
    void notify_when(std::uint32_t value) {
        countdown += notify_at - value;
        notify_at = value;
    }
};

struct chunk : list_link {
    slab& at(unsigned index) const { return *reinterpret_cast<slab*>(memory + index * slab_size); }

    char* memory;
    unsigned made;  // slabs that exist, from the front
    unsigned used;  // of those, the ones that are not spare; of an orphan, those with live blocks
};

constinit slab no_slab{};  // has no free block; current where a class has no slab

struct pool {
    constexpr pool() {
        for (slab*& s : current) {
            s = &no_slab;
        }
    }

    // What a registered thread has; made with its first slab.
    struct shelves {
        intrusive_list<slab> partial[classes];
        intrusive_list<slab> spare;
        std::size_t spares = 0;
        intrusive_list<chunk> chunks;
        std::size_t chunk_count = 0;
    };

    slab* current[classes]{};
    pool* self{};  // set while registered: a slab's owner is compared with this
    shelves* store{};
    pool* next_pool{};
    std::atomic<block*> remote{};
};

constinit thread_local pool local;
pool* const nobody = reinterpret_cast<pool*>(1);  // differs from the self of every thread
constinit std::mutex orphan_mutex;
constinit pool* pools = nullptr;                        // under orphan_mutex
constinit std::atomic<std::int64_t> large{0};           // blocks that came from operator new
constinit thread_local std::ptrdiff_t large_bytes = 0;  // of those of this thread
constinit std::int64_t orphan_live = 0;                 // under orphan_mutex

slab& slab_of(void* memory) {
    return *reinterpret_cast<slab*>(reinterpret_cast<std::uintptr_t>(memory) & ~(slab_size - 1));
}

void free_chunk(chunk& c) {
    std::free(c.memory);
    delete &c;
}

// A chunk without a used slab goes back to the system, but for the last 1 MiB.
void give_up_if_spare(pool::shelves& store, chunk& c) {
    if (c.used != 0 || store.spares <= slabs_per_chunk) {
        return;
    }
    for (unsigned i = 0; i < c.made; ++i) {
        c.at(i).unlink();
    }
    store.spares -= c.made;
    --store.chunk_count;
    c.unlink();
    free_chunk(c);
}

// live has reached notify_at: a full slab has a block again, or a partial one is empty.
[[gnu::noinline]] void reclassify(slab& s) noexcept {
    pool::shelves& store = *local.store;
    if (!s.linked()) {
        s.notify_when(0);
        store.partial[s.block_size / granule].push_back(s);
    }
    if (s.live() != 0) {
        return;
    }
    s.unlink();
    store.spare.push_front(s);
    ++store.spares;
    --s.home->used;
    give_up_if_spare(store, *s.home);
}

void give_back(slab& s, block* b) {
    b->next = s.free;
    s.free = b;
    if (--s.countdown == 0) [[unlikely]] {
        reclassify(s);
    }
}

// Frees what other threads have freed of this pool's blocks.
void take_home(pool& p) {
    block* b = p.remote.exchange(nullptr, std::memory_order_acquire);
    while (b != nullptr) {
        block* next = b->next;
        give_back(slab_of(b), b);
        b = next;
    }
}

void orphan(chunk& c) {
    c.used = 0;
    for (unsigned i = 0; i < c.made; ++i) {
        slab& s = c.at(i);
        s.notify_when(0);  // from here on countdown is live
        orphan_live += s.live();
        c.used += s.live() != 0 ? 1 : 0;
        s.owner.store(nobody, std::memory_order_release);
    }
    if (c.used == 0) {
        free_chunk(c);
    }
}

// At the end of a thread its slabs are orphaned: they live as long as their last block.
struct reaper {
    ~reaper() {
        pool& p = local;
        const std::lock_guard lock(orphan_mutex);
        for (pool** link = &pools; *link != nullptr; link = &(*link)->next_pool) {
            if (*link == &p) {
                *link = p.next_pool;
                break;
            }
        }
        take_home(p);
        while (chunk* c = p.store->chunks.pop_front()) {
            orphan(*c);
        }
        delete p.store;
        p.store = nullptr;
        p.self = nullptr;
        for (slab*& s : p.current) {
            s = &no_slab;
        }
    }
};

void register_pool(pool& p) {
    static thread_local reaper at_thread_end;
    static_cast<void>(at_thread_end);
    p.store = new pool::shelves;
    const std::lock_guard lock(orphan_mutex);
    p.next_pool = pools;
    pools = &p;
    p.self = &p;
}

chunk& fresh_chunk(pool::shelves& store) {
    auto* c = new chunk;
    c->memory = static_cast<char*>(std::aligned_alloc(slab_size, chunk_size));
    if (c->memory == nullptr) {
        delete c;
        throw std::bad_alloc();
    }
    c->made = c->used = 0;
    store.chunks.push_front(*c);
    ++store.chunk_count;
    return *c;
}

slab& fresh_slab(pool& p) {
    pool::shelves& store = *p.store;
    if (slab* s = store.spare.pop_front()) {
        --store.spares;
        return *s;
    }
    chunk* newest = store.chunks.front();
    if (newest == nullptr || newest->made == slabs_per_chunk) {
        newest = &fresh_chunk(store);
    }
    auto* s = new (newest->memory + newest->made * slab_size) slab;
    ++newest->made;
    s->owner.store(&p, std::memory_order_relaxed);
    s->home = newest;
    return *s;
}

slab* find_slab(pool& p, std::size_t index) {
    if (slab* s = p.store->partial[index].pop_front()) {
        return s;
    }
    slab& s = fresh_slab(p);
    ++s.home->used;
    s.free = nullptr;
    s.countdown = s.notify_at = 0;
    s.bump = sizeof(slab);
    s.block_size = static_cast<std::uint32_t>(index * granule);
    return &s;
}

// Puts some never used blocks on the free list: a few at a time, so that memory nobody needs stays
// untouched.
bool carve(slab& s) {
    constexpr int at_once = 16;
    block** end = &s.free;
    for (int i = 0; i < at_once && s.bump + s.block_size <= slab_size; ++i) {
        auto* b = reinterpret_cast<block*>(reinterpret_cast<char*>(&s) + s.bump);
        s.bump += s.block_size;
        *end = b;
        end = &b->next;
    }
    *end = nullptr;
    return s.free != nullptr;
}

// The current slab has no block on its free list.
[[maybe_unused, gnu::noinline]] void* allocate_slow(std::size_t index) {
    pool& p = local;
    if (p.self == nullptr) {
        register_pool(p);
    }
    for (;;) {
        slab* s = p.current[index];
        if (s == &no_slab) {
            s = p.current[index] = find_slab(p, index);
            s->notify_when(never);
        }
        if (s->free != nullptr || carve(*s)) {
            return allocate_class(index);
        }
        s->notify_when(s->live() - 1);  // full: its next free block brings it back
        p.current[index] = &no_slab;
        take_home(p);
    }
}

[[maybe_unused, gnu::noinline]] void deallocate_remote(slab& s, block* b) noexcept {
    const std::lock_guard lock(orphan_mutex);
    pool* owner = s.owner.load(std::memory_order_acquire);
    if (owner == nobody) {
        --orphan_live;
        if (--s.countdown == 0 && --s.home->used == 0) {
            free_chunk(*s.home);
        }
        return;
    }
    b->next = owner->remote.load(std::memory_order_relaxed);
    while (!owner->remote.compare_exchange_weak(b->next, b, std::memory_order_release,
                                                std::memory_order_relaxed)) {
    }
}

struct total {
    std::int64_t blocks = 0;
    std::int64_t bytes = 0;

    void add(std::int64_t number, const slab& s) {
        blocks += number;
        bytes += number * s.block_size;
    }
};

total live_of(const pool& p) {
    total sum;
    if (p.store == nullptr) {
        return sum;
    }
    for (chunk* c = p.store->chunks.front(); c != nullptr; c = p.store->chunks.next(*c)) {
        for (unsigned i = 0; i < c->made; ++i) {
            sum.add(c->at(i).live(), c->at(i));
        }
    }
    for (block* b = p.remote.load(std::memory_order_acquire); b != nullptr; b = b->next) {
        sum.add(-1, slab_of(b));
    }
    return sum;
}

// A block may be freed by another thread than the one that counted it.
std::size_t large_here() {
    return large_bytes > 0 ? static_cast<std::size_t>(large_bytes) : 0;
}

}  // namespace

void* allocate_large(std::size_t size) {
    void* memory = ::operator new(size);
    large.fetch_add(1, std::memory_order_relaxed);
    large_bytes += static_cast<std::ptrdiff_t>(size);
    return memory;
}

void deallocate_large(void* memory, std::size_t size) noexcept {
    large_bytes -= static_cast<std::ptrdiff_t>(size);
    large.fetch_sub(1, std::memory_order_relaxed);
    ::operator delete(memory);
}

#ifdef NURT_PLAIN_MALLOC

void* allocate_class(std::size_t index) {
    void* memory = ::operator new(index * granule);
    large.fetch_add(1, std::memory_order_relaxed);
    return memory;
}

void deallocate_class(void* memory) noexcept {
    large.fetch_sub(1, std::memory_order_relaxed);
    ::operator delete(memory);
}

#else

void* allocate_class(std::size_t index) {
    slab* s = local.current[index];
    block* b = s->free;
    if (b == nullptr) [[unlikely]] {
        return allocate_slow(index);
    }
    s->free = b->next;
    ++s->countdown;
    return b;
}

void deallocate_class(void* memory) noexcept {
    slab& s = slab_of(memory);
    auto* b = static_cast<block*>(memory);
    if (s.owner.load(std::memory_order_relaxed) != local.self) [[unlikely]] {
        return deallocate_remote(s, b);
    }
    b->next = s.free;
    s.free = b;
    if (--s.countdown == 0) [[unlikely]] {
        reclassify(s);
    }
}

#endif

statistics_t statistics() noexcept {
    const total mine = live_of(local);
    return {mine.blocks, static_cast<std::size_t>(mine.bytes) + large_here(),
            local.store == nullptr ? 0 : local.store->chunk_count * chunk_size};
}

std::size_t most_live_bytes() noexcept {
    if (local.store == nullptr) {
        return large_here();
    }
    const std::size_t slabs = local.store->chunk_count * slabs_per_chunk - local.store->spares;
    return slabs * slab_size + large_here();
}

std::int64_t live() noexcept {
    const std::lock_guard lock(orphan_mutex);
    std::int64_t sum = orphan_live + large.load(std::memory_order_relaxed);
    for (const pool* p = pools; p != nullptr; p = p->next_pool) {
        sum += live_of(*p).blocks;
    }
    return sum;
}

}  // namespace nurt::frame_pool
