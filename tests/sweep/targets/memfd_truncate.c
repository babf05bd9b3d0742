/* Shared memory in a nameless file: its size cannot be set, and the file stays.
 * What is lost is memory as well as a descriptor. */
#include <sys/mman.h>
#include <unistd.h>

static int make_buffer(size_t size)
{
    int fd = memfd_create("buffer", MFD_CLOEXEC); /* blamed */
    if (fd < 0)
        return -1;
    if (ftruncate(fd, (off_t)size) != 0) {
#ifdef MENDED
        close(fd);
#endif
        return -1;
    }
    void *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    int failed = memory == MAP_FAILED || munmap(memory, size) != 0;
    return close(fd) | failed;
}

int main(void)
{
    return make_buffer(4096) != 0;
}
