/* The same with streams: fgets returns NULL for an error, too, and ferror is the one to ask.
 * Counts of lines come out too small. */
#include <stdio.h>

static int count_lines(const char *path)
{
    char line[64];
    int count = 0, failed = 0;
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return -1;
    while (fgets(line, sizeof line, file) != NULL) /* blamed */
        count++;
#ifdef MENDED
    failed = ferror(file);
#endif
    failed |= fclose(file);
    return failed || printf("%d\n", count) < 0 || fflush(stdout) != 0;
}

int main(void)
{
    return count_lines("one.txt") != 0;
}
