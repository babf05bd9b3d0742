/* Memory. Blocks are of a size that the allocator does not keep for the next call of the kind: its count of
 * what is in use tells them. */
#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "calls.h"

char *__strdup(const char *text);
char *__strndup(const char *text, size_t length);
int __asprintf_chk(char **out, int flag, const char *format, ...);
int __vasprintf_chk(char **out, int flag, const char *format, va_list list);
#undef strdup
#undef strndup
#undef __strdup
#undef __strndup

enum { SIZE = 5000 };

static const char *long_text(void)
{
    static char text[SIZE + 1];
    memset(text, 'x', SIZE);
    return text;
}

static void *volatile kept; /* all of it: the program ends soon */

/* NULL is a failure. */
static long got(void *block)
{
    kept = block;
    return block != NULL ? 0 : -1;
}

static long moved(struct fixture *f, void *block)
{
    if (block != NULL)
        f->block = block;
    return got(block);
}

static long mapped(const void *mapping)
{
    return mapping != MAP_FAILED ? 0 : -1;
}

/* One string more, by one of the forms with a list. */
static long by_list(int (*print)(char **, const char *, va_list), const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = print((char **)results, format, list);
    va_end(list);
    return length;
}

static int vasprintf_checked(char **out, const char *format, va_list list)
{
    return __vasprintf_chk(out, 1, format, list);
}

CALL(malloc, got(malloc(SIZE)))
CALL(calloc, got(calloc(SIZE / 10, 10)))
CALL(realloc, moved(f, realloc(f->block, SIZE)))
CALL(reallocarray, moved(f, reallocarray(f->block, SIZE / 10, 10)))
CALL(posix_memalign, (errno = posix_memalign((void **)results, 64, SIZE)) == 0 ? 0 : -1)
CALL(aligned_alloc, got(aligned_alloc(64, SIZE)))
CALL(memalign, got(memalign(64, SIZE)))
CALL(valloc, got(valloc(SIZE)))
CALL(pvalloc, got(pvalloc(SIZE)))
CALL(strdup, got(strdup(long_text())))
CALL(__strdup, got(__strdup(long_text())))
CALL(strndup, got(strndup(long_text(), SIZE - 1)))
CALL(__strndup, got(__strndup(long_text(), SIZE - 1)))
CALL(asprintf, asprintf((char **)results, "%s", long_text()))
CALL(__asprintf_chk, __asprintf_chk((char **)results, 1, "%s", long_text()))
CALL(vasprintf, by_list(vasprintf, "%s", long_text()))
CALL(__vasprintf_chk, by_list(vasprintf_checked, "%s", long_text()))
CALL(mmap, mapped(mmap(NULL, SIZE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)))
CALL(mmap64, mapped(mmap64(NULL, SIZE, PROT_READ, MAP_PRIVATE, f->file, 0)))
CALL(munmap, munmap(f->area, FIXTURE_AREA))
CALL(mprotect, mprotect(f->area, FIXTURE_AREA, PROT_READ))
CALL(mremap, mapped(mremap(f->area, FIXTURE_AREA, (size_t)2 * FIXTURE_AREA, MREMAP_MAYMOVE)))
CALL(madvise, madvise(f->area, FIXTURE_AREA, MADV_DONTNEED))

const struct function mem_calls[] = {
    CHANGING(malloc),         CHANGING(calloc),        CHANGING(realloc),         CHANGING(reallocarray),
    CHANGING(posix_memalign), CHANGING(aligned_alloc), CHANGING(memalign),        CHANGING(valloc),
    CHANGING(pvalloc),        CHANGING(strdup),        CHANGING(__strdup),        CHANGING(strndup),
    CHANGING(__strndup),      CHANGING(asprintf),      CHANGING(__asprintf_chk),  CHANGING(vasprintf),
    CHANGING(mmap),           CHANGING(mmap64),        CHANGING(__vasprintf_chk), CHANGING(munmap),
    CHANGING(mprotect),       CHANGING(mremap),        CHANGING(madvise),         {NULL, NULL, LEAVES},
};
