/* Cleanup overwrites errno: the caller asks for the reason, gets that of the cleanup, and draws its
 * conclusion. ENOTEMPTY means "another process was first" to it: fine, nothing to do. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Returns 0, or -1 with errno. Entries of others may stand in the cache, so rmdir may well fail. */
static int publish(void)
{
    int fd = open("cache/entry", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0)
        return -1;
    int failed = write(fd, "text\n", 5) != 5; /* blamed */
    failed |= close(fd);
    if (failed) {
        int reason = errno;
        unlink("cache/entry");
        rmdir("cache");
#ifdef MENDED
        errno = reason;
#else
        (void)reason;
#endif
        return -1;
    }
    return 0;
}

int main(void)
{
    if (mkdir("cache", 0755) != 0 || mkdir("cache/of-another", 0755) != 0)
        return 1;
    return publish() != 0 && errno != ENOTEMPTY;
}
