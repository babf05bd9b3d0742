/* A plug-in, loaded by dlopen: its entry point returns early and keeps the file open.
 * The line lies in a module that was not there when the program started. */
#include <fcntl.h>
#include <unistd.h>

__attribute__((visibility("default"))) int plugin_entry(const char *path);

int plugin_entry(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    if (read(fd, text, sizeof text) < 0) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    return close(fd);
}
