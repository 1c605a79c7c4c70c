// What Swift cannot import from libc directly: variadic functions and macros, as static inline functions.
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

/// open(2) for an existing file, close-on-exec.
static inline int saekin_open(const char *path, int flags) { return open(path, flags | O_CLOEXEC); }

/// open(2) that may create the file, close-on-exec.
static inline int saekin_create(const char *path, int flags, mode_t mode) {
    return open(path, flags | O_CREAT | O_CLOEXEC, mode);
}

/// errno of the last failed call of this thread.
static inline int saekin_errno(void) { return errno; }

/// mkstemp(3), close-on-exec: makes a file whose name replaces the XXXXXX of the template.
static inline int saekin_make_temporary(char *name_template) {
    int descriptor = mkstemp(name_template);
    if (descriptor >= 0) fcntl(descriptor, F_SETFD, FD_CLOEXEC);
    return descriptor;
}

/// Zeroed pages of `new_byte_count` bytes; with `pages`, of `byte_count` bytes, these, moved if need be
/// without their content being copied. Only pages that are touched take memory. NULL when there is none.
/// munmap(2) gives them back.
void *saekin_grow_pages(void *pages, size_t byte_count, size_t new_byte_count);
