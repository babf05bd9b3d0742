/* Decides what a client says next, and what it makes of what it hears. */
#include "client.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/hash.h"

enum { FRAME_ROOM = sizeof(struct frame) + REPLY_LENGTH_MAX };

static void hang_up(struct client *client)
{
    if (client->socket >= 0)
        close(client->socket);
    client->socket = -1;
    free(client->frame);
    client->frame = NULL;
}

/* What was sent so far is nobody's any more. */
static void reset(struct client *client)
{
    const struct linger at_once = {.l_onoff = 1, .l_linger = 0};
    setsockopt(client->socket, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
    hang_up(client);
}

/* Only little is ever sent, and only to who waits for it: there is always room. */
static void say(struct client *client, const void *bytes, size_t length)
{
    if (send(client->socket, bytes, length, MSG_NOSIGNAL) != (ssize_t)length)
        hang_up(client);
}

static void await(struct client *client, enum client_awaits awaits)
{
    client->awaits = awaits;
    client->got = 0;
    client->wanted = sizeof(struct frame);
}

/* Makes the request and returns its length, with the frame. */
static size_t make_request(const struct client *client, unsigned char *bytes)
{
    const struct schedule *schedule = &client->schedule;
    size_t length = schedule->request_lengths[client->index];
    const struct request request = {client->index, schedule->reply_lengths[client->index]};
    unsigned char *content = bytes + sizeof(struct frame);
    memset(content, (int)client->index, length);
    memcpy(content, &request, sizeof request);
    struct frame frame;
    frame_make(&frame, FRAME_REQUEST, content, length);
    memcpy(bytes, &frame, sizeof frame);
    return sizeof frame + length;
}

static void misbehave(struct client *client)
{
    unsigned char bytes[sizeof(struct frame) + REQUEST_LENGTH_MAX];
    size_t length = make_request(client, bytes);
    if (client->schedule.misbehaviour == RESETS) {
        await(client, AWAITS_RESET);
        client->wanted = client->wanted + client->schedule.reply_lengths[client->index] - 1;
        say(client, bytes, length);
        return;
    }
    client->seen = SEEN_MISBEHAVED;
    await(client, AWAITS_END);
    if (client->schedule.misbehaviour == VANISHES) {
        say(client, bytes, length / 2);
        hang_up(client);
    }
    if (client->schedule.misbehaviour == GARBLES) {
        /* No more than the service reads of it: else its end of the connection would not be an orderly one.
         */
        memset(bytes, 0xff, sizeof(struct frame));
        say(client, bytes, sizeof(struct frame));
    }
}

static void ask_next(struct client *client)
{
    const struct schedule *schedule = &client->schedule;
    if (client->index == schedule->requests) {
        await(client, AWAITS_GOODBYE);
        shutdown(client->socket, SHUT_WR);
        return;
    }
    await(client, AWAITS_REPLY);
    if (schedule->misbehaviour != BEHAVES && schedule->at == client->index) {
        misbehave(client);
        return;
    }
    unsigned char bytes[sizeof(struct frame) + REQUEST_LENGTH_MAX];
    say(client, bytes, make_request(client, bytes));
}

static bool is_right_reply(const struct client *client, const struct frame *frame)
{
    unsigned char expected[REPLY_LENGTH_MAX];
    size_t length = client->schedule.reply_lengths[client->index];
    reply_fill(client->audience->seed, client->number, client->index, expected, length);
    return frame->length == length && memcmp(client->frame + sizeof *frame, expected, length) == 0;
}

static void mind(struct client *client)
{
    client->seen = SEEN_TORN;
    hang_up(client);
}

/* A frame is there, with all its content. */
static void take_frame(struct client *client, const struct frame *frame)
{
    static const enum frame_kind kinds[] = {
        [AWAITS_WELCOME] = FRAME_WELCOME, [AWAITS_REPLY] = FRAME_REPLY, [AWAITS_GOODBYE] = FRAME_GOODBYE};
    if (!frame_is(frame, kinds[client->awaits], REPLY_LENGTH_MAX) ||
        !frame_holds(frame, client->frame + sizeof *frame) ||
        (client->awaits == AWAITS_REPLY && !is_right_reply(client, frame))) {
        mind(client);
        return;
    }
    if (client->awaits == AWAITS_GOODBYE) {
        client->seen = SEEN_WHOLE;
        await(client, AWAITS_END);
        return;
    }
    client->index += client->awaits == AWAITS_REPLY;
    ask_next(client);
}

/* The bytes that were wanted are there: a frame without its content, or with it. */
static void take_bytes(struct client *client)
{
    struct frame frame;
    memcpy(&frame, client->frame, sizeof frame);
    if (client->wanted == sizeof frame && frame.length > 0 && frame.length <= REPLY_LENGTH_MAX) {
        client->wanted += frame.length;
        return;
    }
    take_frame(client, &frame);
}

/* All of the answer is read but its last byte, which waits: so all of it was sent, and what the client leaves
 * unread makes the service's next call fail also where there is no such thing as a reset. */
static bool is_to_reset(const struct client *client)
{
    return client->awaits == AWAITS_RESET && client->got == client->wanted;
}

static void take(struct client *client, size_t length)
{
    if (client->awaits == AWAITS_END) { /* where nothing more should come */
        mind(client);
        return;
    }
    if (is_to_reset(client)) {
        client->seen = SEEN_MISBEHAVED;
        reset(client);
        return;
    }
    client->got += length;
    if (client->got == client->wanted && client->awaits != AWAITS_RESET)
        take_bytes(client);
}

void client_go_on(struct client *client)
{
    while (client->socket >= 0) {
        bool last = is_to_reset(client);
        ssize_t length = recv(client->socket, client->frame + client->got,
                              last ? 1 : client->wanted - client->got, MSG_DONTWAIT | (last ? MSG_PEEK : 0));
        if (length > 0)
            take(client, (size_t)length);
        else if (length == 0 || (errno != EAGAIN && errno != EINTR))
            hang_up(client);
        else
            return;
    }
}

static void say_hello(struct client *client)
{
    const struct schedule *schedule = &client->schedule;
    struct {
        struct frame frame;
        struct hello hello;
    } said = {.hello = {.number = client->number,
                        .token = token_of(client->audience->seed, client->number),
                        .requests = schedule->requests,
                        .keep_alive_ms = schedule->misbehaviour == IS_SILENT ? SILENT_MS : KEEP_ALIVE_MS}};
    for (uint32_t i = 0; i < schedule->requests; i++)
        if (schedule->reply_lengths[i] > said.hello.reply_length_max)
            said.hello.reply_length_max = schedule->reply_lengths[i];
    frame_make(&said.frame, FRAME_HELLO, &said.hello, sizeof said.hello);
    await(client, AWAITS_WELCOME);
    say(client, &said, sizeof said);
}

static int connect_by(const struct client *client)
{
    static const struct sockaddr_un local = {.sun_family = AF_UNIX, .sun_path = DOOR_FILE};
    const struct audience *audience = client->audience;
    if (client->schedule.local)
        return connect(client->socket, (const struct sockaddr *)&local, sizeof local);
    return connect(client->socket, (const struct sockaddr *)&audience->address, audience->address_length);
}

int client_begin(const struct audience *audience, uint64_t number, struct client *out)
{
    struct client client = {.audience = audience,
                            .number = number,
                            .schedule = schedule_of(audience->seed, audience->misbehave_percent, number),
                            .seen = SEEN_CLOSED};
    int family = client.schedule.local ? AF_UNIX : audience->address.ss_family;
    client.socket = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (client.socket < 0)
        return -errno;
    client.frame = malloc(FRAME_ROOM);
    int failed = client.frame == NULL ? -ENOMEM : connect_by(&client) != 0 ? -errno : 0;
    if (failed != 0) {
        hang_up(&client);
        return failed;
    }
    say_hello(&client);
    *out = client;
    return 0;
}

enum seen client_saw(const struct client *client, bool believed)
{
    if (client->socket >= 0)
        return SEEN_ABANDONED;
    return client->seen == SEEN_CLOSED && believed ? SEEN_TORN : client->seen;
}

void client_end(struct client *client)
{
    hang_up(client);
}
