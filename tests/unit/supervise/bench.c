/* What the tests of the supervisor share. */
#include "bench.h"

#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { FOREVER_MS = 60000 };

static const uint32_t admin = UINT32_C(1) << CAP_SYS_ADMIN;

static void capabilities(long call, struct __user_cap_data_struct *data)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    cr_assert_eq(syscall(call, &header, data), 0);
}

bool bench_has_namespaces(void)
{
    struct __user_cap_data_struct data[2];
    capabilities(SYS_capget, data);
    return (data[0].permitted & admin) != 0;
}

void bench_contain(enum containment containment)
{
    struct __user_cap_data_struct data[2];
    capabilities(SYS_capget, data);
    if (containment == IN_NAMESPACE)
        data[0].effective |= data[0].permitted & admin;
    else
        data[0].effective &= ~admin;
    capabilities(SYS_capset, data);
}

struct supervise_options bench_options(char *const *arguments)
{
    static struct ledger_view ledger;
    static int never;
    static const struct plan plan;
    static const struct plan_points points;
    struct error error;
    ledger_close(&ledger);
    cr_assert_eq(ledger_create(64, &plan, &points, &ledger, &error), 0);
    return (struct supervise_options){.path = arguments[0],
                                      .arguments = arguments,
                                      .preload = PRELOAD_PATH,
                                      .ledger = &ledger,
                                      .limit_fds = 1024,
                                      .sample_ns = 1000000,
                                      .interrupted = &never};
}

static size_t count_descriptors(void)
{
    size_t count = 0;
    DIR *directory = opendir("/proc/self/fd");
    cr_assert_not_null(directory);
    while (readdir(directory) != NULL)
        count++;
    closedir(directory);
    return count;
}

static void assert_childless(void)
{
    cr_assert_eq(waitpid(-1, NULL, WNOHANG | __WALL), -1);
    cr_assert_eq(errno, ECHILD);
}

struct supervise_outcome bench_supervise(const struct supervise_options *options)
{
    size_t descriptors = count_descriptors();
    struct supervise_outcome outcome;
    struct error error = {.text = ""};
    int code = supervise(options, &outcome, &error);
    cr_assert_eq(code, 0, "%s", error.text);
    cr_assert(options->ledger->child_ended);
    cr_assert_eq(count_descriptors(), descriptors);
    assert_childless();
    cr_assert_neq(outcome.exit_status, 99, "the target could not do its part: %s", outcome.last_words);
    return outcome;
}

int bench_supervise_failing(const struct supervise_options *options, struct error *error)
{
    size_t descriptors = count_descriptors();
    struct supervise_outcome outcome;
    *error = (struct error){.text = ""};
    int code = supervise(options, &outcome, error);
    cr_assert_lt(code, 0);
    cr_assert_eq(error->exit_status, EXIT_NOT_DONE);
    cr_assert_eq(count_descriptors(), descriptors);
    assert_childless();
    return code;
}

struct bench_fifo bench_fifo_make(void)
{
    struct bench_fifo fifo;
    snprintf(fifo.path, sizeof fifo.path, "/tmp/exeunt-fifo-XXXXXX");
    cr_assert_not_null(mkdtemp(fifo.path));
    cr_assert_eq(rmdir(fifo.path), 0);
    cr_assert_eq(mkfifo(fifo.path, 0600), 0);
    fifo.fd = open(fifo.path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    cr_assert_geq(fifo.fd, 0);
    return fifo;
}

void bench_fifo_remove(struct bench_fifo *fifo)
{
    close(fifo->fd);
    unlink(fifo->path);
}

void bench_fifo_await_holder(const struct bench_fifo *fifo)
{
    char byte;
    struct pollfd polled = {.fd = fifo->fd, .events = POLLIN};
    cr_assert_eq(poll(&polled, 1, FOREVER_MS), 1, "nobody came to hold the FIFO");
    cr_assert_eq(read(fifo->fd, &byte, 1), 1);
}

bool bench_fifo_released(const struct bench_fifo *fifo, int timeout_ms)
{
    struct pollfd polled = {.fd = fifo->fd};
    return poll(&polled, 1, timeout_ms) == 1 && (polled.revents & POLLHUP) != 0;
}
