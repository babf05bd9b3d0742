/* The roll of sessions: how many the service counts open, and which sockets the kernel knows to be theirs.
 * The kernel strikes a socket off when it is closed, and does not know what the service counts: so one can be
 * held against the other. Any thread. */
#pragma once

#include <stdatomic.h>
#include <stdint.h>

struct roll {
    int epoll; /* has the sockets; -1: none */
    _Atomic uint64_t sessions;
};

/* Returns 0 or a negative errno. */
int roll_open(struct roll *out);
void roll_close(struct roll *roll);

/* The socket is that of session `number`; no more. Each returns 0 or a negative errno. */
int roll_add(struct roll *roll, int socket, uint64_t number);
int roll_remove(struct roll *roll, int socket);

/* Sessions that are counted open although their sockets are gone, while nobody works on any. */
uint64_t roll_ghosts(const struct roll *roll);
