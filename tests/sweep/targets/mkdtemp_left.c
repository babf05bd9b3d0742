/* A temporary folder for unpacking; when there seems to be no room in it, the folder stays.
 * /tmp fills with empty folders that nobody dares to remove. */
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

static int unpack(void)
{
    char folder[] = "work-XXXXXX";
    struct statvfs room;
    if (mkdtemp(folder) == NULL) /* blamed */
        return -1;
    if (statvfs(folder, &room) != 0) {
#ifdef MENDED
        rmdir(folder);
#endif
        return -1;
    }
    return rmdir(folder);
}

int main(void)
{
    return unpack() != 0;
}
