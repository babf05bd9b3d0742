/* The new file is written with care, then renamed without a look at the result: the old one stays in its
 * place. Readers go on with stale data, and the update is reported as done. */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int update(const char *path)
{
    int fd = open("one.new", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    int failed = write(fd, "new text\n", 9) != 9;
    failed |= close(fd);
    if (!failed)
        failed = rename("one.new", path); /* blamed */
    if (failed)
        unlink("one.new");
#ifndef MENDED
    failed = 0;
#endif
    return failed;
}

int main(void)
{
    return update("one.txt") != 0;
}
