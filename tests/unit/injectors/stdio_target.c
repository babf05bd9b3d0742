/* Programs in miniature for the standard streams: what takes and gives a stream's descriptor, right or wrong,
 * and what a failed call leaves. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

static bool is_open(int fd)
{
    return syscall(SYS_fcntl, fd, F_GETFD) != -1;
}

static FILE *open_stream(void)
{
    FILE *stream = fopen("/dev/null", "r+");
    need(stream != NULL);
    return stream;
}

static void leak(void)
{
    open_stream();
}

static void close_in_time(void)
{
    need(fclose(open_stream()) == 0);
}

static void leak_temporary(void)
{
    need(tmpfile() != NULL);
}

static void leak_child(void)
{
    need(popen("exit 0", "r") != NULL && wait(NULL) > 0);
}

static void close_child(void)
{
    FILE *stream = popen("exit 7", "r");
    need(stream != NULL && pclose(stream) == 7 << 8);
}

/* The stream is closed and the child waited for all the same. */
static void close_child_fails(void)
{
    FILE *stream = popen("exit 7", "r");
    need(stream != NULL);
    int fd = fileno(stream);
    need(pclose(stream) == -1 && errno == ECHILD && !is_open(fd));
    need(waitpid(-1, NULL, WNOHANG) == -1 && errno == ECHILD);
}

static void leak_in_place(void)
{
    need(fopen("/dev/null", "r") != NULL), exeunt_end(-__LINE__);
}

static void leak_temporary_in_place(void)
{
    need(tmpfile() != NULL), exeunt_end(-__LINE__);
}

static void leak_adopted_in_place(void)
{
    int line, fd = open("/dev/null", O_RDONLY);
    line = __LINE__ - 1;
    need(fdopen(fd, "r") != NULL);
    exeunt_end(-line);
}

static void leak_reopened_in_place(void)
{
    FILE *stream = open_stream();
    need(freopen("/dev/zero", "r", stream) != NULL), exeunt_end(-__LINE__);
}

static void adopt(void)
{
    FILE *stream = fdopen(open_null(), "r");
    need(stream != NULL && fclose(stream) == 0);
}

static void leak_adopted(void)
{
    need(fdopen(open_null(), "r") != NULL);
}

/* The descriptor stays with the caller, who closes it. */
static void adopt_badly(void)
{
    int fd = open_null();
    need(fdopen(fd, "no mode") == NULL && errno == EINVAL && close(fd) == 0);
}

static void adopt_refused(void)
{
    int fd = open_null();
    need(fdopen(fd, "r") == NULL && errno == ENOMEM && is_open(fd) && close(fd) == 0);
}

static void adopt_refused_and_leak(void)
{
    need(fdopen(open_null(), "r") == NULL && errno == ENOMEM);
}

static void close_after_fclose(void)
{
    FILE *stream = open_stream();
    int fd = fileno(stream);
    need(fclose(stream) == 0 && close(fd) == -1 && errno == EBADF);
}

static void fclose_after_close(void)
{
    FILE *stream = open_stream();
    need(close(fileno(stream)) == 0 && fclose(stream) == EOF && errno == EBADF);
}

static void fclose_fails(void)
{
    FILE *stream = open_stream();
    int fd = fileno(stream);
    need(fclose(stream) == EOF && errno == ENOSPC && !is_open(fd));
}

/* What was not written yet is lost, as it is when the disk is full. */
static void fclose_fails_with_output(void)
{
    char path[] = "/tmp/exeunt-fclose-XXXXXX";
    int fd = mkstemp(path), watch = dup(fd);
    FILE *stream = fdopen(fd, "r+");
    need(stream != NULL && watch >= 0 && unlink(path) == 0 && fputs("pending", stream) >= 0);
    need(fclose(stream) == EOF && errno == EIO && !is_open(fd));
    need(lseek(watch, 0, SEEK_END) == 0 && close(watch) == 0);
}

static void *fclose_as_operation(void *stream)
{
    exeunt_begin(2);
    need(fclose(stream) == 0);
    exeunt_end(0);
    return NULL;
}

static void closed_by_another_operation(void)
{
    in_thread(fclose_as_operation, open_stream());
}

static void reopen(void)
{
    FILE *stream = open_stream();
    int fd = fileno(stream);
    need(freopen("/dev/zero", "r", stream) == stream && fileno(stream) == fd && fclose(stream) == 0);
}

static void reopen_and_leak(void)
{
    need(freopen("/dev/zero", "r", open_stream()) != NULL);
}

/* What is left of the stream has no descriptor. */
static void reopen_nothing(void)
{
    FILE *stream = open_stream();
    int fd = fileno(stream);
    need(freopen("/nonexistent", "r", stream) == NULL && errno == ENOENT && !is_open(fd));
    need(fclose(stream) == EOF && errno == EBADF);
}

static void reopen_refused(void)
{
    FILE *stream = open_stream();
    int fd = fileno(stream);
    need(freopen("/dev/zero", "r", stream) == NULL && errno == EMFILE && !is_open(fd));
    need(fileno(stream) == -1 && fclose(stream) == EOF && errno == EBADF);
}

static void reopen_what_is_closed(void)
{
    FILE *stream = open_stream();
    need(freopen("/nonexistent", "r", stream) == NULL && freopen("/dev/zero", "r", stream) == stream);
}

/* A log that is rotated: the stream is nobody's before, and nobody's it stays. */
static void reopen_borrowed(void)
{
    exeunt_end(0);
    FILE *stream = open_stream();
    exeunt_begin(2);
    need(freopen("/dev/zero", "r", stream) == stream && freopen("/dev/null", "r", stdin) == stdin);
}

static void *reopen_as_operation(void *stream)
{
    exeunt_begin(2);
    need(freopen("/dev/zero", "r", stream) == stream);
    exeunt_end(0);
    return NULL;
}

static void reopened_by_another_operation(void)
{
    in_thread(reopen_as_operation, open_stream());
}

/* They have no descriptor that somebody could leave behind, and what they hold is not lost by a failure. */
static void streams_in_memory(void)
{
    char *made = NULL, room[8] = "";
    size_t size = 0;
    errno = 0;
    FILE *growing = open_memstream(&made, &size), *fixed = fmemopen(room, sizeof room, "w");
    need(errno == 0 && growing != NULL && fixed != NULL && fputs("kept", growing) >= 0 &&
         fputs("kept", fixed) >= 0);
    need(fputc('x', growing) == EOF && errno == EIO && ferror(growing));
    need(fputc('x', fixed) == EOF && errno == EIO && ferror(fixed));
    fclose(growing);
    fclose(fixed);
    need(strcmp(made, "kept") == 0 && strcmp(room, "kept") == 0);
    free(made);
    FILE *another = fmemopen(room, sizeof room, "r");
    errno = 0;
    need(another != NULL && fclose(another) == 0 && errno == 0);
}

static void *cancelled_fclose(void *stream)
{
    need(fputs("pending", stream) >= 0);
    need(pthread_cancel(pthread_self()) == 0); /* acts at the next cancellation point: the write */
    fclose(stream);
    _exit(1);
}

static void cancelled_in_fclose(void)
{
    FILE *stream = open_stream();
    int fd = fileno(stream);
    in_thread(cancelled_fclose, stream);
    need(is_open(fd));
}

static void exhaust_descriptors(void)
{
    struct rlimit limit = {20, 20};
    FILE *stream;
    need(setrlimit(RLIMIT_NOFILE, &limit) == 0);
    while ((stream = fopen("/dev/null", "r")) != NULL)
        exeunt_transfer(fileno(stream));
    need(errno == EMFILE && popen("exit 0", "r") == NULL && tmpfile() == NULL);
}

static FILE *full(void)
{
    FILE *stream = fopen("/dev/full", "w");
    need(stream != NULL && setvbuf(stream, NULL, _IONBF, 0) == 0);
    return stream;
}

/* Six calls that the kernel refuses for want of space, and one that only comes after such a one. */
static void exhaust_space(void)
{
    FILE *stream = full(), *buffered = fopen("/dev/full", "w");
    need(fputc('x', stream) == EOF && fputs("text", stream) == EOF && fprintf(stream, "%d", 1) == -1);
    need(fwrite("text", 1, 4, stream) == 0 && fwrite("text", 0, 4, stream) == 0);
    need(fputc('x', buffered) == 'x' && fflush(buffered) == EOF && fclose(stream) == 0);
    need(fputc('x', buffered) == 'x' && fclose(buffered) == EOF && errno == ENOSPC);
}

enum { SHORT_ROUNDS = 50, ASKED = 64 };

static char content[ASKED + 1] = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.,";

/* A short fread has got what it says, and more than nothing is missing; then the stream has failed. */
static void read_short(void)
{
    for (size_t i = 0; i < SHORT_ROUNDS; i++) {
        char got[ASKED + 8] = "";
        size_t size = i % 8 + 1, count = ASKED / size;
        FILE *stream = fmemopen(content, ASKED, "r");
        need(stream != NULL);
        size_t items = fread(got, size, count, stream);
        int error = errno;
        need(items < count && memcmp(got, content, items * size) == 0);
        need(ferror(stream) && !feof(stream) && exeunt_injected(error));
        clearerr(stream);
        long position = ftell(stream);
        need(position > 0 && position < ASKED && (size_t)position / size == items);
        fclose(stream);
    }
}

/* What a short fwrite says that it has written is in the file. */
static void write_short(void)
{
    for (size_t i = 0; i < SHORT_ROUNDS; i++) {
        char path[] = "/tmp/exeunt-short-XXXXXX", written[ASKED];
        size_t size = i % 8 + 1, count = ASKED / size;
        int fd = mkstemp(path);
        FILE *stream = fdopen(fd, "r+");
        need(stream != NULL && unlink(path) == 0);
        size_t items = fwrite(content, size, count, stream);
        int error = errno;
        need(items < count && ferror(stream) && exeunt_injected(error));
        ssize_t length = pread(fd, written, sizeof written, 0);
        need(length > 0 && length < ASKED && (size_t)length / size == items);
        need(memcmp(written, content, (size_t)length) == 0 && fclose(stream) == 0);
    }
}

/* Who asks for nothing cannot be refused. */
static void move_nothing(void)
{
    FILE *stream = open_stream();
    need(fread(content, 0, 1, stream) == 0 && fread(content, 1, 0, stream) == 0);
    need(fwrite(content, 0, 1, stream) == 0 && fwrite(content, 1, 0, stream) == 0);
    need(!ferror(stream) && fclose(stream) == 0);
}

static _Atomic int thread_id, is_over;

static void *put_with_lock(void *stream)
{
    exeunt_begin(2);
    thread_id = (int)syscall(SYS_gettid);
    need(fputc('x', stream) == EOF);
    is_over = 1;
    exeunt_end(0);
    return NULL;
}

static void *put_without_lock(void *stream)
{
    exeunt_begin(3);
    need(fputs_unlocked("text", stream) == EOF && ferror_unlocked((FILE *)stream));
    exeunt_end(0);
    return NULL;
}

/* Whether the thread waits for something, by the kernel. */
static bool waits(int tid)
{
    char path[64], text[256] = "";
    snprintf(path, sizeof path, "/proc/self/task/%d/stat", tid);
    int fd = open(path, O_RDONLY);
    need(fd >= 0 && read(fd, text, sizeof text - 1) > 0 && close(fd) == 0);
    const char *state = strrchr(text, ')');
    return state != NULL && state[2] == 'S';
}

/* A stream that another thread has locked fails only when it is free; without locks it fails at once. */
static void fail_under_lock(void)
{
    FILE *stream = open_stream();
    pthread_t thread;
    alarm(20); /* the end of a deadlock, if there is one */
    flockfile(stream);
    in_thread(put_without_lock, stream);
    clearerr_unlocked(stream);
    need(pthread_create(&thread, NULL, put_with_lock, stream) == 0);
    while (is_over == 0 && (thread_id == 0 || !waits(thread_id)))
        syscall(SYS_sched_yield);
    need(is_over == 0 && !ferror_unlocked(stream));
    funlockfile(stream);
    need(pthread_join(thread, NULL) == 0 && ferror(stream));
    clearerr(stream);
    need(!ferror(stream) && fclose(stream) == 0);
}

static const struct mode modes[] = {
    {"leak", leak},
    {"close-in-time", close_in_time},
    {"leak-temporary", leak_temporary},
    {"leak-child", leak_child},
    {"close-child", close_child},
    {"close-child-fails", close_child_fails},
    {"leak-in-place", leak_in_place},
    {"leak-temporary-in-place", leak_temporary_in_place},
    {"leak-adopted-in-place", leak_adopted_in_place},
    {"leak-reopened-in-place", leak_reopened_in_place},
    {"adopt", adopt},
    {"leak-adopted", leak_adopted},
    {"adopt-badly", adopt_badly},
    {"adopt-refused", adopt_refused},
    {"adopt-refused-and-leak", adopt_refused_and_leak},
    {"close-after-fclose", close_after_fclose},
    {"fclose-after-close", fclose_after_close},
    {"fclose-fails", fclose_fails},
    {"fclose-fails-with-output", fclose_fails_with_output},
    {"closed-by-another-operation", closed_by_another_operation},
    {"reopen", reopen},
    {"reopen-and-leak", reopen_and_leak},
    {"reopen-nothing", reopen_nothing},
    {"reopen-refused", reopen_refused},
    {"reopen-what-is-closed", reopen_what_is_closed},
    {"reopen-borrowed", reopen_borrowed},
    {"reopened-by-another-operation", reopened_by_another_operation},
    {"streams-in-memory", streams_in_memory},
    {"cancelled-in-fclose", cancelled_in_fclose},
    {"exhaust-descriptors", exhaust_descriptors},
    {"exhaust-space", exhaust_space},
    {"read-short", read_short},
    {"write-short", write_short},
    {"move-nothing", move_nothing},
    {"fail-under-lock", fail_under_lock},
};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
