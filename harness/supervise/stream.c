/* Decides what is kept of a stream that may be endless: its size, a hash of all, its beginning and end. */
#include "supervise/stream.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/hash.h"

enum { READING_MAX = 64 * 1024, FINAL_READINGS_MAX = 128 /* more than a pipe can hold */ };

int stream_open(struct attempt_stream *seen, struct stream *out, int *theirs)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        return -errno;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    *seen = (struct attempt_stream){.size = 0};
    *out = (struct stream){.fd = ends[0], .seen = seen};
    *theirs = ends[1];
    return 0;
}

static void close_stream(struct stream *stream)
{
    if (stream->fd < 0)
        return;
    close(stream->fd);
    stream->fd = -1;
    stream->seen->hash = hash_add(stream->seen->hash ^ stream->word, stream->seen->size);
}

/* Word by word, wherever the readings cut the stream. */
static void hash(struct stream *stream, const unsigned char *bytes, size_t count)
{
    uint64_t size = stream->seen->size;
    for (size_t i = 0; i < count;) {
        uint64_t whole;
        if (size % sizeof whole == 0 && count - i >= sizeof whole) {
            memcpy(&whole, bytes + i, sizeof whole);
            stream->seen->hash = hash_mix(stream->seen->hash ^ le64toh(whole));
            i += sizeof whole;
            size += sizeof whole;
            continue;
        }
        stream->word |= (uint64_t)bytes[i++] << (size % sizeof whole * 8);
        if (++size % sizeof whole != 0)
            continue;
        stream->seen->hash = hash_mix(stream->seen->hash ^ stream->word);
        stream->word = 0;
    }
}

static void keep(struct attempt_stream *seen, const char *bytes, size_t count)
{
    size_t head = ATTEMPT_HEAD_MAX - seen->head_length;
    head = head < count ? head : count;
    memcpy(seen->head + seen->head_length, bytes, head);
    seen->head_length += (uint32_t)head;
    size_t added = count < ATTEMPT_TAIL_MAX ? count : ATTEMPT_TAIL_MAX;
    size_t kept = ATTEMPT_TAIL_MAX - added;
    kept = kept < seen->tail_length ? kept : seen->tail_length;
    memmove(seen->tail, seen->tail + seen->tail_length - kept, kept);
    memcpy(seen->tail + kept, bytes + count - added, added);
    seen->tail_length = (uint32_t)(kept + added);
}

bool stream_read(struct stream *stream)
{
    char bytes[READING_MAX];
    ssize_t length = stream->fd >= 0 ? read(stream->fd, bytes, sizeof bytes) : 0;
    if (length > 0) {
        hash(stream, (const unsigned char *)bytes, (size_t)length);
        keep(stream->seen, bytes, (size_t)length);
        stream->seen->size += (uint64_t)length;
        return true;
    }
    if (length == 0 || (errno != EAGAIN && errno != EINTR))
        close_stream(stream);
    return false;
}

void stream_end(struct stream *stream)
{
    for (unsigned i = 0; i < FINAL_READINGS_MAX && stream_read(stream); i++)
        ;
    close_stream(stream);
}
