// A C++ function that holds a bare descriptor while something below it throws.
// The stack is unwound, the descriptor is nobody's.
#include <fcntl.h>
#include <stdexcept>
#include <unistd.h>

#ifdef MENDED
struct descriptor {
    int fd;
    ~descriptor()
    {
        close(fd);
    }
};
#endif

static void read_header(int fd)
{
    char text[16];
    if (read(fd, text, sizeof text) <= 0)
        throw std::runtime_error("no header");
}

static void load(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC); // blamed
    if (fd < 0)
        throw std::runtime_error("cannot open");
#ifdef MENDED
    descriptor guard{fd};
#endif
    read_header(fd);
#ifndef MENDED
    close(fd);
#endif
}

int main()
{
    try {
        load("one.txt");
        return 0;
    } catch (const std::exception &) {
        return 1;
    }
}
