/* Says what the service has to say, and decides which errno a client's conduct is. */
#include "dialogue.h"

#include <errno.h>
#include <fiu.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

int set_patience(int connection, int option, uint32_t time_ms)
{
    const struct timeval time = {.tv_sec = time_ms / 1000, .tv_usec = time_ms % 1000 * 1000};
    return setsockopt(connection, SOL_SOCKET, option, &time, sizeof time) == 0 ? 0 : -errno;
}

/* Receives `size` bytes, less at the end of the stream. Returns their number or a negative errno. */
static int receive_full(int connection, void *buffer, int size)
{
    int done = 0;
    while (done < size) {
        ssize_t moved = recv(connection, (char *)buffer + done, (size_t)(size - done), MSG_WAITALL);
        if (moved == 0)
            break;
        if (moved < 0 && errno != EINTR)
            return errno == EAGAIN ? -ETIMEDOUT : -errno;
        done += moved > 0 ? (int)moved : 0;
    }
    return done;
}

static int send_full(int connection, const void *buffer, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t moved = send(connection, (const char *)buffer + done, size - done, MSG_NOSIGNAL);
        if (moved < 0 && errno != EINTR)
            return errno == EAGAIN ? -ETIMEDOUT : -errno;
        done += moved > 0 ? (size_t)moved : 0;
    }
    return 0;
}

/* Receives a frame of that kind with at most `room` bytes of content. Returns 1, 0 at the end of the stream,
 * or a negative errno; -ECONNABORTED: it ends in the middle. */
static int receive_frame(int connection, enum frame_kind kind, void *content, size_t room)
{
    struct frame frame;
    int size = receive_full(connection, &frame, sizeof frame);
    if (size <= 0)
        return size;
    if (size < (int)sizeof frame)
        return -ECONNABORTED;
    if (!frame_is(&frame, kind, room))
        return -EBADMSG;
    size = receive_full(connection, content, (int)frame.length);
    if (size < 0)
        return size;
    if (size < (int)frame.length)
        return -ECONNABORTED;
    return frame_holds(&frame, content) ? 1 : -EBADMSG;
}

static int send_empty(int connection, enum frame_kind kind)
{
    struct frame frame;
    frame_make(&frame, kind, "", 0);
    return send_full(connection, &frame, sizeof frame);
}

int shake_hands(int connection, uint64_t seed, uint64_t number, struct hello *out)
{
    int injected = fiu_fail("session/handshake");
    if (injected != 0)
        return -injected;
    int received = receive_frame(connection, FRAME_HELLO, out, sizeof *out);
    if (received <= 0)
        return received < 0 ? received : -ECONNABORTED;
    if (out->number != number || out->token != token_of(seed, number) || out->requests > REQUESTS_MAX ||
        out->reply_length_max > REPLY_LENGTH_MAX)
        return -EACCES;
    int failed = set_patience(connection, SO_RCVTIMEO, out->keep_alive_ms);
    return failed != 0 ? failed : send_empty(connection, FRAME_WELCOME);
}

size_t answer_room(const struct hello *hello)
{
    return sizeof(struct frame) + hello->reply_length_max;
}

static int answer(int connection, uint64_t seed, const struct hello *hello, uint32_t index, void *buffer)
{
    _Alignas(struct request) unsigned char asked[REQUEST_LENGTH_MAX];
    int received = receive_frame(connection, FRAME_REQUEST, asked, sizeof asked);
    if (received <= 0)
        return received < 0 ? received : -ECONNABORTED;
    struct request request;
    memcpy(&request, asked, sizeof request);
    if (request.index != index || request.reply_length > hello->reply_length_max)
        return -EBADMSG;
    struct frame *frame = buffer;
    reply_fill(seed, hello->number, index, frame + 1, request.reply_length);
    frame_make(frame, FRAME_REPLY, frame + 1, request.reply_length);
    return send_full(connection, frame, sizeof *frame + request.reply_length);
}

int converse(int connection, uint64_t seed, const struct hello *hello, void *buffer)
{
    for (uint32_t index = 0; index < hello->requests; index++) {
        int failed = answer(connection, seed, hello, index, buffer);
        if (failed != 0)
            return failed;
    }
    char rest;
    int received = receive_full(connection, &rest, sizeof rest);
    if (received != 0)
        return received < 0 ? received : -EBADMSG;
    return send_empty(connection, FRAME_GOODBYE);
}
