// SPDX-License-Identifier: MIT
// tests/faults/memory.cpp: see the header.
#include "tests/faults/memory.hpp"

#include <cstddef>
#include <cstdlib>
#include <new>

namespace nurt_test {

namespace {

thread_local std::uint64_t left = 0;  // until one fails; 0: none does
thread_local bool failed = false;

bool is_refused() noexcept {
    if (left == 0 || --left != 0) {
        return false;
    }
    failed = true;
    return true;
}

void* allocate(std::size_t size, std::size_t alignment) noexcept {
    if (is_refused()) {
        return nullptr;
    }
    const std::size_t whole = (size + alignment - 1) / alignment * alignment;
    return alignment <= alignof(std::max_align_t) ? std::malloc(size != 0 ? size : 1)
                                                  : std::aligned_alloc(alignment, whole);
}

void* allocate_or_throw(std::size_t size, std::size_t alignment) {
    void* memory = allocate(size, alignment);
    if (memory == nullptr) {
        throw std::bad_alloc();
    }
    return memory;
}

}  // namespace

memory_fault::memory_fault(std::uint64_t n) noexcept {
    left = n;
    failed = false;
}

memory_fault::~memory_fault() {
    left = 0;
}

bool memory_fault::happened() const noexcept {
    return failed;
}

}  // namespace nurt_test

using nurt_test::allocate;
using nurt_test::allocate_or_throw;

void* operator new(std::size_t size) {
    return allocate_or_throw(size, 1);
}
void* operator new[](std::size_t size) {
    return allocate_or_throw(size, 1);
}
void* operator new(std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new[](std::size_t size, std::align_val_t alignment) {
    return allocate_or_throw(size, static_cast<std::size_t>(alignment));
}
void* operator new(std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size, 1);
}
void* operator new[](std::size_t size, const std::nothrow_t&) noexcept {
    return allocate(size, 1);
}
void operator delete(void* memory) noexcept {
    std::free(memory);
}
void operator delete[](void* memory) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete(void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
void operator delete[](void* memory, std::size_t, std::align_val_t) noexcept {
    std::free(memory);
}
