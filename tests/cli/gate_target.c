/* A program for the gate: it copies a byte. In one build it leaks where the second open fails, in another it
 * does not write any more. */
#include <fcntl.h>
#include <unistd.h>

static int copy(const char *from, const char *to)
{
    char byte;
    int in = open(from, O_RDONLY);
    if (in < 0)
        return 1;
    int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    if (out < 0) {
#ifndef LEAKS
        close(in);
#endif
        return 1;
    }
    int failed = read(in, &byte, 1) != 1;
#ifndef MUTE
    failed |= write(out, &byte, 1) != 1;
#endif
    close(out);
    close(in);
    return failed;
}

int main(void)
{
    return copy("input", "output");
}
