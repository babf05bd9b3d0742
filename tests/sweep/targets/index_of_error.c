/* The length that read returned ends the text, without a look at it: text[-1] = 0.
 * Built with UndefinedBehaviorSanitizer and AddressSanitizer. */
#include <fcntl.h>
#include <unistd.h>

static int load(const char *path)
{
    char text[64];
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return -1;
    ssize_t size = read(fd, text, sizeof text - 1); /* blamed */
#ifdef MENDED
    if (size < 0) {
        close(fd);
        return -1;
    }
#endif
    text[size] = '\0';
    return close(fd) | (text[0] != 'a');
}

int main(void)
{
    return load("one.txt") != 0;
}
