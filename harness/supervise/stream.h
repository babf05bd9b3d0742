/* What a program writes to one of its streams: read as it comes, kept in bounded memory. */
#pragma once

#include <stdbool.h>

#include "supervise/attempt.h"

struct stream {
    int fd;        /* our end of a pipe, non-blocking; -1: over */
    uint64_t word; /* bytes that do not yet fill a word of the hash */
    struct attempt_stream *seen;
};

/* Makes the pipe. *theirs is the caller's. Returns 0 or a negative errno. */
int stream_open(struct attempt_stream *seen, struct stream *out, int *theirs);

/* One reading, so that a program that writes without end does not keep us from the rest. False: nothing is
 * there now, or the stream is over. */
bool stream_read(struct stream *stream);

/* Reads what is still there, though a writer that was handed the pipe and is none of ours may live on; then
 * closes. Accepts a stream that is over. */
void stream_end(struct stream *stream);
