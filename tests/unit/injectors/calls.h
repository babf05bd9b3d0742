/* The functions under test, a table for each family: how each is called, and what it does when it succeeds.
 */
#pragma once

#include <errno.h>
#include <stddef.h>
#include <sys/uio.h>

#include "fixture.h"

enum { ASKED_MAX = 40, UNTOUCHED = 0xaa };

/* What calls move, or write their results to. */
extern size_t asked;                            /* bytes that a call is to move */
extern unsigned char buffer[ASKED_MAX];         /* UNTOUCHED before a call */
extern struct iovec vector[3];                  /* the same, in pieces */
extern _Alignas(64) unsigned char results[512]; /* 0 before a call: whatever else a call writes */

/* What a call does to the picture when it succeeds; some mark the stream with its error flag when they fail.
 */
enum effect { CHANGES, LEAVES, CHANGES_OR_MARKS, LEAVES_OR_MARKS };

/* `call` returns -1 with errno set on failure, whatever the function's own way is. */
struct function {
    const char *name;
    long (*call)(struct fixture *f);
    enum effect effect;
};

#define CALL(name, ...)                                                                                      \
    static long call_##name(struct fixture *f)                                                               \
    {                                                                                                        \
        (void)f;                                                                                             \
        return (long)(__VA_ARGS__);                                                                          \
    }

/* clang-format off */
#define CHANGING(name) {#name, call_##name, CHANGES}
#define LEAVING(name)  {#name, call_##name, LEAVES}
#define MARKING(name)  {#name, call_##name, CHANGES_OR_MARKS}
/* clang-format on */

/* Each ends with a NULL name. */
extern const struct function io_calls[];
extern const struct function mem_calls[];
extern const struct function stdio_calls[];
extern const struct function thread_calls[];
