/* The service's side of a session, on a connection that somebody else opens and closes. Each returns 0 or a
 * negative errno: of the call that failed, or -EACCES (a client that is not who it says), -EBADMSG (that
 * makes no sense), -ECONNABORTED (that leaves in the middle), -ETIMEDOUT (that is silent). */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "protocol.h"

/* How long the client may leave us waiting: SO_RCVTIMEO, to hear it, SO_SNDTIMEO, to be heard. */
int set_patience(int connection, int option, uint32_t time_ms);

/* Hears the client's hello, and welcomes it if it is client `number`. */
int shake_hands(int connection, uint64_t seed, uint64_t number, struct hello *out);

/* Bytes that the largest answer needs. */
size_t answer_room(const struct hello *hello);

/* Answers as many requests as the hello said, until the client closes its side; `buffer` has room for the
 * largest answer. */
int converse(int connection, uint64_t seed, const struct hello *hello, void *buffer);
