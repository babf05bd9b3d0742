/* Near miss: a log that is opened at its first use and never closed, also when all goes well.
 * Told for information at most: unreleased, not leaked. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static int logged(const char *line)
{
    static int log = -1;
    if (log < 0)
        log = open("log.txt", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    return log >= 0 && write(log, line, 4) == 4 ? 0 : -1;
}

int main(void)
{
    struct stat found;
    if (logged("one\n") != 0 || stat("one.txt", &found) != 0)
        return 1;
    return logged("two\n") != 0;
}
