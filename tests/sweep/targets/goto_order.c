/* Cleanup by goto, one label off: what fails at the second open jumps to where nothing is closed.
 * The line was copied from the check above it. */
#include <fcntl.h>
#include <unistd.h>

static int copy(const char *from, const char *to)
{
    char text[64];
    int failed = -1;
    int out, in = open(from, O_RDONLY | O_CLOEXEC); /* blamed */
    if (in < 0)
        goto nothing;
    ssize_t size = read(in, text, sizeof text);
    if (size < 0)
        goto close_in;
    out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (out < 0)
#ifdef MENDED
        goto close_in;
#else
        goto nothing;
#endif
    failed = write(out, text, (size_t)size) != size;
    failed |= close(out);
close_in:
    failed |= close(in);
nothing:
    return failed;
}

int main(void)
{
    return copy("one.txt", "copy.txt") != 0;
}
