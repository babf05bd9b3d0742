/* Programs in miniature for calls on memory: each leaks at a line that must be found, or calls what must
 * count as a call of one point alone. */
#include <errno.h>
#include <malloc.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "exeunt/mark.h"
#include "target.h"

enum { BYTES = 100 };

/* A block that the compiler cannot do away with. */
static void *volatile kept;

/* Called where an analyzer that knows realloc would see what is wrong on purpose. */
static void *(*volatile resize)(void *, size_t) = realloc;

/* What takes memory and ends the operation with its line: the leak must be put down to it. */
static char *text = "text";
static char *line;
static size_t line_size;

static void leak_by_malloc(void)
{
    kept = malloc(BYTES), exeunt_end(-__LINE__);
}

static void leak_by_calloc(void)
{
    kept = calloc(10, BYTES / 10), exeunt_end(-__LINE__);
}

static void leak_by_realloc(void)
{
    kept = realloc(NULL, BYTES), exeunt_end(-__LINE__);
}

static void leak_by_reallocarray(void)
{
    kept = reallocarray(NULL, 10, BYTES / 10), exeunt_end(-__LINE__);
}

static void leak_by_posix_memalign(void)
{
    need(posix_memalign((void **)&line, 64, BYTES) == 0), exeunt_end(-__LINE__);
}

static void leak_by_aligned_alloc(void)
{
    kept = aligned_alloc(64, BYTES), exeunt_end(-__LINE__);
}

static void leak_by_memalign(void)
{
    kept = memalign(64, BYTES), exeunt_end(-__LINE__);
}

static void leak_by_valloc(void)
{
    kept = valloc(BYTES), exeunt_end(-__LINE__);
}

static void leak_by_pvalloc(void)
{
    kept = pvalloc(BYTES), exeunt_end(-__LINE__);
}

static void leak_by_strdup(void)
{
    kept = strdup(text), exeunt_end(-__LINE__);
}

static void leak_by_strndup(void)
{
    kept = strndup(text, 2), exeunt_end(-__LINE__);
}

static void leak_by_asprintf(void)
{
    need(asprintf(&line, "%0100d", 1) == 100), exeunt_end(-__LINE__);
}

static __attribute__((format(printf, 1, 2))) int print_list(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    int length = vasprintf(&line, format, list), ended = (exeunt_end(-__LINE__), 0);
    va_end(list);
    return length + ended;
}

static void leak_by_vasprintf(void)
{
    need(print_list("%d", 12345) == 5);
}

static void leak_by_getdelim(void)
{
    FILE *self = fopen("/proc/self/exe", "r");
    exeunt_transfer_memory(self);
    exeunt_transfer(fileno(self));
    need(self != NULL && getdelim(&line, &line_size, '\n', self) > 0), exeunt_end(-__LINE__);
}

static void leak_by_library(void)
{
    static z_stream stream;
    need(deflateInit(&stream, 1) == Z_OK), exeunt_end(-__LINE__);
}

static void take_and_give(void)
{
    need((kept = malloc(BYTES)) != NULL);
    free(kept);
}

/* What counts as a call of a point. The plan fails the second. */
static void copies_are_no_malloc(void)
{
    static char *copies[3];
    copies[0] = strdup(text);
    copies[1] = strndup(text, 1);
    need(asprintf(&copies[2], "%0300d", 1) == 300 && copies[0] != NULL && copies[1] != NULL);
    for (int i = 0; i < 3; i++)
        free(copies[i]);
    take_and_give();
    need((kept = malloc(BYTES)) == NULL && errno == ENOMEM);
}

static void reallocarray_is_no_realloc(void)
{
    void *made = reallocarray(NULL, 10, 10);
    made = reallocarray(made, 10, 20);
    made = resize(made, 30);
    need(made != NULL && resize(made, 40) == NULL && errno == ENOMEM);
    free(made);
}

static void malloc_within_fopen(void)
{
    take_and_give();
    need(fopen("/dev/null", "r") == NULL && errno == ENOMEM);
}

static void *do_nothing(void *unused)
{
    return unused;
}

/* The plan fails every calloc, and so the loader's for the thread's storage, were it not let alone. */
static void loader_is_let_alone(void)
{
    need((kept = calloc(1, 1)) == NULL);
    in_thread(do_nothing, NULL);
}

static const struct mode modes[] = {
    {"leak-by-malloc", leak_by_malloc},
    {"leak-by-calloc", leak_by_calloc},
    {"leak-by-realloc", leak_by_realloc},
    {"leak-by-reallocarray", leak_by_reallocarray},
    {"leak-by-posix_memalign", leak_by_posix_memalign},
    {"leak-by-aligned_alloc", leak_by_aligned_alloc},
    {"leak-by-memalign", leak_by_memalign},
    {"leak-by-valloc", leak_by_valloc},
    {"leak-by-pvalloc", leak_by_pvalloc},
    {"leak-by-strdup", leak_by_strdup},
    {"leak-by-strndup", leak_by_strndup},
    {"leak-by-asprintf", leak_by_asprintf},
    {"leak-by-vasprintf", leak_by_vasprintf},
    {"leak-by-getdelim", leak_by_getdelim},
    {"leak-by-library", leak_by_library},
    {"copies-are-no-malloc", copies_are_no_malloc},
    {"reallocarray-is-no-realloc", reallocarray_is_no_realloc},
    {"malloc-within-fopen", malloc_within_fopen},
    {"loader-is-let-alone", loader_is_let_alone},
};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
