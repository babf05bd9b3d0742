/* The error path needs memory for its message, and there is none: the report of the error is what kills.
 * Two things must fail; when memory is short, they do. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int report(const char *path)
{
    char *message = malloc(strlen(path) + 16); /* blamed */
#ifdef MENDED
    if (message == NULL)
        return -1;
#endif
    strcpy(message, "cannot look at ");
    strcat(message, path);
    ssize_t written = write(STDERR_FILENO, message, strlen(message));
    free(message);
    return written < 0 ? -1 : -2;
}

int main(void)
{
    struct stat found;
    if (stat("one.txt", &found) != 0)
        return report("one.txt") != 0;
    return 0;
}
