// The files of the search page, compiled into the binary so that it needs none beside it. C's #embed takes
// 10 ms for all of them; Swift's array literals, which SwiftPM would write, take 20 s in a debug build.
#pragma once

#include <stddef.h>

struct cpage_file {
    const char *path;          // as requested
    const char *content_type;
    const unsigned char *bytes;
    size_t count;
};

/// The file of that index, or NULL behind the last one.
const struct cpage_file *cpage_file_at(size_t index);
