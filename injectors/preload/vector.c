/* Wrappers of the calls that move bytes of several buffers at once. */
#include <limits.h>
#include <sys/uio.h>

#include "wrap.h"

/* Bytes of a vector; 0 if the vector is none. */
static size_t vector_length(const struct iovec *vector, int count)
{
    size_t length = 0;
    for (int i = 0; i < count && count <= IOV_MAX; i++)
        length += vector[i].iov_len;
    return length;
}

/* A vector that moves fewer bytes: the same buffers up to the shorter length. Returns their number. */
static int shorten_vector(const struct iovec *vector, int count, uint64_t choice, struct iovec *out)
{
    size_t left = plan_short_length(vector_length(vector, count), choice);
    int used = 0;
    for (; used < count && left > 0; used++) {
        out[used] = vector[used];
        if (out[used].iov_len > left)
            out[used].iov_len = left;
        left -= out[used].iov_len;
    }
    return used;
}

#define WITHOUT_PARENTHESES(...) __VA_ARGS__

/* The short call stands out of the way of an ordinary one, which may run on a small stack and gets no room
 * for the copy. */
#define MOVING_VECTOR(point, name, parameters, arguments)                                                    \
    REAL(ssize_t, name, parameters, arguments)                                                               \
    static COLD ssize_t short_##name(uint64_t choice, WITHOUT_PARENTHESES parameters)                        \
    {                                                                                                        \
        struct iovec shorter[IOV_MAX];                                                                       \
        count = shorten_vector(vector, count, choice, shorter);                                              \
        vector = shorter;                                                                                    \
        return real_##name arguments;                                                                        \
    }                                                                                                        \
    EXPORT ssize_t name parameters                                                                           \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        bool due = fault_armed(point) && fault_due(point, CALL_SITE, vector_length(vector, count), &fault);  \
        if (UNLIKELY(due && fault.error != 0))                                                               \
            return failed(fault.error);                                                                      \
        ssize_t result = LIKELY(!due) ? real_##name arguments                                                \
                                      : short_##name(fault.shorten, WITHOUT_PARENTHESES arguments);          \
        return LIKELY(result != -1) ? result : refused();                                                    \
    }

MOVING_VECTOR(POINT_READV, readv, (int file, const struct iovec *vector, int count), (file, vector, count))
MOVING_VECTOR(POINT_WRITEV, writev, (int file, const struct iovec *vector, int count), (file, vector, count))
MOVING_VECTOR(POINT_PREADV, preadv, (int file, const struct iovec *vector, int count, off_t offset),
              (file, vector, count, offset))
MOVING_VECTOR(POINT_PREADV, preadv64, (int file, const struct iovec *vector, int count, off64_t offset),
              (file, vector, count, offset))
MOVING_VECTOR(POINT_PWRITEV, pwritev, (int file, const struct iovec *vector, int count, off_t offset),
              (file, vector, count, offset))
MOVING_VECTOR(POINT_PWRITEV, pwritev64, (int file, const struct iovec *vector, int count, off64_t offset),
              (file, vector, count, offset))
