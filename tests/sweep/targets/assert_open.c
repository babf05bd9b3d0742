/* An assertion where an error path should be: what can happen in the field is not a bug of the program.
 * The user reads about a line of source. */
#undef NDEBUG
#include <assert.h>
#include <fcntl.h>
#include <unistd.h>

static int load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
#ifdef MENDED
    if (fd < 0)
        return -1;
#endif
    assert(fd >= 0);
    return close(fd);
}

int main(void)
{
    return load("one.txt") != 0;
}
