/* The functions under test, a table for each family: how each is called, and what it does when it succeeds.
 */
#pragma once

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/uio.h>

#include "fixture.h"

enum { ASKED_MAX = 40, UNTOUCHED = 0xaa };

/* What `call` returns if errno is not as it was, though the function has no business with it. */
enum { TOUCHED_ERRNO = -2 };

/* What calls move, or write their results to. */
extern size_t asked;                            /* bytes that a call is to move */
extern unsigned char buffer[ASKED_MAX];         /* UNTOUCHED before a call */
extern struct iovec vector[3];                  /* the same, in pieces */
extern _Alignas(64) unsigned char results[512]; /* 0 before a call: whatever else a call writes */

/* What a call does to the picture when it succeeds; some mark the stream with its error flag when they fail.
 * Some make the program another one. */
enum effect { CHANGES, LEAVES, CHANGES_OR_MARKS, LEAVES_OR_MARKS, REPLACES };

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

/* A function that returns its error, 0 for none, and leaves errno alone. */
#define RETURNS(name, ...)                                                                                   \
    static long call_##name(struct fixture *f)                                                               \
    {                                                                                                        \
        (void)f;                                                                                             \
        int before = errno, error = (__VA_ARGS__);                                                           \
        if (errno != before)                                                                                 \
            return TOUCHED_ERRNO;                                                                            \
        errno = error;                                                                                       \
        return error == 0 ? 0 : -1;                                                                          \
    }

/* clang-format off */
#define CHANGING(name) {#name, call_##name, CHANGES}
#define LEAVING(name)  {#name, call_##name, LEAVES}
#define MARKING(name)  {#name, call_##name, CHANGES_OR_MARKS}
#define REPLACING(name) {#name, call_##name, REPLACES}
/* clang-format on */

/* Each ends with a NULL name. */
extern const struct function io_calls[];
extern const struct function mem_calls[];
extern const struct function kernel_calls[];
extern const struct function proc_calls[];
extern const struct function lock_calls[];
extern const struct function net_calls[];
extern const struct function stdio_calls[];
extern const struct function thread_calls[];

/* What calls of the family need beside the fixture: made just before the call of that name. */
void prepare_kernel_call(struct fixture *f, const char *name);
void prepare_proc_call(struct fixture *f, const char *name);
void prepare_net_call(struct fixture *f, const char *name);

/* What a program is given that replaces this one: it says that the call has done its work. */
extern char *replacement[6];

/* Makes what the function needs. */
void prepare_call(const struct function *function, struct fixture *f);

/* Calls the function in threads that are being cancelled, in vain, at once or later: pending before a call
 * that fails, one that is delayed and one that is made, and while libfiu is asked whether the call fails.
 * Says what is wrong by `expect`. */
void cancel_calls(const struct function *function, bool has_errnos);

/* Says what is wrong unless the condition holds: then the program's status is 1. */
void expect(bool condition, const char *function, const char *errno_name, const char *what);
