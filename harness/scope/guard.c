/* Decides what releasing a descriptor, socket, stream or block of memory means, and which failures of it
 * are news: all that the kernel reports, except that a peer which left first makes shutdown pointless. */
#include "exeunt/scope.h"

#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

int exeunt_fd_release(int fd)
{
    if (fd < 0)
        return 0;
    return close(fd) == 0 ? 0 : -errno;
}

int exeunt_socket_release(int fd)
{
    if (fd < 0)
        return 0;
    static const struct exeunt_place descriptor = {"socket", "its descriptor", __FILE__, __LINE__};
    int shut = shutdown(fd, SHUT_RDWR) == 0 || errno == ENOTCONN ? 0 : -errno;
    int closed = exeunt_fd_release(fd);
    if (shut && closed)
        exeunt_scope_report(&descriptor, closed);
    return shut ? shut : closed;
}

int exeunt_file_release(FILE *file)
{
    if (!file)
        return 0;
    return fclose(file) == 0 ? 0 : -errno;
}

int exeunt_memory_release(void *memory)
{
    free(memory);
    return 0;
}
