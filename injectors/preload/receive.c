/* Wrappers of the calls that receive messages: descriptors may come along, sent by another process or by
 * this one, and belong to the operation that receives them. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "wrap.h"

enum { PIDFD_COMES_ALONG = 4 }; /* SCM_PIDFD, of Linux 6.5 */

static COLD void rights_took(struct msghdr *message, uintptr_t site)
{
    struct cmsghdr *part = CMSG_FIRSTHDR(message);
    for (; part != NULL; part = CMSG_NXTHDR(message, part)) {
        if (part->cmsg_level != SOL_SOCKET ||
            (part->cmsg_type != SCM_RIGHTS && part->cmsg_type != PIDFD_COMES_ALONG))
            continue;
        size_t size = part->cmsg_len - CMSG_LEN(0);
        for (size_t at = 0; at + sizeof(int) <= size; at += sizeof(int)) {
            int fd;
            memcpy(&fd, CMSG_DATA(part) + at, sizeof fd);
            fd_took(fd, site);
        }
    }
}

static inline void received(struct msghdr *message, uintptr_t site)
{
    if (UNLIKELY(message->msg_controllen != 0))
        rights_took(message, site);
}

REAL(ssize_t, recvmsg, (int file, struct msghdr *message, int flags), (file, message, flags))
EXPORT ssize_t recvmsg(int file, struct msghdr *message, int flags)
{
    struct fault fault;
    if (IF_DUE(POINT_RECVMSG, fault))
        return failed(fault.error);
    ssize_t result = real_recvmsg(file, message, flags);
    if (LIKELY(result != -1))
        received(message, CALL_SITE);
    return result;
}

REAL(int, recvmmsg, (int file, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout),
     (file, messages, count, flags, timeout))
EXPORT int recvmmsg(int file, struct mmsghdr *messages, unsigned count, int flags, struct timespec *timeout)
{
    struct fault fault;
    if (IF_DUE(POINT_RECVMMSG, fault))
        return failed(fault.error);
    int result = real_recvmmsg(file, messages, count, flags, timeout);
    for (int i = 0; i < result; i++)
        received(&messages[i].msg_hdr, CALL_SITE);
    return result;
}
