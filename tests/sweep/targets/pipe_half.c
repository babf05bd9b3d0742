/* A pipe has two ends, and its error path closes only the one it was about.
 * When fdopen fails, the writing end stays open. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int through_pipe(void)
{
    int ends[2];
    char letter;
    if (pipe2(ends, O_CLOEXEC) != 0) /* blamed */
        return -1;
    FILE *reader = fdopen(ends[0], "r");
    if (reader == NULL) {
        close(ends[0]);
#ifdef MENDED
        close(ends[1]);
#endif
        return -1;
    }
    int failed = write(ends[1], "x", 1) != 1;
    failed |= close(ends[1]);
    failed |= fread(&letter, 1, 1, reader) != 1;
    return fclose(reader) | failed;
}

int main(void)
{
    return through_pipe() != 0;
}
