/* Calls one function under a plan that fails its k-th call with the k-th errno of its profile, and looks by
 * the kernel's eyes whether nothing happened, or, where the table says so, all of it.
 *
 * Usage: call_target FUNCTION [short | cancel]. Exit status 0: all as declared; 1: not so; 2: no such
 * function. A program that this one has become is told with what status to end: FUNCTION replaced STATUS. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "calls.h"
#include "exeunt/mark.h"
#include "faults.h"
#include "slots.h"

size_t asked;
unsigned char buffer[ASKED_MAX];
struct iovec vector[3];
_Alignas(64) unsigned char results[512];

static const struct {
    const struct function *calls;
    void (*prepare)(struct fixture *f, const char *name);
} families[] = {
    {io_calls, NULL},
    {kernel_calls, prepare_kernel_call},
    {proc_calls, prepare_proc_call},
    {lock_calls, NULL},
    {mem_calls, NULL},
    {net_calls, prepare_net_call},
    {stdio_calls, NULL},
    {thread_calls, NULL},
};

static bool right = true;

/* Made before the operation begins, where the plan does not hold yet. */
static struct fixture prepared[FAULT_ERRNOS_MAX + 2];
static unsigned prepared_used;

void expect(bool condition, const char *function, const char *errno_name, const char *what)
{
    if (condition)
        return;
    right = false;
    char text[256];
    int length = snprintf(text, sizeof text, "%s, %s: %s\n", function, errno_name, what);
    syscall(SYS_write, STDOUT_FILENO, text, length); /* printf may be what is under test */
}

static const struct function *function_named(const char *name)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (const struct function *function = families[i].calls; function->name != NULL; function++)
            if (strcmp(function->name, name) == 0)
                return function;
    return NULL;
}

static bool is_of(const struct function *family, const struct function *function)
{
    while (family->name != NULL && family != function)
        family++;
    return family->name != NULL;
}

void prepare_call(const struct function *function, struct fixture *f)
{
    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        for (const struct function *of = families[i].calls; of->name != NULL; of++)
            if (of == function && families[i].prepare != NULL)
                families[i].prepare(f, function->name);
}

static void make_fixtures(const struct fault_point *point, unsigned successes)
{
    unsigned count = successes;
    for (const struct fault_errno *known = point->errnos; known->error != 0; known++)
        count++;
    for (unsigned i = 0; i < count; i++)
        fixture_make(&prepared[i]);
}

static struct fixture *next_fixture(const struct function *function)
{
    struct fixture *fixture = &prepared[prepared_used++];
    prepare_call(function, fixture);
    return fixture;
}

static const struct fault_point *point_of(const char *function)
{
    for (size_t i = 0; i < FAULT_POINTS_COUNT; i++) {
        char calls[128], *rest = NULL;
        snprintf(calls, sizeof calls, "%s", fault_points[i].calls);
        for (char *call = strtok_r(calls, " ", &rest); call != NULL; call = strtok_r(NULL, " ", &rest))
            if (strcmp(call, function) == 0)
                return &fault_points[i];
    }
    return NULL;
}

static void ask_for(size_t count)
{
    asked = count;
    memset(buffer, UNTOUCHED, sizeof buffer);
    vector[0] = (struct iovec){buffer, asked / 3};
    vector[1] = (struct iovec){buffer + asked / 3, 0};
    vector[2] = (struct iovec){buffer + asked / 3, asked - asked / 3};
}

static bool all_bytes(const void *memory, size_t size, int value)
{
    const unsigned char *bytes = memory;
    for (size_t i = 0; i < size; i++)
        if (bytes[i] != value)
            return false;
    return true;
}

/* Whatever a call writes its results to is as it was. */
static bool results_untouched(void)
{
    return all_bytes(buffer, sizeof buffer, UNTOUCHED) && all_bytes(results, sizeof results, 0);
}

/* Whether what is too large is what the caller asked for, and not a file. */
static bool can_ask_for_too_much(const char *function)
{
    return strstr(function, "printf") != NULL || strstr(function, "line") != NULL ||
           strstr(function, "delim") != NULL;
}

/* Whether the function marks its stream when it fails with that errno: glibc does if it is its device that
 * failed, and not if it had no memory or could not make sense of what it was given. */
static bool marks(const struct function *function, int error)
{
    if (function->effect != CHANGES_OR_MARKS && function->effect != LEAVES_OR_MARKS)
        return false;
    if (error == EOVERFLOW)
        return !can_ask_for_too_much(function->name);
    return error != EILSEQ && error != EINVAL && error != ENOMEM;
}

/* Removing frees memory, which the next picture would show: pictures with memory leave it to the end. */
static void done_with(struct fixture *fixture)
{
    if (!picture_has_memory)
        fixture_remove(fixture);
}

/* Whether a call that fails has done its work: a descriptor is closed, or connected. */
static bool is_done(const struct picture *before, const struct picture *after)
{
    return before->network != 0 ? before->network != after->network && before->fds == after->fds
                                : before->fds - 1 == after->fds;
}

static void fail_once(const struct function *function, const struct fault_errno *expected)
{
    struct fixture fixture = *next_fixture(function);
    const char *name = strerrorname_np(expected->error);
    struct picture before = fixture_picture(&fixture);
    errno = 0;
    long result = function->call(&fixture);
    int error = errno;
    expect(result != TOUCHED_ERRNO, function->name, name, "touches errno");
    struct picture after = fixture_picture(&fixture);
    expect(result == -1, function->name, name, "did not fail");
    expect(error == expected->error, function->name, name,
           strerrorname_np(error) ? strerrorname_np(error) : "0");
    if (expected->done)
        expect(is_done(&before, &after), function->name, name, "is not closed, or not connected");
    else
        expect(picture_equal(&before, &after), function->name, name, "did something all the same");
    expect(results_untouched(), function->name, name, "wrote a result");
    expect(fixture_marked(&fixture) == marks(function, error), function->name, name,
           "leaves the stream's error flag otherwise");
    expect(slots_agree(), function->name, name, "the ledger holds what the kernel does not");
    expect(locks_agree(&fixture), function->name, name, "the ledger says otherwise who has the lock");
    done_with(&fixture);
}

/* Delayed, and behind the last fault, the call must do its work: the picture can tell the two apart. */
static void succeed_once(const struct function *function)
{
    struct fixture fixture = *next_fixture(function);
    ask_for(ASKED_MAX);
    struct picture before = fixture_picture(&fixture);
    struct slots open_before = slots_now();
    expect(function->call(&fixture) >= 0, function->name, "no fault", "failed");
    expect(slots_taken_since(&open_before), function->name, "no fault",
           "the kernel has a new descriptor that the ledger does not hold");
    expect(slots_agree(), function->name, "no fault", "the ledger holds what the kernel does not");
    expect(locks_agree(&fixture), function->name, "no fault", "the ledger says otherwise who has the lock");
    struct picture after = fixture_picture(&fixture);
    bool leaves = function->effect == LEAVES || function->effect == LEAVES_OR_MARKS;
    expect(after.child == 0 || before.child != 0 || slots_hold_child(after.child), function->name, "no fault",
           "the kernel has a new child that the ledger does not hold");
    expect(picture_equal(&before, &after) == leaves, function->name, "no fault",
           "has another effect on the picture than the table says");
    expect(!fixture_marked(&fixture), function->name, "no fault", "sets the stream's error flag");
    done_with(&fixture);
}

/* The same of a call that makes this program another one, which is told how all was until then. */
static void replace_once(const struct function *function)
{
    static char name[32];
    struct fixture *fixture = next_fixture(function);
    snprintf(name, sizeof name, "%s", function->name);
    char *const words[] = {"call_target", name, "replaced", right ? "0" : "1", fixture->folder};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        replacement[i] = words[i];
    function->call(fixture);
    expect(false, function->name, "no fault", "failed");
}

static _Noreturn void end_as_replacement(const char *status, const char *folder)
{
    struct fixture fixture;
    snprintf(fixture.folder, sizeof fixture.folder, "%s", folder);
    fixture_remove(&fixture);
    _exit(slots_agree() ? status[0] - '0' : 1);
}

/* A short call: some bytes really moved, fewer than asked, and no others. */
static void shorten_once(const struct function *function, size_t count)
{
    struct fixture fixture;
    fixture_make(&fixture);
    ask_for(count);
    bool writes = strstr(function->name, "write") != NULL;
    bool copies = strstr(function->name, "send") != NULL || strstr(function->name, "copy") != NULL;
    bool moves_offset = writes ? strcmp(function->name, "writev") == 0 || function->name[0] == 'f'
                               : strstr(function->name, "pread") == NULL;
    long moved = function->call(&fixture);
    expect(moved >= 1, function->name, "short", "moved nothing");
    expect(count == 1 || moved < (long)count, function->name, "short", "moved all");
    for (long i = 0; i < ASKED_MAX && !writes && !copies; i++)
        expect(buffer[i] == (i < moved ? FIXTURE_OFFSET + i : UNTOUCHED), function->name, "short",
               "what it says is not what it read");
    expect(!writes || fixture_count(&fixture, UNTOUCHED) == moved, function->name, "short",
           "what it says is not what it wrote");
    struct picture after = fixture_picture(&fixture);
    expect(!copies || after.other_length == moved, function->name, "short",
           "what it says is not what it copied");
    expect(after.offset == FIXTURE_OFFSET + (moves_offset ? moved : 0), function->name, "short",
           "left the offset elsewhere");
    expect(fixture_marked(&fixture) == (count > 1 && marks(function, 0)), function->name, "short",
           "leaves the stream's error flag otherwise");
    fixture_remove(&fixture);
}

/* The same on sockets, which have no offset. */
static void shorten_message_once(const struct function *function, size_t count)
{
    struct fixture fixture;
    fixture_make(&fixture);
    prepare_call(function, &fixture);
    ask_for(count);
    bool sends = strstr(function->name, "send") != NULL;
    long moved = function->call(&fixture);
    expect(moved >= 1, function->name, "short", "moved nothing");
    expect(count == 1 || moved < (long)count, function->name, "short", "moved all");
    for (long i = 0; i < ASKED_MAX && !sends; i++)
        expect(buffer[i] == (i < moved ? FIXTURE_OFFSET + i : UNTOUCHED), function->name, "short",
               "what it says is not what it received");
    expect(network_queued(fixture.network.pair[1]) == NETWORK_QUEUED + (sends ? moved : -moved),
           function->name, "short", "what it says is not what it moved");
    fixture_remove(&fixture);
}

/* One that a call sends waits, and is seen in the picture. */
static void block_signals(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGUSR1);
    sigprocmask(SIG_BLOCK, &signals, NULL);
}

int main(int argc, char **argv)
{
    const struct function *function = argc > 1 ? function_named(argv[1]) : NULL;
    const struct fault_point *point = function != NULL ? point_of(function->name) : NULL;
    if (point == NULL)
        return 2;
    picture_has_memory = is_of(mem_calls, function);
    block_signals();
    if (argc > 4)
        end_as_replacement(argv[3], argv[4]);
    if (argc == 2)
        make_fixtures(point, function->effect == REPLACES ? 1 : 2);
    ask_for(ASKED_MAX);
    if (argc > 2 && strcmp(argv[2], "cancel") == 0) {
        cancel_calls(function, point->errnos[0].error != 0);
        _exit(right ? 0 : 1);
    }
    exeunt_begin(1);
    if (argc > 2) {
        static const size_t counts[] = {1, 2, 3, 7, ASKED_MAX};
        for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
            (is_of(net_calls, function) ? shorten_message_once : shorten_once)(function, counts[i]);
    } else {
        for (const struct fault_errno *expected = point->errnos; expected->error != 0; expected++)
            fail_once(function, expected);
        for (int i = 0; i < 2; i++)
            (function->effect == REPLACES ? replace_once : succeed_once)(function);
        for (unsigned i = 0; i < prepared_used && picture_has_memory; i++)
            fixture_remove(&prepared[i]);
    }
    _exit(right ? 0 : 1);
}
