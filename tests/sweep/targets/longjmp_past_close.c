/* A parser that throws by longjmp, past the frame that would have closed the file.
 * libpng and Lua users know it well. */
#include <fcntl.h>
#include <setjmp.h>
#include <unistd.h>

static jmp_buf landing;
#ifdef MENDED
static int opened = -1;
#endif

static void parse(int fd)
{
    char text[64];
    if (read(fd, text, sizeof text) <= 0) {
#ifdef MENDED
        close(opened);
#endif
        longjmp(landing, 1);
    }
}

static int load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
#ifdef MENDED
    opened = fd;
#endif
    parse(fd);
    return close(fd);
}

static int try_load(const char *path)
{
    return setjmp(landing) == 0 ? load(path) : -1;
}

int main(void)
{
    return try_load("one.txt") != 0;
}
