/* Sockets: what must be noted, and faults that must be as the real failures are. */
#include <criterion/criterion.h>

#include "under_preload.h"

Test(net, catches_and_lets_pass)
{
    static const struct {
        const char *mode, *plan;
        unsigned leaks, faults, exhausted;
        const char *reason;
    } rows[] = {
        {"leak-socket", "none", 1, 0, 0, "a socket"},
        {"leak-accepted", "none", 1, 0, 0, "a connection"},
        {"leak-end-of-pair", "none", 1, 0, 0, "one of two"},
        {"close-in-time", "none", 0, 0, 0, "all given back"},
        {"exhaust", "none", 0, 0, 1, "the kernel has no descriptor for a connection"},
        {"epipe", "posix/io/net/send:EPIPE", 0, 1, 0, "comes with its signal"},
        {"epipe-without-signal", "posix/io/net/send:EPIPE", 0, 1, 0, "unless that is forbidden"},
        {"epipe-of-datagram", "posix/io/net/send:EPIPE", 0, 1, 0, "nor of a datagram"},
        {"datagram", "posix/io/net/send,posix/io/net/sendmsg,posix/io/net/recv,posix/io/net/recvmsg:short", 0,
         0, 0, "whole, as datagrams are"},
        {"leave-epoll", "linux/io/net/epoll_ctl:ENOSPC@2+", 0, 1, 0, "only what adds can fail"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct under_preload run = under_preload_run(NET_TARGET, rows[i].mode, NULL, rows[i].plan);
        cr_expect_eq(run.status, 0, "%s: status %d: %s", rows[i].mode, run.status, rows[i].reason);
        cr_expect_eq(under_preload_count(&run, LEDGER_LEAK), rows[i].leaks, "%s: leaks: %s", rows[i].mode,
                     rows[i].reason);
        cr_expect_eq(under_preload_count(&run, LEDGER_FAULT), rows[i].faults, "%s: faults: %s", rows[i].mode,
                     rows[i].reason);
        cr_expect_eq(run.ledger.ledger->descriptors_exhausted.count, rows[i].exhausted, "%s: %s",
                     rows[i].mode, rows[i].reason);
        under_preload_end(&run);
    }
}
