/* `while ((n = read(...)) > 0)`: an error ends the loop as the end of the file does.
 * A disk's bad block becomes a short copy with status 0. */
#include <fcntl.h>
#include <unistd.h>

static int copy(const char *from, const char *to)
{
    char piece[8];
    ssize_t size = 0;
    int failed = 0;
    int in = open(from, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return -1;
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    failed = out < 0;
    while (!failed && (size = read(in, piece, sizeof piece)) > 0) /* blamed */
        failed = write(out, piece, (size_t)size) != size;
#ifdef MENDED
    failed |= size < 0;
#endif
    if (out >= 0)
        failed |= close(out);
    return close(in) | failed;
}

int main(void)
{
    return copy("one.txt", "copy.txt") != 0;
}
