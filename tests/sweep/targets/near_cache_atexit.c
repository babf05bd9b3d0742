/* Near miss: a cache that lives as long as the program and is closed by atexit.
 * _exit skips that: still no leak. */
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int cached = -1;

static void close_cache(void)
{
    if (cached >= 0)
        close(cached);
}

static int cache(void)
{
    if (cached < 0)
        cached = open("one.txt", O_RDONLY | O_CLOEXEC);
    return cached;
}

int main(void)
{
    struct stat found;
    if (atexit(close_cache) != 0 || cache() < 0)
        return 1;
    if (fstat(cache(), &found) != 0)
        _exit(1);
    return 0;
}
