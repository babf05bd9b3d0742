/* What clients and the service say to each other: frames on a stream, and what each session is to be, which
 * hangs on the seed and the session's number alone.
 *
 *     client                                        service
 *     hello (number, token, what will come)  ─────►
 *                                            ◄───── welcome
 *     request                                ─────►
 *                                            ◄───── reply          ... as many times as the hello says
 *     (closes its side)                      ─────►
 *                                            ◄───── goodbye, then the end */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/socket.h>

#define DOOR_FILE "door" /* the service's UNIX socket, in the working folder */

enum frame_kind { FRAME_HELLO = 1, FRAME_WELCOME, FRAME_REQUEST, FRAME_REPLY, FRAME_GOODBYE };

enum {
    REQUESTS_MAX = 4,
    REQUEST_LENGTH_MAX = 256,
    REPLY_LENGTH_MAX = 16 * 1024,
    KEEP_ALIVE_MS = 10000, /* how long an ordinary client may be silent */
    SILENT_MS = 20,        /* and one that is going to be silent for ever: so nobody waits long for it */
};

/* Before each frame's content (native byte order: both sides are on this machine). */
struct frame {
    char magic[4];
    uint32_t kind;
    uint32_t length;   /* of the content, bytes */
    uint32_t checksum; /* CRC-32 of the content */
};

struct hello {
    uint64_t number; /* of the session */
    uint64_t token;
    uint32_t requests;
    uint32_t reply_length_max;
    uint32_t keep_alive_ms; /* the client is not silent for longer */
    uint32_t reserved;
};

/* What every request begins with; any bytes may follow. */
struct request {
    uint32_t index;
    uint32_t reply_length;
};

/* What a client does instead of its request number `at`. */
enum misbehaviour {
    BEHAVES,
    RESETS,   /* asks, and resets the connection when the answer is there */
    VANISHES, /* hangs up in the middle of the request */
    GARBLES,  /* sends what is no request */
    IS_SILENT /* sends nothing, keeps the connection */
};

struct schedule {
    bool local; /* by the UNIX socket */
    uint32_t requests;
    uint32_t request_lengths[REQUESTS_MAX]; /* with struct request */
    uint32_t reply_lengths[REQUESTS_MAX];
    enum misbehaviour misbehaviour;
    uint32_t at;
};

/* The address on this machine where the service listens by TCP. Returns its length. */
socklen_t service_address(bool ipv6, uint16_t port, struct sockaddr_storage *out);

/* What session `number` is to be, if `percent` of the clients misbehave. */
struct schedule schedule_of(uint64_t seed, uint64_t percent, uint64_t number);

uint64_t token_of(uint64_t seed, uint64_t number);

/* Fills in the frame for the content that stands behind it. */
void frame_make(struct frame *frame, enum frame_kind kind, const void *content, size_t length);

/* Whether it is a frame of that kind, with at most `room` bytes of content. */
bool frame_is(const struct frame *frame, enum frame_kind kind, size_t room);

/* Whether the content is what the frame says. */
bool frame_holds(const struct frame *frame, const void *content);

/* The answer to request `index` of session `number`. */
void reply_fill(uint64_t seed, uint64_t number, uint32_t index, void *content, size_t length);
