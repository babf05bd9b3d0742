/* Standard streams. That of the fixture has no buffer, so that the picture shows at once what a call did. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "calls.h"

int _IO_getc(FILE *stream);
int _IO_putc(int byte, FILE *stream);
char *__fgets_chk(char *text, size_t size, int count, FILE *stream);
char *__fgets_unlocked_chk(char *text, size_t size, int count, FILE *stream);
size_t __fread_chk(void *bytes, size_t room, size_t size, size_t count, FILE *stream);
size_t __fread_unlocked_chk(void *bytes, size_t room, size_t size, size_t count, FILE *stream);
int __printf_chk(int flag, const char *format, ...);
int __fprintf_chk(FILE *stream, int flag, const char *format, ...);
int __dprintf_chk(int file, int flag, const char *format, ...);
int __vprintf_chk(int flag, const char *format, va_list rest);
int __vfprintf_chk(FILE *stream, int flag, const char *format, va_list rest);
int __vdprintf_chk(int file, int flag, const char *format, va_list rest);

static long found(const void *pointer)
{
    return pointer != NULL ? 0 : -1;
}

static long moved(size_t count)
{
    return count > 0 ? (long)count : -1;
}

/* A child that were still to start when the program has ended would join the ledger of the next. */
static long started(FILE *stream)
{
    int saved = errno;
    while (stream != NULL && syscall(SYS_wait4, -1, NULL, 0, NULL) > 0)
        continue;
    errno = saved;
    return found(stream);
}

/* A getline that fails leaves a line behind, as one that succeeds. */
static char *line;
static size_t line_size;

static long without_line(ssize_t length)
{
    int saved = errno;
    free(line);
    line = NULL;
    line_size = 0;
    errno = saved;
    return length;
}

/* A call on standard input or output, for which the fixture's stream stands in. */
#define CALL_STANDARD(name, ...)                                                                             \
    static long call_##name(struct fixture *f)                                                               \
    {                                                                                                        \
        FILE *input = stdin, *output = stdout;                                                               \
        stdin = stdout = f->stream;                                                                          \
        long result = (__VA_ARGS__);                                                                         \
        stdin = input;                                                                                       \
        stdout = output;                                                                                     \
        return result;                                                                                       \
    }

/* A call that takes the arguments for its format in one. */
#define CALL_REST(define, name, ...)                                                                         \
    static int rest_##name(struct fixture *f, ...)                                                           \
    {                                                                                                        \
        va_list rest;                                                                                        \
        va_start(rest, f);                                                                                   \
        int result = name(__VA_ARGS__);                                                                      \
        va_end(rest);                                                                                        \
        return result;                                                                                       \
    }                                                                                                        \
    define(name, rest_##name(f, 1234))

CALL(fopen, found(fopen(f->new, "w")))
CALL(fopen64, found(fopen64(f->from, "r+")))
CALL(fdopen, found(fdopen(f->other, "r+")))
CALL(freopen, found(freopen(f->to, "r+", f->stream)))
CALL(freopen64, found(freopen64(f->from, "w", f->stream)))
CALL(fclose, fclose(f->stream))
CALL(fmemopen, found(fmemopen(NULL, 10, "w+")))
CALL(open_memstream, found(open_memstream((char **)results, (size_t *)(results + 8))))
CALL(popen, started(popen("exit 0", "r")))
CALL(pclose, pclose(f->stream)) /* glibc closes any stream by it; that of a child: stdio_target.c */
CALL(tmpfile, found(tmpfile()))
CALL(tmpfile64, found(tmpfile64()))

CALL(fread, moved(fread(buffer, 1, asked, f->stream)))
CALL(fread_unlocked, moved(fread_unlocked(buffer, 1, asked, f->stream)))
CALL(__fread_chk, moved(__fread_chk(buffer, asked, 1, asked, f->stream)))
CALL(__fread_unlocked_chk, moved(__fread_unlocked_chk(buffer, asked, 1, asked, f->stream)))
CALL(fwrite, moved(fwrite(buffer, 1, asked, f->stream)))
CALL(fwrite_unlocked, moved(fwrite_unlocked(buffer, 1, asked, f->stream)))

CALL(fgetc, fgetc(f->stream))
CALL(fgetc_unlocked, fgetc_unlocked(f->stream))
CALL(getc, getc(f->stream))
CALL(getc_unlocked, getc_unlocked(f->stream))
CALL(_IO_getc, _IO_getc(f->stream))
CALL(__uflow, __uflow(f->stream))
CALL_STANDARD(getchar, getchar())
CALL_STANDARD(getchar_unlocked, getchar_unlocked())
CALL(fgets, found(fgets((char *)buffer, ASKED_MAX, f->stream)))
CALL(fgets_unlocked, found(fgets_unlocked((char *)buffer, ASKED_MAX, f->stream)))
CALL(__fgets_chk, found(__fgets_chk((char *)buffer, ASKED_MAX, ASKED_MAX, f->stream)))
CALL(__fgets_unlocked_chk, found(__fgets_unlocked_chk((char *)buffer, ASKED_MAX, ASKED_MAX, f->stream)))
CALL(getline, without_line(getline(&line, &line_size, f->stream)))
CALL(__getdelim, without_line(__getdelim(&line, &line_size, '\n', f->stream)))
CALL(getdelim, without_line(getdelim(&line, &line_size, 20, f->stream)))

CALL(fputc, fputc('x', f->stream))
CALL(fputc_unlocked, fputc_unlocked('x', f->stream))
CALL(putc, putc('x', f->stream))
CALL(putc_unlocked, putc_unlocked('x', f->stream))
CALL(_IO_putc, _IO_putc('x', f->stream))
CALL(__overflow, __overflow(f->stream, 'x'))
CALL_STANDARD(putchar, putchar('x'))
CALL_STANDARD(putchar_unlocked, putchar_unlocked('x'))
CALL(fputs, fputs("text", f->stream))
CALL(fputs_unlocked, fputs_unlocked("text", f->stream))
CALL_STANDARD(puts, puts("text"))

CALL_STANDARD(printf, printf("%d", 1234))
CALL_STANDARD(__printf_chk, __printf_chk(1, "%d", 1234))
CALL(fprintf, fprintf(f->stream, "%d", 1234))
CALL(__fprintf_chk, __fprintf_chk(f->stream, 1, "%d", 1234))
CALL(dprintf, dprintf(f->other, "%d", 1234))
CALL(__dprintf_chk, __dprintf_chk(f->other, 1, "%d", 1234))
CALL_REST(CALL_STANDARD, vprintf, "%d", rest)
CALL_REST(CALL_STANDARD, __vprintf_chk, 1, "%d", rest)
CALL_REST(CALL, vfprintf, f->stream, "%d", rest)
CALL_REST(CALL, __vfprintf_chk, f->stream, 1, "%d", rest)
CALL_REST(CALL, vdprintf, f->other, "%d", rest)
CALL_REST(CALL, __vdprintf_chk, f->other, 1, "%d", rest)

CALL(fflush, fflush(f->stream))
CALL(fflush_unlocked, fflush_unlocked(f->stream))
CALL(fseek, fseek(f->stream, 50, SEEK_SET))
CALL(fseeko, fseeko(f->stream, 50, SEEK_SET))
CALL(fseeko64, fseeko64(f->stream, 50, SEEK_SET))
CALL(fsetpos, fsetpos(f->stream, &(fpos_t){.__pos = 50}))
CALL(fsetpos64, fsetpos64(f->stream, &(fpos64_t){.__pos = 50}))
CALL(ftell, ftell(f->stream))
CALL(ftello, ftello(f->stream))
CALL(ftello64, ftello64(f->stream))
CALL(fgetpos, fgetpos(f->stream, (fpos_t *)results))
CALL(fgetpos64, fgetpos64(f->stream, (fpos64_t *)results))

/* clang-format off */
#define FLUSHING(name) {#name, call_##name, LEAVES_OR_MARKS}
/* clang-format on */

const struct function stdio_calls[] = {
    CHANGING(fopen),
    CHANGING(fopen64),
    LEAVING(fdopen),
    CHANGING(freopen),
    CHANGING(freopen64),
    CHANGING(fclose),
    LEAVING(fmemopen),
    LEAVING(open_memstream),
    CHANGING(popen),
    CHANGING(pclose),
    CHANGING(tmpfile),
    CHANGING(tmpfile64),
    MARKING(fread),
    MARKING(fread_unlocked),
    MARKING(__fread_chk),
    MARKING(__fread_unlocked_chk),
    MARKING(fwrite),
    MARKING(fwrite_unlocked),
    MARKING(fgetc),
    MARKING(fgetc_unlocked),
    MARKING(getc),
    MARKING(getc_unlocked),
    MARKING(_IO_getc),
    MARKING(__uflow),
    MARKING(getchar),
    MARKING(getchar_unlocked),
    MARKING(fgets),
    MARKING(fgets_unlocked),
    MARKING(__fgets_chk),
    MARKING(__fgets_unlocked_chk),
    MARKING(getline),
    MARKING(__getdelim),
    MARKING(getdelim),
    MARKING(fputc),
    MARKING(fputc_unlocked),
    MARKING(putc),
    MARKING(putc_unlocked),
    MARKING(_IO_putc),
    MARKING(__overflow),
    MARKING(putchar),
    MARKING(putchar_unlocked),
    MARKING(fputs),
    MARKING(fputs_unlocked),
    MARKING(puts),
    MARKING(printf),
    MARKING(__printf_chk),
    MARKING(fprintf),
    MARKING(__fprintf_chk),
    CHANGING(dprintf),
    CHANGING(__dprintf_chk),
    MARKING(vprintf),
    MARKING(__vprintf_chk),
    MARKING(vfprintf),
    MARKING(__vfprintf_chk),
    CHANGING(vdprintf),
    CHANGING(__vdprintf_chk),
    FLUSHING(fflush),
    FLUSHING(fflush_unlocked),
    CHANGING(fseek),
    CHANGING(fseeko),
    CHANGING(fseeko64),
    CHANGING(fsetpos),
    CHANGING(fsetpos64),
    LEAVING(ftell),
    LEAVING(ftello),
    LEAVING(ftello64),
    LEAVING(fgetpos),
    LEAVING(fgetpos64),
    {NULL, NULL, LEAVES},
};
