/* A walk over a folder that gives up at the first entry it cannot look at.
 * The folder's stream stays open. */
#include <dirent.h>
#include <fcntl.h>
#include <stddef.h>
#include <sys/stat.h>

static int sum_sizes(const char *path, off_t *sum)
{
    DIR *folder = opendir(path); /* blamed */
    if (folder == NULL)
        return -1;
    for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
        struct stat found;
        if (fstatat(dirfd(folder), entry->d_name, &found, AT_SYMLINK_NOFOLLOW) != 0) {
#ifdef MENDED
            closedir(folder);
#endif
            return -1;
        }
        *sum += found.st_size;
    }
    return closedir(folder);
}

int main(void)
{
    off_t sum = 0;
    return sum_sizes(".", &sum) != 0;
}
