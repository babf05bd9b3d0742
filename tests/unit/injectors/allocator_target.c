/* A program that brings an allocator along: it must get its blocks from there, under the preload, too. */
#include "allocator.h"

#include <malloc.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "target.h"

static void use(void *block)
{
    need(allocator_owns(block));
    free(block);
}

static void *work(void *unused)
{
    char *printed = NULL;
    void *aligned = NULL;
    need(asprintf(&printed, "%0300d", 1) == 300 && posix_memalign(&aligned, 64, 100) == 0);
    use(printed);
    use(aligned);
    use(malloc(100));
    use(calloc(10, 10));
    use(realloc(malloc(100), 200));
    use(reallocarray(NULL, 10, 10));
    use(aligned_alloc(64, 128));
    use(memalign(64, 100));
    use(strdup("text"));
    use(strndup("text", 2));
    return unused;
}

static void use_all(void)
{
    FILE *null = fopen("/dev/null", "r+");
    need(null != NULL && fputs("text", null) >= 0 && fclose(null) == 0);
    work(NULL);
    in_thread(work, NULL);
}

static const struct mode modes[] = {{"use-all", use_all}};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
