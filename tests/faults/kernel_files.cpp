// SPDX-License-Identifier: MIT
// tests/faults/kernel_files.cpp: the calls about files, and those that read, write and close anything.
#include "tests/faults/through.hpp"

#include <cstdarg>
#include <cstdio>
#include <cstdlib>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

using nurt_test::call;
using nurt_test::refusal;
using nurt_test::through;
using nurt_test::through_moving;

extern "C" {

NURT_THROUGH(lseek, off_t, lseek, (int a, off_t b, int c), (a, b, c))
NURT_THROUGH(fsync, int, fsync, (int a), (a))
NURT_THROUGH(fsync, int, fdatasync, (int a), (a))
NURT_THROUGH(ftruncate, int, ftruncate, (int a, off_t b), (a, b))
NURT_THROUGH(stat, int, statx, (int a, const char* b, int c, unsigned d, struct statx* e),
             (a, b, c, d, e))
NURT_THROUGH(stat, int, stat, (const char* a, struct stat* b), (a, b))
NURT_THROUGH(stat, int, fstat, (int a, struct stat* b), (a, b))
NURT_THROUGH(rename, int, renameat, (int a, const char* b, int c, const char* d), (a, b, c, d))
NURT_THROUGH(unlink, int, unlinkat, (int a, const char* b, int c), (a, b, c))
NURT_THROUGH(unlink, int, unlink, (const char* a), (a))
NURT_THROUGH(mkdir, int, mkdirat, (int a, const char* b, mode_t c), (a, b, c))
NURT_THROUGH(symlink, int, symlinkat, (const char* a, int b, const char* c), (a, b, c))
NURT_THROUGH(link, int, linkat, (int a, const char* b, int c, const char* d, int e),
             (a, b, c, d, e))
NURT_THROUGH(readlink, ssize_t, readlink, (const char* a, char* b, size_t c), (a, b, c))
NURT_THROUGH(chmod, int, chmod, (const char* a, mode_t b), (a, b))
NURT_THROUGH(chmod, int, fchmod, (int a, mode_t b), (a, b))
NURT_THROUGH(mkostemp, int, mkostemp, (char* a, int b), (a, b))

// Whether the write is to be spoiled by taking nothing. Only a file may do that.
static bool takes_nothing(call which, int descriptor, int& error) {
    error = refusal(which);
    if (error != nurt_test::nothing) {
        return false;
    }
    error = 0;
    struct stat found{};
    return __real_fstat(descriptor, &found) == 0 && S_ISREG(found.st_mode);
}

static std::size_t cut(std::size_t size, int& error) {
    if (error != nurt_test::one_byte) {
        return size;
    }
    error = 0;
    return size < 1 ? size : 1;
}

#define NURT_WRITING(which, function, parameters, arguments)  \
    ssize_t __real_##function parameters;                     \
    ssize_t __wrap_##function parameters;                     \
    ssize_t __wrap_##function parameters {                    \
        int error = 0;                                        \
        if (takes_nothing(call::which, a, error)) {           \
            return 0;                                         \
        }                                                     \
        c = cut(c, error);                                    \
        errno = error != 0 ? error : errno;                   \
        return error != 0 ? -1 : __real_##function arguments; \
    }

NURT_WRITING(write, write, (int a, const void* b, size_t c), (a, b, c))
NURT_WRITING(pwrite, pwrite, (int a, const void* b, size_t c, off_t d), (a, b, c, d))

ssize_t __real_pwritev2(int a, const iovec* b, int c, off_t d, int e);
ssize_t __wrap_pwritev2(int a, const iovec* b, int c, off_t d, int e);
ssize_t __wrap_pwritev2(int a, const iovec* b, int c, off_t d, int e) {
    iovec one = *b;  // the library has never more
    int error = 0;
    if (takes_nothing(call::write, a, error)) {
        return 0;
    }
    one.iov_len = cut(one.iov_len, error);
    errno = error != 0 ? error : errno;
    return error != 0 ? -1 : __real_pwritev2(a, &one, c, d, e);
}

ssize_t __real_read(int a, void* b, size_t c);
ssize_t __wrap_read(int a, void* b, size_t c);
ssize_t __wrap_read(int a, void* b, size_t c) {
    return through_moving(call::read, c, [&](size_t n) { return __real_read(a, b, n); });
}

ssize_t __real_pread(int a, void* b, size_t c, off_t d);
ssize_t __wrap_pread(int a, void* b, size_t c, off_t d);
ssize_t __wrap_pread(int a, void* b, size_t c, off_t d) {
    return through_moving(call::pread, c, [&](size_t n) { return __real_pread(a, b, n, d); });
}

ssize_t __real_preadv2(int a, const iovec* b, int c, off_t d, int e);
ssize_t __wrap_preadv2(int a, const iovec* b, int c, off_t d, int e);
ssize_t __wrap_preadv2(int a, const iovec* b, int c, off_t d, int e) {
    iovec one = *b;
    return through_moving(call::preadv2, one.iov_len, [&](size_t n) {
        one.iov_len = n;
        return __real_preadv2(a, &one, c, d, e);
    });
}

ssize_t __real_copy_file_range(int a, off_t* b, int c, off_t* d, size_t e, unsigned f);
ssize_t __wrap_copy_file_range(int a, off_t* b, int c, off_t* d, size_t e, unsigned f);
ssize_t __wrap_copy_file_range(int a, off_t* b, int c, off_t* d, size_t e, unsigned f) {
    return through_moving(call::copy_file_range, e,
                          [&](size_t n) { return __real_copy_file_range(a, b, c, d, n, f); });
}

// It closes, whatever it says.
int __real_close(int a);
int __wrap_close(int a);
int __wrap_close(int a) {
    const int error = refusal(call::close);
    const int result = __real_close(a);
    errno = error != 0 ? error : errno;
    return error != 0 ? -1 : result;
}

int __real_open(const char* a, int b, ...);
int __wrap_open(const char* a, int b, ...);
int __wrap_open(const char* a, int b, ...) {
    va_list list;
    va_start(list, b);
    const mode_t c = va_arg(list, mode_t);
    va_end(list);
    return through(call::open, [&] { return __real_open(a, b, c); });
}

int __real_openat(int a, const char* b, int c, ...);
int __wrap_openat(int a, const char* b, int c, ...);
int __wrap_openat(int a, const char* b, int c, ...) {
    va_list list;
    va_start(list, c);
    const mode_t d = va_arg(list, mode_t);
    va_end(list);
    return through(call::open, [&] { return __real_openat(a, b, c, d); });
}

DIR* __real_opendir(const char* a);
DIR* __wrap_opendir(const char* a);
DIR* __wrap_opendir(const char* a) {
    const int error = refusal(call::opendir);
    errno = error != 0 ? error : errno;
    return error != 0 ? nullptr : __real_opendir(a);
}

dirent* __real_readdir(DIR* a);
dirent* __wrap_readdir(DIR* a);
dirent* __wrap_readdir(DIR* a) {
    const int error = refusal(call::readdir);
    errno = error != 0 ? error : errno;
    return error != 0 ? nullptr : __real_readdir(a);
}

char* __real_mkdtemp(char* a);
char* __wrap_mkdtemp(char* a);
char* __wrap_mkdtemp(char* a) {
    const int error = refusal(call::mkdtemp);
    errno = error != 0 ? error : errno;
    return error != 0 ? nullptr : __real_mkdtemp(a);
}

}  // extern "C"
