/* Wrappers of the standard streams: open and close, read and write, seek.
 *
 * A failing call leaves what glibc leaves when the device fails under it: the error flag, the orientation to
 * bytes, and, where output failed, nothing of what was waiting in the buffer. Calls that fail for another
 * reason than the device touch no stream. The descriptor of a stream is noted as any other. */
#define __NO_INLINE__ 1 /* the headers are not to define the very functions that are wrapped */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>

#include "exeunt/mark.h"
#include "wrap.h"

/* Fortified twins, and what old and inline functions come to, have no public declaration. */
int _IO_getc(FILE *stream);
int _IO_putc(int byte, FILE *stream);
ssize_t __getdelim(char **line, size_t *size, int delimiter, FILE *stream);
char *__fgets_chk(char *buffer, size_t size, int count, FILE *stream);
char *__fgets_unlocked_chk(char *buffer, size_t size, int count, FILE *stream);
size_t __fread_chk(void *buffer, size_t room, size_t size, size_t count, FILE *stream);
size_t __fread_unlocked_chk(void *buffer, size_t room, size_t size, size_t count, FILE *stream);
int __printf_chk(int flag, const char *format, ...);
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
int __dprintf_chk(int file, int flag, const char *format, ...);
int __vprintf_chk(int flag, const char *format, va_list rest);
int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list rest);
int __vdprintf_chk(int file, int flag, const char *format, va_list rest);

/* Whether a function takes the stream's lock. */
enum locking { UNLOCKED, LOCKED };

/* The stream's descriptor, or -1 if it has none. */
static inline int descriptor_of(FILE *stream)
{
    int saved = errno;
    int fd = fileno(stream);
    errno = saved;
    return fd;
}

/* Whether the errno is that of a device which did not take or give bytes, and not of the call alone. */
static bool is_of_device(int error)
{
    return error != ECHILD && error != EILSEQ && error != EINVAL && error != ENOMEM && error != EOVERFLOW &&
           error != ESPIPE;
}

/* Output in the buffer of a stream that has a device. That of a stream in memory is all that it holds. */
static size_t pending(FILE *stream)
{
    return descriptor_of(stream) >= 0 ? __fpending(stream) : 0;
}

static void lock(FILE *stream, enum locking locking)
{
    if (locking == LOCKED && (stream->_flags & _IO_USER_LOCK) == 0)
        flockfile(stream);
}

static void unlock(FILE *stream, enum locking locking)
{
    if (locking == LOCKED && (stream->_flags & _IO_USER_LOCK) == 0)
        funlockfile(stream);
}

static void orient(FILE *stream)
{
    if (stream->_mode == 0)
        stream->_mode = -1;
}

/* Input failed. A file that is too large for its offset is the device's failure, too. */
static COLD int get_failed(FILE *stream, int error, enum locking locking)
{
    lock(stream, locking);
    orient(stream);
    if (is_of_device(error) || error == EOVERFLOW)
        stream->_flags |= _IO_ERR_SEEN;
    unlock(stream, locking);
    return failed(error);
}

/* What glibc does with output that it could not get rid of. */
static COLD void drop_pending(FILE *stream)
{
    if (pending(stream) > 0)
        __fpurge(stream);
}

/* Output failed. `stream` is NULL if the call has none. */
static COLD int put_failed(FILE *stream, int error, enum locking locking)
{
    if (stream != NULL) {
        lock(stream, locking);
        orient(stream);
        if (is_of_device(error)) {
            drop_pending(stream);
            stream->_flags |= _IO_ERR_SEEN;
        }
        unlock(stream, locking);
    }
    return failed(error);
}

/* A seek failed: only if it had output to get rid of before, the stream is told. */
static COLD int seek_failed(FILE *stream, int error)
{
    if (pending(stream) > 0)
        return put_failed(stream, error, LOCKED);
    return failed(error);
}

/* A flush failed: of input that is not read yet, it is a seek back. */
static COLD int flush_failed(FILE *stream, int error, enum locking locking)
{
    bool seeks = stream != NULL && stream->_IO_read_ptr < stream->_IO_read_end;
    return put_failed(seeks ? NULL : stream, error, locking);
}

/* getline failed. If it came as far as to the device, the line that it reads into is there by then, for the
 * caller to free. */
static COLD ssize_t line_failed(char **line, size_t *size, FILE *stream, int error)
{
    enum { GLIBC_FIRST_SIZE = 120 };
    if (!is_of_device(error))
        return failed(error);
    if (line != NULL && size != NULL && (*line == NULL || *size == 0)) {
        char *made = malloc(GLIBC_FIRST_SIZE);
        *line = made;
        *size = made != NULL ? GLIBC_FIRST_SIZE : 0;
    }
    return get_failed(stream, error, LOCKED);
}

static COLD FILE *no_stream(int error)
{
    errno = error;
    return NULL;
}

static inline FILE *opened(FILE *stream, uintptr_t site)
{
    if (LIKELY(stream != NULL))
        fd_took(fileno(stream), site);
    else
        kernel_refused(errno);
    return stream;
}

typedef FILE *opening(const char *path, const char *mode);

static inline FILE *open_stream(opening *real, const char *path, const char *mode, uintptr_t site)
{
    bool makes = UNLIKELY(preload.trace != NULL) && mode[0] != 'r' && trace_makes(AT_FDCWD, path);
    FILE *stream = opened(real(path, mode), site);
    if (UNLIKELY(makes) && stream != NULL)
        trace_made(AT_FDCWD, path, site);
    return stream;
}

/* A call that makes a stream; `opens` is what it comes to if it is not due. */
#define MAKING_STREAM(point, name, parameters, arguments, opens)                                             \
    REAL(FILE *, name, parameters, arguments)                                                                \
    EXPORT FILE *name parameters                                                                             \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return no_stream(fault.error);                                                                   \
        return opens;                                                                                        \
    }

/* And a descriptor with it. The child of popen is for the family of processes to note: it starts here, and
 * pclose waits for it. */
#define OPENING_STREAM(point, name, parameters, arguments)                                                   \
    MAKING_STREAM(point, name, parameters, arguments, opened(real_##name arguments, CALL_SITE))
#define OPENING_FILE(name)                                                                                   \
    MAKING_STREAM(POINT_FOPEN, name, (const char *path, const char *mode), (path, mode),                     \
                  open_stream(real_##name, path, mode, CALL_SITE))
OPENING_FILE(fopen)
OPENING_FILE(fopen64)
OPENING_STREAM(POINT_TMPFILE, tmpfile, (void), ())
OPENING_STREAM(POINT_TMPFILE, tmpfile64, (void), ())
OPENING_STREAM(POINT_POPEN, popen, (const char *command, const char *mode), (command, mode))

/* These have no descriptor, and that of fdopen stays what it was: taken by the call that made it, given back
 * by fclose. */
MAKING_STREAM(POINT_FMEMOPEN, fmemopen, (void *buffer, size_t size, const char *mode), (buffer, size, mode),
              real_fmemopen(buffer, size, mode))
MAKING_STREAM(POINT_OPEN_MEMSTREAM, open_memstream, (char **buffer, size_t *size), (buffer, size),
              real_open_memstream(buffer, size))
MAKING_STREAM(POINT_FDOPEN, fdopen, (int file, const char *mode), (file, mode), real_fdopen(file, mode))

static inline int close_stream(int (*real)(FILE *), FILE *stream, uintptr_t site)
{
    struct closing closing __attribute__((cleanup(closing_cancelled))) =
        closing_begin(descriptor_of(stream), site);
    int result = real(stream);
    closing_end(&closing, result == -1);
    if (UNLIKELY(result == -1) && closing.fd >= 0)
        kernel_refused(errno);
    return result;
}

/* Whatever they return, the stream is gone. If it is the device that failed, so is what was pending. */
#define CLOSING_STREAM(point, name)                                                                          \
    REAL(int, name, (FILE * stream), (stream))                                                               \
    EXPORT int name(FILE *stream)                                                                            \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (!IF_DUE(point, fault))                                                                           \
            return close_stream(real_##name, stream, CALL_SITE);                                             \
        if (is_of_device(fault.error))                                                                       \
            drop_pending(stream);                                                                            \
        (void)close_stream(real_##name, stream, CALL_SITE);                                                  \
        return failed(fault.error);                                                                          \
    }

CLOSING_STREAM(POINT_FCLOSE, fclose)
CLOSING_STREAM(POINT_PCLOSE, pclose)

typedef FILE *reopening(const char *path, const char *mode, FILE *stream);

/* The stream gets another file under the number that it had. Whose the number was, his it stays; the
 * operation that makes a number of its own out of a closed stream has taken one. */
static FILE *reopen(reopening *real, const char *path, const char *mode, FILE *stream, uintptr_t site)
{
    int fd = descriptor_of(stream);
    struct closing closing __attribute__((cleanup(closing_cancelled))) = closing_begin(fd, site);
    bool makes = UNLIKELY(preload.trace != NULL) && mode[0] != 'r' && trace_makes(AT_FDCWD, path);
    FILE *result = real(path, mode, stream);
    closing.over = true;
    if (UNLIKELY(makes) && result != NULL)
        trace_made(AT_FDCWD, path, site);
    bool own = fd < 0 || ((closing.held & LEDGER_FD_OPEN) != 0 &&
                          (closing.held & LEDGER_OPERATION_MASK) == self.operation);
    if (opened(result, site) != NULL && !own)
        exeunt_mark_transfer(fileno(result));
    return result;
}

/* One that fails has closed the stream's descriptor: as does one for a name that no file can have. */
#define REOPENING_STREAM(name)                                                                               \
    REAL(FILE *, name, (const char *path, const char *mode, FILE *stream), (path, mode, stream))             \
    EXPORT FILE *name(const char *path, const char *mode, FILE *stream)                                      \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (!IF_DUE(POINT_FREOPEN, fault))                                                                   \
            return reopen(real_##name, path, mode, stream, CALL_SITE);                                       \
        (void)reopen(real_##name, "", mode, stream, CALL_SITE);                                              \
        return no_stream(fault.error);                                                                       \
    }

REOPENING_STREAM(freopen)
REOPENING_STREAM(freopen64)

/* The most frequent calls of a program: what is to be done if one is armed stands apart, so that the ordinary
 * way keeps no registers. These are its parameters and arguments. */
#define APART              static __attribute__((noinline))
#define AND_SITE(...)      (__VA_ARGS__, uintptr_t site)
#define AND_CALL_SITE(...) (__VA_ARGS__, CALL_SITE)

/* A call that gets bytes of `stream`. Nothing is exhausted by it: the ordinary way is a jump. */
#define GETTING(point, type, name, parameters, arguments, failure)                                           \
    REAL(type, name, parameters, arguments)                                                                  \
    APART type armed_##name AND_SITE parameters                                                              \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (!fault_due(point, site, SIZE_MAX, &fault))                                                       \
            return real_##name arguments;                                                                    \
        return failure;                                                                                      \
    }                                                                                                        \
    EXPORT type name parameters                                                                              \
    {                                                                                                        \
        if (LIKELY(!fault_armed(point)))                                                                     \
            return real_##name arguments;                                                                    \
        return armed_##name AND_CALL_SITE arguments;                                                         \
    }

#define GETTING_BYTE(point, name, locking)                                                                   \
    GETTING(point, int, name, (FILE * stream), (stream), get_failed(stream, fault.error, locking))
GETTING_BYTE(POINT_FGETC, fgetc, LOCKED)
GETTING_BYTE(POINT_FGETC, fgetc_unlocked, UNLOCKED)
GETTING_BYTE(POINT_GETC, getc, LOCKED)
GETTING_BYTE(POINT_GETC, getc_unlocked, UNLOCKED)
GETTING_BYTE(POINT_GETC, _IO_getc, LOCKED)
GETTING_BYTE(POINT_GETC, __uflow, UNLOCKED) /* the inline getc_unlocked, if the buffer is empty */

#define GETTING_BYTE_OF_INPUT(name, locking)                                                                 \
    REAL(int, name, (void), ())                                                                              \
    EXPORT int name(void)                                                                                    \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(POINT_GETCHAR, fault))                                                                    \
            return get_failed(stdin, fault.error, locking);                                                  \
        return real_##name();                                                                                \
    }
GETTING_BYTE_OF_INPUT(getchar, LOCKED)
GETTING_BYTE_OF_INPUT(getchar_unlocked, UNLOCKED)

#define GETTING_TEXT(name, parameters, arguments, locking)                                                   \
    GETTING(POINT_FGETS, char *, name, parameters, arguments,                                                \
            (get_failed(stream, fault.error, locking), NULL))
GETTING_TEXT(fgets, (char *buffer, int count, FILE *stream), (buffer, count, stream), LOCKED)
GETTING_TEXT(fgets_unlocked, (char *buffer, int count, FILE *stream), (buffer, count, stream), UNLOCKED)
GETTING_TEXT(__fgets_chk, (char *buffer, size_t size, int count, FILE *stream), (buffer, size, count, stream),
             LOCKED)
GETTING_TEXT(__fgets_unlocked_chk, (char *buffer, size_t size, int count, FILE *stream),
             (buffer, size, count, stream), UNLOCKED)

#define GETTING_LINE(point, name, parameters, arguments)                                                     \
    GETTING(point, ssize_t, name, parameters, arguments, line_failed(line, size, stream, fault.error))
GETTING_LINE(POINT_GETLINE, getline, (char **line, size_t *size, FILE *stream), (line, size, stream))
GETTING_LINE(POINT_GETLINE, __getdelim, /* the inline getline */
             (char **line, size_t *size, int delimiter, FILE *stream), (line, size, delimiter, stream))
GETTING_LINE(POINT_GETDELIM, getdelim, (char **line, size_t *size, int delimiter, FILE *stream),
             (line, size, delimiter, stream))

/* A short one gets some bytes, then the device fails: a stream gives fewer only if it failed or has ended.
 * `shorter` are the arguments that get single bytes. */
#define READING_STREAM(name, parameters, arguments, shorter, locking)                                        \
    REAL(size_t, name, parameters, arguments)                                                                \
    APART size_t armed_##name AND_SITE parameters                                                            \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        size_t bytes = size * count, moved = 0;                                                              \
        if (bytes == 0 || !fault_due(POINT_FREAD, site, bytes, &fault))                                      \
            return real_##name arguments;                                                                    \
        if (fault.error == 0) {                                                                              \
            bytes = plan_short_length(bytes, fault.shorten);                                                 \
            moved = real_##name shorter;                                                                     \
            if (moved < bytes)                                                                               \
                return moved / size;                                                                         \
            fault.error = fault_after_short(POINT_FREAD, fault.shorten);                                     \
        }                                                                                                    \
        get_failed(stream, fault.error, locking);                                                            \
        return moved / size;                                                                                 \
    }                                                                                                        \
    EXPORT size_t name parameters                                                                            \
    {                                                                                                        \
        if (LIKELY(!fault_armed(POINT_FREAD)))                                                               \
            return real_##name arguments;                                                                    \
        return armed_##name AND_CALL_SITE arguments;                                                         \
    }

READING_STREAM(fread, (void *buffer, size_t size, size_t count, FILE *stream), (buffer, size, count, stream),
               (buffer, 1, bytes, stream), LOCKED)
READING_STREAM(fread_unlocked, (void *buffer, size_t size, size_t count, FILE *stream),
               (buffer, size, count, stream), (buffer, 1, bytes, stream), UNLOCKED)
READING_STREAM(__fread_chk, (void *buffer, size_t room, size_t size, size_t count, FILE *stream),
               (buffer, room, size, count, stream), (buffer, room, 1, bytes, stream), LOCKED)
READING_STREAM(__fread_unlocked_chk, (void *buffer, size_t room, size_t size, size_t count, FILE *stream),
               (buffer, room, size, count, stream), (buffer, room, 1, bytes, stream), UNLOCKED)

/* The result of a real call that puts bytes somewhere. */
static inline int put(int result)
{
    return LIKELY(result >= 0) ? result : refused();
}

/* A call that puts bytes somewhere. */
#define PUTTING(point, name, parameters, arguments, failure)                                                 \
    REAL(int, name, parameters, arguments)                                                                   \
    APART int armed_##name AND_SITE parameters                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        return fault_due(point, site, SIZE_MAX, &fault) ? failure : put(real_##name arguments);              \
    }                                                                                                        \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        return LIKELY(!fault_armed(point)) ? put(real_##name arguments)                                      \
                                           : armed_##name AND_CALL_SITE arguments;                           \
    }

/* Into `stream`, or, if that is NULL, into a file without one. */
#define PUTTING_INTO(point, name, parameters, arguments, stream, locking)                                    \
    PUTTING(point, name, parameters, arguments, put_failed(stream, fault.error, locking))
#define PUTTING_BYTE(point, name, locking)                                                                   \
    PUTTING_INTO(point, name, (int byte, FILE *stream), (byte, stream), stream, locking)
PUTTING_BYTE(POINT_FPUTC, fputc, LOCKED)
PUTTING_BYTE(POINT_FPUTC, fputc_unlocked, UNLOCKED)
PUTTING_BYTE(POINT_PUTC, putc, LOCKED)
PUTTING_BYTE(POINT_PUTC, putc_unlocked, UNLOCKED)
PUTTING_BYTE(POINT_PUTC, _IO_putc, LOCKED)
PUTTING_INTO(POINT_PUTC, __overflow, (FILE * stream, int byte), (stream, byte), stream, UNLOCKED) /* inline */
PUTTING_INTO(POINT_PUTCHAR, putchar, (int byte), (byte), stdout, LOCKED)
PUTTING_INTO(POINT_PUTCHAR, putchar_unlocked, (int byte), (byte), stdout, UNLOCKED)
PUTTING_INTO(POINT_FPUTS, fputs, (const char *text, FILE *stream), (text, stream), stream, LOCKED)
PUTTING_INTO(POINT_FPUTS, fputs_unlocked, (const char *text, FILE *stream), (text, stream), stream, UNLOCKED)
PUTTING_INTO(POINT_PUTS, puts, (const char *text), (text), stdout, LOCKED)

PUTTING_INTO(POINT_VPRINTF, vprintf, (const char *format, va_list rest), (format, rest), stdout, LOCKED)
PUTTING_INTO(POINT_VPRINTF, __vprintf_chk, (int flag, const char *format, va_list rest), (flag, format, rest),
             stdout, LOCKED)
PUTTING_INTO(POINT_VFPRINTF, vfprintf, (FILE * stream, const char *format, va_list rest),
             (stream, format, rest), stream, LOCKED)
PUTTING_INTO(POINT_VFPRINTF, __vfprintf_chk, (FILE * stream, int flag, const char *format, va_list rest),
             (stream, flag, format, rest), stream, LOCKED)
PUTTING_INTO(POINT_VDPRINTF, vdprintf, (int file, const char *format, va_list rest), (file, format, rest),
             NULL, UNLOCKED)
PUTTING_INTO(POINT_VDPRINTF, __vdprintf_chk, (int file, int flag, const char *format, va_list rest),
             (file, flag, format, rest), NULL, UNLOCKED)

/* The real one is the form that takes the arguments in one. */
#define PRINTING(point, name, parameters, real, arguments, stream)                                           \
    EXPORT int name parameters                                                                               \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        if (IF_DUE(point, fault))                                                                            \
            return put_failed(stream, fault.error, LOCKED);                                                  \
        va_list rest;                                                                                        \
        va_start(rest, format);                                                                              \
        int result = real arguments;                                                                         \
        va_end(rest);                                                                                        \
        return put(result);                                                                                  \
    }

PRINTING(POINT_PRINTF, printf, (const char *format, ...), real_vprintf, (format, rest), stdout)
PRINTING(POINT_PRINTF, __printf_chk, (int flag, const char *format, ...), real___vprintf_chk,
         (flag, format, rest), stdout)
PRINTING(POINT_FPRINTF, fprintf, (FILE * stream, const char *format, ...), real_vfprintf,
         (stream, format, rest), stream)
PRINTING(POINT_FPRINTF, __fprintf_chk, (FILE * stream, int flag, const char *format, ...),
         real___vfprintf_chk, (stream, flag, format, rest), stream)
PRINTING(POINT_DPRINTF, dprintf, (int file, const char *format, ...), real_vdprintf, (file, format, rest),
         NULL)
PRINTING(POINT_DPRINTF, __dprintf_chk, (int file, int flag, const char *format, ...), real___vdprintf_chk,
         (file, flag, format, rest), NULL)

PUTTING(POINT_FFLUSH, fflush, (FILE * stream), (stream), flush_failed(stream, fault.error, LOCKED))
PUTTING(POINT_FFLUSH, fflush_unlocked, (FILE * stream), (stream), flush_failed(stream, fault.error, UNLOCKED))

static inline size_t wrote(size_t written, size_t size, size_t count)
{
    if (UNLIKELY(written < count) && size != 0)
        kernel_refused(errno);
    return written;
}

/* A short one puts some bytes as far as to the device, which then fails. */
#define WRITING_STREAM(name, flush, locking)                                                                 \
    REAL(size_t, name, (const void *buffer, size_t size, size_t count, FILE *stream),                        \
         (buffer, size, count, stream))                                                                      \
    APART size_t armed_##name(const void *buffer, size_t size, size_t count, FILE *stream, uintptr_t site)   \
    {                                                                                                        \
        struct fault fault;                                                                                  \
        size_t bytes = size * count, moved = 0;                                                              \
        if (bytes == 0 || !fault_due(POINT_FWRITE, site, bytes, &fault))                                     \
            return wrote(real_##name(buffer, size, count, stream), size, count);                             \
        if (fault.error == 0) {                                                                              \
            bytes = plan_short_length(bytes, fault.shorten);                                                 \
            moved = real_##name(buffer, 1, bytes, stream);                                                   \
            if (moved < bytes || flush(stream) != 0)                                                         \
                return moved / size;                                                                         \
            fault.error = fault_after_short(POINT_FWRITE, fault.shorten);                                    \
        }                                                                                                    \
        put_failed(stream, fault.error, locking);                                                            \
        return moved / size;                                                                                 \
    }                                                                                                        \
    EXPORT size_t name(const void *buffer, size_t size, size_t count, FILE *stream)                          \
    {                                                                                                        \
        return LIKELY(!fault_armed(POINT_FWRITE))                                                            \
                   ? wrote(real_##name(buffer, size, count, stream), size, count)                            \
                   : armed_##name(buffer, size, count, stream, CALL_SITE);                                   \
    }

WRITING_STREAM(fwrite, real_fflush, LOCKED)
WRITING_STREAM(fwrite_unlocked, real_fflush_unlocked, UNLOCKED)

#define SEEKING(point, name, parameters, arguments)                                                          \
    PUTTING(point, name, parameters, arguments, seek_failed(stream, fault.error))
SEEKING(POINT_FSEEK, fseek, (FILE * stream, long offset, int whence), (stream, offset, whence))
SEEKING(POINT_FSEEKO, fseeko, (FILE * stream, off_t offset, int whence), (stream, offset, whence))
SEEKING(POINT_FSEEKO, fseeko64, (FILE * stream, off64_t offset, int whence), (stream, offset, whence))
SEEKING(POINT_FSETPOS, fsetpos, (FILE * stream, const fpos_t *position), (stream, position))
SEEKING(POINT_FSETPOS, fsetpos64, (FILE * stream, const fpos64_t *position), (stream, position))
PLAIN(POINT_FTELL, long, ftell, (FILE * stream), (stream))
PLAIN(POINT_FTELLO, off_t, ftello, (FILE * stream), (stream))
PLAIN(POINT_FTELLO, off64_t, ftello64, (FILE * stream), (stream))
PLAIN(POINT_FGETPOS, int, fgetpos, (FILE * stream, fpos_t *position), (stream, position))
PLAIN(POINT_FGETPOS, int, fgetpos64, (FILE * stream, fpos64_t *position), (stream, position))
