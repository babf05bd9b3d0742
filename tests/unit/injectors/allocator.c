/* As jemalloc does, it defines the C library's names. Linked as a library it stands behind the preload, as a
 * part of the program before it. */
#include "allocator.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { ARENA = 1 << 24, HEADER = 64 };

static _Alignas(4096) unsigned char arena[ARENA];
static _Atomic size_t used;

bool allocator_owns(const void *block)
{
    return (uintptr_t)block - (uintptr_t)arena < ARENA;
}

ALLOCATOR_EXPORT void *memalign(size_t alignment, size_t size)
{
    size_t aligned = alignment > HEADER ? alignment : HEADER;
    size_t room = aligned + (size + HEADER - 1) / HEADER * HEADER + aligned;
    size_t at = size < ARENA ? atomic_fetch_add(&used, room) : ARENA;
    if (at >= ARENA || room > ARENA - at) {
        errno = ENOMEM;
        return NULL;
    }
    uintptr_t block = ((uintptr_t)arena + at + HEADER + aligned - 1) & ~(uintptr_t)(aligned - 1);
    *(size_t *)(block - HEADER) = size;
    return (void *)block;
}

ALLOCATOR_EXPORT void *malloc(size_t size)
{
    return memalign(HEADER, size);
}

ALLOCATOR_EXPORT void *calloc(size_t count, size_t size)
{
    return memalign(HEADER, count * size);
}

ALLOCATOR_EXPORT void *realloc(void *block, size_t size)
{
    void *moved = memalign(HEADER, size);
    if (moved == NULL || block == NULL)
        return moved;
    size_t held = *(size_t *)((uintptr_t)block - HEADER);
    return memcpy(moved, block, held < size ? held : size);
}

ALLOCATOR_EXPORT void *aligned_alloc(size_t alignment, size_t size)
{
    return memalign(alignment, size);
}

ALLOCATOR_EXPORT int posix_memalign(void **out, size_t alignment, size_t size)
{
    *out = memalign(alignment, size);
    return *out != NULL ? 0 : ENOMEM;
}

/* One that is not its own would have come from the C library's: the process ends. */
ALLOCATOR_EXPORT void free(void *block)
{
    if (block != NULL && !allocator_owns(block))
        abort();
}
