/* The service's doors: the sockets that it listens on, TCP on this machine's own address and UNIX in the
 * working folder, and the epoll that tells at which of them somebody waits. */
#pragma once

#include <stdbool.h>
#include <stdint.h>
#include <sys/socket.h>

#include "exeunt/workload.h"

struct doors {
    int tcp, local; /* -1: closed */
    int epoll;
    struct sockaddr_storage address; /* of the first */
    socklen_t address_length;
};

struct doors_options {
    const char *folder;
    bool ipv6;
    uint16_t port; /* 0: any that is free */
};

/* Opens the doors. Returns 0 or a negative errno with a reason. */
int doors_open(const struct doors_options *options, struct doors *out, struct exeunt_reason *reason);
void doors_close(struct doors *doors);

/* Whether the TCP door could be opened, as doors_open says it. */
int doors_try(const struct doors_options *options, struct exeunt_reason *reason);

/* Waits until somebody stands at a door, and returns its socket, for accept; or -1 with errno. */
int doors_wait(const struct doors *doors);

/* Waits until somebody stands at a door, lets him in, and out at once. No call of it can be failed, since it
 * is the stage's and not the service's. Keeps errno. */
void doors_turn_away(const struct doors *doors);
