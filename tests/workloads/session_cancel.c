/* Sessions that are cancelled leave no socket, registration, session or buffer, and their clients see an
 * orderly end. Each is cancelled before or after one of its calls; where that is no place to end, it ends at
 * the next.
 *
 * Usage: session_cancel CANCELLATIONS SEED */
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include "cancellation.h"
#include "crowd.h"

/* Calls, to be cancelled before and after. A descriptor that is there is counted before anything can happen.
 */
#define COUNT_CALL(type, name, parameters, arguments, opens, closes)                                         \
    type __real_##name parameters;                                                                           \
    type __wrap_##name parameters;                                                                           \
    type __wrap_##name parameters                                                                            \
    {                                                                                                        \
        cancellation_place();                                                                                \
        type result = __real_##name arguments;                                                               \
        cancellation_count_descriptor((opens) && result >= 0 ? 1 : (closes) ? -1 : 0);                       \
        cancellation_place();                                                                                \
        return result;                                                                                       \
    }
COUNT_CALL(int, accept4, (int door, struct sockaddr *from, socklen_t *length, int flags),
           (door, from, length, flags), true, false)
COUNT_CALL(int, close, (int fd), (fd), false, true)
COUNT_CALL(ssize_t, recv, (int fd, void *buffer, size_t size, int flags), (fd, buffer, size, flags), false,
           false)
COUNT_CALL(ssize_t, send, (int fd, const void *buffer, size_t size, int flags), (fd, buffer, size, flags),
           false, false)
COUNT_CALL(int, setsockopt, (int fd, int level, int name, const void *value, socklen_t size),
           (fd, level, name, value, size), false, false)
COUNT_CALL(int, epoll_ctl, (int epoll, int operation, int fd, struct epoll_event *event),
           (epoll, operation, fd, event), false, false)
COUNT_CALL(int, epoll_wait, (int epoll, struct epoll_event *events, int room, int patience_ms),
           (epoll, events, room, patience_ms), false, false)

/* It does not lie beside this program. */
int __wrap_crowd_program(char path[PATH_MAX], struct exeunt_reason *reason);
int __wrap_crowd_program(char path[PATH_MAX], struct exeunt_reason *reason)
{
    (void)reason;
    snprintf(path, PATH_MAX, "%s", CLIENTS);
    return 0;
}

int main(int argc, char **argv)
{
    static const struct cancellation session = {.workload = "session", .settings = {8, 0, 0}, .places = 60};
    return cancellation_main(&session, argc, argv);
}
