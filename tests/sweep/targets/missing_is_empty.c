/* A folder that cannot be read is taken for one that is empty: "nothing to do", status 0.
 * Backups were lost this way. */
#include <dirent.h>
#include <stdio.h>

static int count_entries(const char *path)
{
    int count = 0;
    DIR *folder = opendir(path); /* blamed */
#ifdef MENDED
    if (folder == NULL)
        return -1;
#endif
    while (folder != NULL && readdir(folder) != NULL)
        count++;
    int failed = folder == NULL ? 0 : closedir(folder);
    return failed || printf("%d entries\n", count) < 0 || fflush(stdout) != 0;
}

int main(void)
{
    return count_entries(".") != 0;
}
