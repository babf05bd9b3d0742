/* A nameless temporary file: made and unlinked at once, so that it "cleans up after itself".
 * The descriptor does not: it stays open when the write fails. */
#include <stdlib.h>
#include <unistd.h>

static int spool(void)
{
    char name[] = "spool-XXXXXX", back[4];
    int fd = mkstemp(name); /* blamed */
    if (fd < 0)
        return -1;
    int failed = unlink(name);
    if (write(fd, "data", 4) != 4) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    failed |= pread(fd, back, 4, 0) != 4;
    return close(fd) | failed;
}

int main(void)
{
    return spool() != 0;
}
