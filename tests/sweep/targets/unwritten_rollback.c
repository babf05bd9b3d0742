/* The old file is moved aside, and put back when the new one cannot be written; whether it came back, nobody
 * asks. "Not updated" is no error to the caller: with a second fault the run ends well, and the file is gone.
 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

static int write_new(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    int failed = write(fd, "alpha\nbeta\ngamma\n", 17) != 17;
    return close(fd) | failed;
}

static int update(const char *path)
{
    if (rename(path, "one.old") != 0)
        return -1;
    if (write_new(path) == 0)
        return unlink("one.old");
    int failed = rename("one.old", path); /* blamed */
#ifndef MENDED
    failed = 0;
#endif
    return failed;
}

int main(void)
{
    return update("one.txt") != 0;
}
