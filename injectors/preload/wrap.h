/* The shapes that wrappers have in more than one family: a call that takes a descriptor, one that does not.
 * What is special to a family stands in its file. */
#pragma once

#include <errno.h>
#include <fcntl.h>

#include "trace.h"

#define IF_DUE(point, fault) (fault_armed(point) && fault_due(point, CALL_SITE, SIZE_MAX, &(fault)))

/* errno of a fault, as the result of a call. */
static COLD __attribute__((unused)) int failed(int error)
{
    errno = error;
    return -1;
}

static COLD __attribute__((unused)) int refused(void)
{
    kernel_refused(errno);
    return -1;
}

/* A call that returns -1 on failure and neither takes nor gives a descriptor. */
#define PLAIN(point, type, name, parameters, arguments)                                                      \
    REAL(type, name, parameters, arguments)                                                                  \
    EXPORT type name parameters                                                                              \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault)) {                                                                          \
            if (fault.done)                                                                                  \
                (void)real_##name arguments;                                                                 \
            return failed(fault.error);                                                                      \
        }                                                                                                    \
        type result = real_##name arguments;                                                                 \
        return LIKELY(result != -1) ? result : refused();                                                    \
    }

/* As PLAIN, but moves up to `count` bytes and can be shortened. */
#define WRITING(point, name, parameters, arguments)                                                          \
    REAL(ssize_t, name, parameters, arguments)                                                               \
    EXPORT ssize_t name parameters                                                                           \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (fault_armed(point) && fault_due(point, CALL_SITE, count, &fault)) {                              \
            if (fault.error != 0)                                                                            \
                return failed(fault.error);                                                                  \
            count = plan_short_length(count, fault.shorten);                                                 \
        }                                                                                                    \
        ssize_t result = real_##name arguments;                                                              \
        return LIKELY(result != -1) ? result : refused();                                                    \
    }

/* As WRITING, but nothing is exhausted by it: the ordinary way is a jump. */
#define READING(point, name, parameters, arguments)                                                          \
    REAL(ssize_t, name, parameters, arguments)                                                               \
    EXPORT ssize_t name parameters                                                                           \
    {                                                                                                        \
        if (LIKELY(!fault_armed(point)))                                                                     \
            return real_##name arguments;                                                                    \
        struct fault fault;                                                                                  \
        if (fault_due(point, CALL_SITE, count, &fault)) {                                                    \
            if (fault.error != 0)                                                                            \
                return failed(fault.error);                                                                  \
            count = plan_short_length(count, fault.shorten);                                                 \
        }                                                                                                    \
        return real_##name arguments;                                                                        \
    }

/* A call that returns a new descriptor; the body's middle, for functions with variable arguments. */
#define TAKE(point, name, arguments)                                                                         \
    struct fault fault;                                                                                      \
    if (IF_DUE(point, fault))                                                                                \
        return failed(fault.error);                                                                          \
    int fd = real_##name arguments;                                                                          \
    if (UNLIKELY(fd < 0))                                                                                    \
        return refused();                                                                                    \
    fd_took(fd, CALL_SITE);                                                                                  \
    return fd

#define TAKING(point, name, parameters, arguments)                                                           \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        TAKE(point, name, arguments);                                                                        \
    }

/* A call that makes a temporary file, whose name it puts into `pattern`. */
#define MAKING_TEMP(point, name, parameters, arguments)                                                      \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
        int fd = real_##name arguments;                                                                      \
        if (UNLIKELY(fd < 0))                                                                                \
            return refused();                                                                                \
        fd_took(fd, CALL_SITE);                                                                              \
        temp_made(pattern, CALL_SITE);                                                                       \
        trace_made(AT_FDCWD, pattern, CALL_SITE);                                                            \
        return fd;                                                                                           \
    }

/* A name, relative to the folder, means nothing any more, or something else. */
static inline __attribute__((unused)) void name_gone(int folder, const char *name)
{
    if (UNLIKELY(preload.watch_temps) && (folder == AT_FDCWD || name[0] == '/'))
        temp_gone(name);
    if (UNLIKELY(preload.trace != NULL))
        trace_removed(folder, name);
}

/* A call after which the name `gone`, relative to `folder`, means nothing or something else; `made`, relative
 * to `to_folder`, is its new name, NULL: it has none. */
#define REMOVING(point, name, parameters, arguments, folder, gone, to_folder, made)                          \
    REAL(int, name, parameters, arguments)                                                                   \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return failed(fault.error);                                                                      \
        bool makes = UNLIKELY(preload.trace != NULL) && trace_makes(to_folder, made);                        \
        int result = real_##name arguments;                                                                  \
        if (UNLIKELY(result == -1))                                                                          \
            return refused();                                                                                \
        name_gone(folder, gone);                                                                             \
        if (UNLIKELY(makes))                                                                                 \
            trace_made(to_folder, made, CALL_SITE);                                                          \
        return result;                                                                                       \
    }

/* A close that is going on. If the thread is cancelled in it before it did anything, the descriptor is
 * still open, and its slot must say so. */
struct closing {
    int fd;
    bool over;
    uint64_t held;
    uintptr_t site;
};

static inline struct closing closing_begin(int fd, uintptr_t site)
{
    struct closing closing = {.fd = fd, .held = fd_giving(fd, site), .site = site};
    if (UNLIKELY(fd_is_foreign(closing.held)))
        fd_closed_wrongly(LEDGER_FOREIGN_CLOSE, fd, site);
    return closing;
}

static inline void closing_end(struct closing *closing, bool failed_by_kernel)
{
    closing->over = true;
    if (UNLIKELY(failed_by_kernel))
        judge_failed_close(closing->fd, closing->held, closing->site);
}

static inline void closing_cancelled(struct closing *closing)
{
    if (UNLIKELY(!closing->over))
        fd_kept(closing->fd, closing->held);
}
