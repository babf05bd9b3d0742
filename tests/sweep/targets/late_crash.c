/* Two ways lead to where it counts anew, and what fails there, fails as a second: the one that is tried first
 * takes its time. */
#include <fcntl.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

static int open_first(void)
{
    return open("one.txt", O_RDONLY | O_CLOEXEC);
}

static int open_second(void)
{
    return open("two.txt", O_RDONLY | O_CLOEXEC);
}

static int count_anew(void)
{
    char *counts = malloc(64); /* blamed */
#ifdef MENDED
    if (counts == NULL)
        return 1;
#endif
    *(char volatile *)counts = 1;
    free(counts);
    return 1;
}

int main(void)
{
    int first = open_first(), second = first < 0 ? -1 : open_second();
    if (first < 0)
        nanosleep(&(struct timespec){.tv_nsec = 300000000}, NULL);
    if (second < 0 && first >= 0)
        close(first);
    if (second < 0)
        return count_anew();
    return close(second) | close(first);
}
