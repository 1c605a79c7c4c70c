// Functions that need more of the system's headers than the header may show.
#define _GNU_SOURCE
#include "CPlatform.h"

void *saekin_grow_pages(void *pages, size_t byte_count, size_t new_byte_count) {
    void *const grown = pages == NULL
        ? mmap(NULL, new_byte_count, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        : mremap(pages, byte_count, new_byte_count, MREMAP_MAYMOVE);
    return grown == MAP_FAILED ? NULL : grown;
}
