/* Looks at sockets by what the kernel tells of each: its two addresses, its state, what waits in it. */
#include "network.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/hash.h"

static int raw_socket(void)
{
    return (int)syscall(SYS_socket, AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
}

/* Sends bytes and a descriptor in one message. */
static bool raw_send(int socket, void *bytes, size_t size, int descriptor)
{
    _Alignas(struct cmsghdr) char control[CMSG_SPACE(sizeof(int))] = {0};
    struct iovec part = {bytes, size};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    struct cmsghdr *rights = CMSG_FIRSTHDR(&message);
    *rights = (struct cmsghdr){
        .cmsg_len = CMSG_LEN(sizeof(int)), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(rights), &descriptor, sizeof descriptor);
    return syscall(SYS_sendmsg, socket, &message, 0) == (long)size;
}

void network_make(struct network *network, unsigned char first)
{
    unsigned char bytes[NETWORK_QUEUED];
    for (unsigned i = 0; i < NETWORK_QUEUED; i++)
        bytes[i] = (unsigned char)(first + i);
    struct epoll_event event = {.events = EPOLLIN};
    socklen_t length = sizeof network->address;
    *network = (struct network){.made = true, .address = {.sin_family = AF_INET}};
    network->address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    network->listener = raw_socket();
    network->waiting = raw_socket();
    network->fresh = raw_socket();
    network->epoll = (int)syscall(SYS_epoll_create1, EPOLL_CLOEXEC);
    if (syscall(SYS_socketpair, AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, network->pair) != 0 ||
        !raw_send(network->pair[0], bytes, sizeof bytes, network->listener) ||
        syscall(SYS_bind, network->listener, &network->address, length) != 0 ||
        syscall(SYS_listen, network->listener, 8) != 0 ||
        syscall(SYS_getsockname, network->listener, &network->address, &length) != 0 ||
        syscall(SYS_connect, network->waiting, &network->address, length) != 0 ||
        syscall(SYS_epoll_ctl, network->epoll, EPOLL_CTL_ADD, network->pair[1], &event) != 0)
        abort();
    for (int i = 0; i < 2; i++) {
        network->polled[i] = (struct pollfd){.fd = network->pair[i], .events = POLLIN};
        FD_SET(network->pair[i], &network->selected);
    }
}

long network_queued(int socket)
{
    int queued = 0;
    return syscall(SYS_ioctl, socket, FIONREAD, &queued) == 0 ? queued : -1;
}

static uint64_t sum_of_bytes(const void *memory, size_t size)
{
    const unsigned char *bytes = memory;
    uint64_t sum = 0;
    for (size_t i = 0; i < size; i++)
        sum = hash_add(sum, bytes[i]);
    return sum;
}

static uint64_t sum_of_option(int socket, int option)
{
    int value = 0;
    socklen_t length = sizeof value;
    long failed = syscall(SYS_getsockopt, socket, SOL_SOCKET, option, &value, &length);
    return hash_add((uint64_t)failed, (uint64_t)value);
}

static uint64_t sum_of_address(int socket, long call)
{
    struct sockaddr_storage address;
    socklen_t length = sizeof address;
    memset(&address, 0, sizeof address);
    long failed = syscall(call, socket, &address, &length);
    return hash_add((uint64_t)failed, sum_of_bytes(&address, sizeof address));
}

/* What epoll watches stands in the kernel's own notes of the descriptor. */
static uint64_t sum_of_notes(int file)
{
    char path[64], text[1024] = "";
    snprintf(path, sizeof path, "/proc/self/fdinfo/%d", file);
    int notes = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    long length = syscall(SYS_read, notes, text, sizeof text - 1);
    syscall(SYS_close, notes);
    return length > 0 ? sum_of_bytes(text, (size_t)length) : 0;
}

static uint64_t sum_of_socket(int socket)
{
    struct pollfd polled = {.fd = socket, .events = POLLIN | POLLOUT | POLLRDHUP};
    const struct timespec at_once = {0, 0};
    syscall(SYS_ppoll, &polled, 1, &at_once, NULL, 0);
    uint64_t sum = hash_add((uint64_t)(unsigned short)polled.revents, (uint64_t)network_queued(socket));
    sum = hash_add(sum, sum_of_address(socket, SYS_getsockname));
    sum = hash_add(sum, sum_of_address(socket, SYS_getpeername));
    sum = hash_add(sum, sum_of_option(socket, SO_ACCEPTCONN));
    return hash_add(sum, sum_of_option(socket, SO_KEEPALIVE));
}

uint64_t network_sum(const struct network *network)
{
    if (!network->made)
        return 0;
    const int sockets[] = {network->pair[0], network->pair[1], network->listener, network->waiting,
                           network->fresh};
    uint64_t sum = sum_of_notes(network->epoll);
    for (size_t i = 0; i < sizeof sockets / sizeof *sockets; i++)
        sum = hash_add(sum, sum_of_socket(sockets[i]));
    sum = hash_add(sum, sum_of_bytes(network->polled, sizeof network->polled));
    return hash_add(sum, sum_of_bytes(&network->selected, sizeof network->selected));
}
