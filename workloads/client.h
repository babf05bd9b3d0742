/* One client: connects, and then goes on by itself whenever something has come for it. Never blocks. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#include "protocol.h"
#include "seen.h"

/* What all clients share. */
struct audience {
    uint64_t seed;
    uint64_t misbehave_percent;
    struct sockaddr_storage address; /* of the service, beside its socket in the working folder */
    socklen_t address_length;
};

enum client_awaits { AWAITS_WELCOME, AWAITS_REPLY, AWAITS_RESET, AWAITS_GOODBYE, AWAITS_END };

struct client {
    const struct audience *audience;
    uint64_t number;
    struct schedule schedule;
    int socket; /* -1: the connection has ended */
    enum client_awaits awaits;
    uint32_t index; /* of the request */
    unsigned char *frame;
    size_t got, wanted; /* bytes of the frame */
    enum seen seen;     /* until now; SEEN_CLOSED: less than all */
};

/* Connects client `number` and says hello. Returns 0 or a negative errno. */
int client_begin(const struct audience *audience, uint64_t number, struct client *out);

/* Takes what has come. Once the socket is -1, no more will come. */
void client_go_on(struct client *client);

/* What it saw in all, when the service is done with it. `believed`: the service takes that for a success. */
enum seen client_saw(const struct client *client, bool believed);

void client_end(struct client *client);
