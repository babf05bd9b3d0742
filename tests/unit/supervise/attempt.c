/* An attempt is the same whether the target is forked from a server or executed, whatever the target does;
 * nobody of it is left, and what it did to its folder is told and undone. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "bench.h"
#include "faults.h"
#include "supervise/attempt.h"
#include "supervise/scratch.h"

enum way { BY_SERVER, BY_EXEC, WITHOUT_NAMESPACE, WAYS };
static const char *const way_names[] = {"by server", "by exec", "without namespace"};

/* No attempt that is to end takes so long; all that are to be timed out do. */
static const uint64_t forever_ns = 60000000000u, short_ns = 50000000u;

/* What an attempt is made with, and what it brought. */
struct stand {
    struct scratch *scratch;
    struct attempter *attempter;
    struct scratch_changes changes;
    struct attempt_seen seen;
    volatile int interrupted;
    char *arguments[4];
    struct plan_points points;
    const char *names[FAULT_POINTS_COUNT];
};

static bool way_exists(enum way way)
{
    return way == WITHOUT_NAMESPACE || bench_has_namespaces();
}

static struct stand *stand_open_with(enum way way, const char *mode, const char *argument, int input,
                                     const char *from)
{
    struct error error = {.text = ""};
    struct stand *stand = calloc(1, sizeof *stand);
    cr_assert_eq(scratch_open(from, NULL, 1 << 20, &stand->scratch, &error), 0, "%s", error.text);
    for (size_t i = 0; i < FAULT_POINTS_COUNT; i++)
        stand->names[i] = fault_points[i].name;
    stand->points = (struct plan_points){.count = FAULT_POINTS_COUNT, .names = stand->names};
    stand->arguments[0] = ATTEMPT_TARGET_PATH;
    stand->arguments[1] = (char *)(uintptr_t)mode;
    stand->arguments[2] = (char *)(uintptr_t)argument;
    struct attempt_target target = {.path = ATTEMPT_TARGET_PATH,
                                    .arguments = stand->arguments,
                                    .preload = EXEUNT_PRELOAD_PATH,
                                    .points = &stand->points,
                                    .input = input,
                                    .folder = scratch_path(stand->scratch),
                                    .temp_folder = "/tmp",
                                    .without_server = way == BY_EXEC,
                                    .without_namespace = way == WITHOUT_NAMESPACE,
                                    .interrupted = &stand->interrupted};
    cr_assert_eq(attempter_open(&target, &stand->attempter, &error), 0, "%s", error.text);
    return stand;
}

static struct stand *stand_open(enum way way, const char *mode, const char *argument)
{
    return stand_open_with(way, mode, argument, -1, NULL);
}

static void stand_close(struct stand *stand)
{
    char leftover[300] = "";
    attempter_close(stand->attempter);
    scratch_changes_clear(&stand->changes);
    cr_expect_null(scratch_close(stand->scratch, leftover, sizeof leftover));
    cr_expect_str_eq(leftover, "");
    free(stand);
}

static int stand_try_planned(struct stand *stand, const char *text, uint64_t limit_ns, struct error *error)
{
    static struct plan plan;
    cr_assert_eq(plan_parse(text, &stand->points, 1, &plan, error), 0, "%s", error->text);
    int code = attempter_try(stand->attempter, &plan, limit_ns, &stand->seen, error);
    struct error other = {.text = ""};
    scratch_changes_clear(&stand->changes);
    cr_expect_eq(scratch_restore(stand->scratch, &stand->changes, &other), 0, "%s", other.text);
    return code;
}

static void stand_try(struct stand *stand, uint64_t limit_ns)
{
    struct error error = {.text = ""};
    int code = stand_try_planned(stand, "none", limit_ns, &error);
    cr_assert_eq(code, 0, "%s", error.text);
}

Test(attempt, ends_alike_in_each_way)
{
    static const struct {
        const char *mode, *argument;
        bool in_time;
        enum attempt_end end;
        int status;
        unsigned left;
        const char *reason;
    } rows[] = {
        {"exit", "0", true, ATTEMPT_EXITED, 0, 0, "nothing happens"},
        {"exit", "7", true, ATTEMPT_EXITED, 7, 0, "an error status"},
        {"exit-at-once", "4", true, ATTEMPT_EXITED, 4, 0, "past all handlers"},
        {"signal", "11", true, ATTEMPT_SIGNALLED, SIGSEGV, 0, "a crash"},
        {"signal", "15", true, ATTEMPT_SIGNALLED, SIGTERM, 0, "a signal of its own"},
        {"hang", "", false, ATTEMPT_TIMED_OUT, 0, 0, "sleeps for ever"},
        {"signal", "19", false, ATTEMPT_TIMED_OUT, 0, 0, "stops itself"},
        {"ignore-terms", "", false, ATTEMPT_TIMED_OUT, 0, 0, "cannot be asked to end"},
        {"contend", "", true, ATTEMPT_EXITED, 0, 0, "long waits for a lock are no deadlock"},
        {"write", "20000000", true, ATTEMPT_EXITED, 0, 0, "more than a pipe holds"},
        {"write-without-end", "", false, ATTEMPT_TIMED_OUT, 0, 0,
         "never waits, so that there is always news"},
        {"leave-for-a-moment", "", true, ATTEMPT_EXITED, 0, 0, "its child ends soon after it"},
        {"leave-daemons", "1", true, ATTEMPT_EXITED, 0, 1, "its child stays"},
        {"leave-daemons", "3", true, ATTEMPT_EXITED, 0, 3, "three stay"},
        {"close-all", "5", true, ATTEMPT_EXITED, 5, 0, "whatever was open"},
        {"open", "/dev/null", true, ATTEMPT_EXITED, 3, 0, "nothing of ours is open in it"},
        {"open", "/nowhere", true, ATTEMPT_EXITED, 100 + ENOENT, 0, "no fault that was not planned"},
    };
    for (enum way way = 0; way < WAYS; way++)
        for (size_t i = 0; way_exists(way) && i < sizeof rows / sizeof *rows; i++) {
            struct stand *stand = stand_open(way, rows[i].mode, rows[i].argument);
            for (int again = 0; again < 2; again++) {
                stand_try(stand, rows[i].in_time ? forever_ns : short_ns);
                cr_expect_eq(stand->seen.end, rows[i].end, "%s %s: %d", rows[i].reason, way_names[way],
                             stand->seen.end);
                cr_expect_eq(stand->seen.status, rows[i].status, "%s %s: %d %.*s", rows[i].reason,
                             way_names[way], stand->seen.status, (int)stand->seen.errors.head_length,
                             stand->seen.errors.head);
                cr_expect_eq(stand->seen.children_left, rows[i].left, "%s %s: %u", rows[i].reason,
                             way_names[way], stand->seen.children_left);
                cr_expect_eq(stand->seen.deadlock.edge_count, 0, "%s %s", rows[i].reason, way_names[way]);
                cr_expect_eq(stand->changes.count, 0, "%s %s", rows[i].reason, way_names[way]);
                cr_expect_eq(attempter_serves(stand->attempter), way == BY_SERVER, "%s: the server lives on",
                             rows[i].reason);
            }
            stand_close(stand);
        }
}

/* What a library's constructor does is to be done for each attempt; what cannot be common to them is not. */
Test(attempt, comes_from_a_server_only_if_that_is_safe)
{
    static const struct {
        const char *act;
        bool serves;
    } rows[] = {
        {"nothing", true}, {"allocate", true}, {"thread", false}, {"file", false},
        {"words", false},  {"input", false},   {"memory", false}, {"children", false},
    };
    int input = memfd_create("input", MFD_CLOEXEC);
    cr_assert_eq(write(input, "words", 5), 5);
    for (size_t i = 0; way_exists(BY_SERVER) && i < sizeof rows / sizeof *rows; i++) {
        setenv("ATTEMPT_LIBRARY", rows[i].act, 1);
        struct stand *stand = stand_open_with(BY_SERVER, "exit", "6", input, NULL);
        cr_expect_eq(attempter_serves(stand->attempter), rows[i].serves, "%s", rows[i].act);
        stand_try(stand, forever_ns);
        cr_expect_eq(stand->seen.status, 6, "%s: one way or the other", rows[i].act);
        stand_close(stand);
    }
    unsetenv("ATTEMPT_LIBRARY");
    close(input);
}

Test(attempt, tells_a_deadlock_before_its_time)
{
    for (enum way way = 0; way < WAYS; way++) {
        if (!way_exists(way))
            continue;
        struct stand *stand = stand_open(way, "lock-up", "");
        stand_try(stand, forever_ns);
        cr_expect_eq(stand->seen.end, ATTEMPT_TIMED_OUT, "%s", way_names[way]);
        cr_expect_eq(stand->seen.deadlock.edge_count, 1, "%s", way_names[way]);
        cr_expect_eq(stand->seen.deadlock.kind, DEADLOCK_ABANDONED, "%s: it waits for itself",
                     way_names[way]);
        cr_expect_neq(stand->seen.confirmed, CONFIRM_DISAGREES, "%s", way_names[way]);
        stand_close(stand);
    }
}

Test(attempt, keeps_of_a_long_stream_its_ends_and_a_hash)
{
    uint64_t hashes[WAYS] = {0};
    for (enum way way = 0; way < WAYS; way++) {
        if (!way_exists(way))
            continue;
        struct stand *stand = stand_open(way, "write", "1000003");
        stand_try(stand, forever_ns);
        const struct attempt_stream *output = &stand->seen.output;
        cr_expect_eq(output->size, 1000003);
        cr_expect_eq(output->head_length, ATTEMPT_HEAD_MAX);
        cr_expect_eq(output->tail_length, ATTEMPT_TAIL_MAX);
        cr_expect_eq(memcmp(output->head, "abcdefghij", 10), 0);
        cr_expect_eq(output->tail[ATTEMPT_TAIL_MAX - 1], 'a' + (1000003 - 1) % 65536 % 26);
        cr_expect_eq(stand->seen.errors.size, 0);
        hashes[way] = output->hash;
        stand_close(stand);
    }
    cr_expect_neq(hashes[WITHOUT_NAMESPACE], 0);
    for (enum way way = 0; way < WAYS; way++)
        cr_expect(!way_exists(way) || hashes[way] == hashes[WITHOUT_NAMESPACE], "however it was cut");
}

Test(attempt, reads_its_input_from_the_start)
{
    int input = memfd_create("input", MFD_CLOEXEC);
    cr_assert_eq(write(input, "first\nsecond\n", 13), 13);
    for (enum way way = 0; way < WAYS; way++) {
        if (!way_exists(way))
            continue;
        struct stand *stand = stand_open_with(way, "copy-input", "", input, NULL);
        for (int again = 0; again < 2; again++) {
            stand_try(stand, forever_ns);
            cr_expect_eq(stand->seen.output.size, 13, "%s", way_names[way]);
            cr_expect_eq(memcmp(stand->seen.output.head, "first\nsecond\n", 13), 0);
        }
        stand_close(stand);
    }
    cr_expect_eq(lseek(input, 0, SEEK_CUR), 13, "and ours stays where it was");
}

/* Each scratch copy has a name of its own, but they are of one length. */
static void hide_names(char *text)
{
    for (char *at = text; (at = strstr(at, "/exeunt-")) != NULL; at++)
        if (strncmp(at + strlen("/exeunt-XXXXXX"), "/work", strlen("/work")) == 0)
            memset(at, '.', strlen("/exeunt-XXXXXX"));
}

Test(attempt, has_the_same_environment_in_each_way)
{
    char first[ATTEMPT_HEAD_MAX + 1] = "";
    setenv("TMPDIR", "/nowhere-to-be-seen", 1);
    for (enum way way = 0; way < WAYS; way++) {
        unsetenv("TMPDIR");
        if (!way_exists(way))
            continue;
        struct stand *stand = stand_open(way, "environment", "");
        stand_try(stand, forever_ns);
        char told[ATTEMPT_HEAD_MAX + 1] = "";
        memcpy(told, stand->seen.output.head, stand->seen.output.head_length);
        hide_names(told);
        cr_expect_not_null(strstr(told, "TMPDIR=/tmp\n"));
        cr_expect_not_null(
            strstr(told, "blocked: 0, own group: 1\ndescriptor 0\ndescriptor 1\ndescriptor 2\n"), "%s: %s",
            way_names[way], told);
        if (first[0] == '\0')
            memcpy(first, told, sizeof first);
        cr_expect_str_eq(told, first, "%s: %s", way_names[way], told);
        stand_close(stand);
    }
}

Test(attempt, meets_the_same_fault_in_each_way)
{
    for (enum way way = 0; way < WAYS; way++) {
        if (!way_exists(way))
            continue;
        struct stand *stand = stand_open(way, "open", "/dev/null");
        static const struct {
            const char *plan;
            int status;
            uint64_t injected;
        } rows[] = {
            {"posix/io/oc/open:EMFILE@1", 100 + EMFILE, 1},
            {"none", 3, 0},
            {"posix/io/oc/open:ENFILE@1", 100 + ENFILE, 1},
            {"posix/io/oc/open:ENFILE@2", 3, 0},
        };
        for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
            struct error error = {.text = ""};
            struct ledger_totals totals;
            cr_assert_eq(stand_try_planned(stand, rows[i].plan, forever_ns, &error), 0, "%s", error.text);
            ledger_totals(attempter_ledger(stand->attempter), &totals);
            cr_expect_eq(stand->seen.status, rows[i].status, "%s %s: %d", rows[i].plan, way_names[way],
                         stand->seen.status);
            cr_expect_eq(totals.injected, rows[i].injected, "%s %s", rows[i].plan, way_names[way]);
            cr_expect_eq(attempter_ledger(stand->attempter)->ledger->settled, 1, "it joined its ledger");
        }
        stand_close(stand);
    }
}

static void write_file(int folder, const char *name, const char *text)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
}

Test(attempt, finds_its_files_as_they_were)
{
    char from[] = "/tmp/exeunt-from-XXXXXX";
    cr_assert_not_null(mkdtemp(from));
    int folder = open(from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    write_file(folder, "removed", "to be removed");
    write_file(folder, "changed", "to be changed");
    for (enum way way = 0; way < WAYS; way++) {
        if (!way_exists(way))
            continue;
        struct stand *stand = stand_open_with(way, "change-files", "", -1, from);
        for (int again = 0; again < 3; again++) {
            stand_try(stand, forever_ns);
            cr_expect_eq(stand->seen.status, 0, "%s: %.*s", way_names[way],
                         (int)stand->seen.errors.head_length, stand->seen.errors.head);
            cr_assert_eq(stand->changes.count, 3, "%s: %zu", way_names[way], stand->changes.count);
            cr_expect_str_eq(stand->changes.list[0].path, "changed");
            cr_expect_eq(stand->changes.list[0].kind, SCRATCH_CHANGED);
            cr_expect_str_eq(stand->changes.list[1].path, "made");
            cr_expect_eq(stand->changes.list[1].kind, SCRATCH_MADE);
            cr_expect_str_eq(stand->changes.list[2].path, "removed");
            cr_expect_eq(stand->changes.list[2].kind, SCRATCH_REMOVED);
        }
        stand_close(stand);
    }
    unlinkat(folder, "removed", 0);
    unlinkat(folder, "changed", 0);
    close(folder);
    rmdir(from);
}

Test(attempt, may_remove_its_folder)
{
    for (enum way way = 0; way < WAYS; way++) {
        if (!way_exists(way))
            continue;
        struct stand *stand = stand_open(way, "remove-folder", "");
        for (int again = 0; again < 2; again++) {
            stand_try(stand, forever_ns);
            cr_expect_eq(stand->seen.status, 0, "%s: it was there", way_names[way]);
            cr_assert_eq(stand->changes.count, 1);
            cr_expect_str_eq(stand->changes.list[0].path, ".");
            cr_expect_eq(stand->changes.list[0].kind, SCRATCH_REMOVED);
        }
        stand_close(stand);
    }
}

/* Waits beside an attempt until its target shows itself. */
struct onlooker {
    struct sockaddr_un address;
    int listener, peer;
    void (*act)(struct onlooker *onlooker, pid_t target);
    struct stand *stand;
    pthread_t thread;
};

static void *look_on(void *of)
{
    struct onlooker *onlooker = of;
    struct ucred who;
    socklen_t length = sizeof who;
    onlooker->peer = accept4(onlooker->listener, NULL, NULL, SOCK_CLOEXEC);
    if (getsockopt(onlooker->peer, SOL_SOCKET, SO_PEERCRED, &who, &length) == 0)
        onlooker->act(onlooker, who.pid);
    send(onlooker->peer, "", 1, MSG_NOSIGNAL);
    return NULL;
}

/* The target's path to the onlooker stays the same. */
static struct onlooker *onlooker_open(void (*act)(struct onlooker *, pid_t))
{
    struct onlooker *onlooker = calloc(1, sizeof *onlooker);
    onlooker->address.sun_family = AF_UNIX;
    snprintf(onlooker->address.sun_path, sizeof onlooker->address.sun_path, "/tmp/exeunt-onlooker-%d",
             getpid());
    onlooker->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(onlooker->address.sun_path);
    cr_assert_eq(bind(onlooker->listener, (struct sockaddr *)&onlooker->address, sizeof onlooker->address),
                 0);
    cr_assert_eq(listen(onlooker->listener, 1), 0);
    onlooker->act = act;
    return onlooker;
}

static void onlooker_close(struct onlooker *onlooker)
{
    unlink(onlooker->address.sun_path);
    close(onlooker->listener);
    free(onlooker);
}

static int try_seen(struct stand *stand, struct onlooker *onlooker, struct error *error)
{
    onlooker->stand = stand;
    cr_assert_eq(pthread_create(&onlooker->thread, NULL, look_on, onlooker), 0);
    int code = stand_try_planned(stand, "none", forever_ns, error);
    pthread_join(onlooker->thread, NULL);
    char byte;
    bool hung_up = recv(onlooker->peer, &byte, 1, MSG_DONTWAIT) == 0 || errno == ECONNRESET;
    cr_expect(hung_up, "nobody is left who holds the socket");
    close(onlooker->peer);
    return code;
}

static void kill_it(struct onlooker *onlooker, pid_t target)
{
    (void)onlooker;
    kill(target, SIGKILL);
}

static void interrupt(struct onlooker *onlooker, pid_t target)
{
    (void)target;
    onlooker->stand->interrupted = 1;
}

Test(attempt, may_be_ended_from_outside)
{
    static const struct {
        const char *mode;
        void (*act)(struct onlooker *, pid_t);
        enum attempt_end end;
        int status;
    } rows[] = {
        {"be-seen", kill_it, ATTEMPT_SIGNALLED, SIGKILL},
        {"be-seen", interrupt, ATTEMPT_INTERRUPTED, 0},
        {"fork-for-ever", kill_it, ATTEMPT_SIGNALLED, SIGKILL},
        {"fork-for-ever", interrupt, ATTEMPT_INTERRUPTED, 0},
    };
    for (enum way way = 0; way < WAYS; way++)
        for (size_t i = 0; way_exists(way) && i < sizeof rows / sizeof *rows; i++) {
            struct error error = {.text = ""};
            struct onlooker *onlooker = onlooker_open(rows[i].act);
            struct stand *stand = stand_open(way, rows[i].mode, onlooker->address.sun_path);
            cr_expect_eq(try_seen(stand, onlooker, &error), 0, "%s", error.text);
            cr_expect_eq(stand->seen.end, rows[i].end, "%s: %d", way_names[way], stand->seen.end);
            cr_expect_eq(stand->seen.status, rows[i].status, "%s: %d", way_names[way], stand->seen.status);
            stand_close(stand);
            onlooker_close(onlooker);
        }
}

static void signal_parent(pid_t target, int number)
{
    char path[64], text[512] = "";
    snprintf(path, sizeof path, "/proc/%d/stat", target);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (read(fd, text, sizeof text - 1) > 0)
        kill(atoi(strrchr(text, ')') + 4), number);
    close(fd);
}

static void kill_parent(struct onlooker *onlooker, pid_t target)
{
    (void)onlooker;
    signal_parent(target, SIGKILL);
}

static void stop_parent(struct onlooker *onlooker, pid_t target)
{
    (void)onlooker;
    signal_parent(target, SIGSTOP);
}

/* Whether the target was late or its server was is not known then. */
Test(attempt, does_not_believe_a_server_that_stands_still)
{
    if (!bench_has_namespaces())
        cr_skip_test("no right to make a PID namespace here");
    struct onlooker *onlooker = onlooker_open(stop_parent);
    struct stand *stand = stand_open(BY_SERVER, "lock-up-when-told", onlooker->address.sun_path);
    struct error error = {.text = ""};
    cr_expect_eq(try_seen(stand, onlooker, &error), -EAGAIN);
    cr_expect(!attempter_serves(stand->attempter));
    stand_close(stand);
    onlooker_close(onlooker);
}

Test(attempt, goes_on_without_its_server)
{
    if (!bench_has_namespaces())
        cr_skip_test("no right to make a PID namespace here");
    struct onlooker *onlooker = onlooker_open(kill_parent);
    struct stand *stand = stand_open(BY_SERVER, "be-seen", onlooker->address.sun_path);
    struct error error = {.text = ""};
    cr_expect_eq(try_seen(stand, onlooker, &error), -EAGAIN, "nobody knows how it ended");
    cr_expect_eq(try_seen(stand, onlooker, &error), -EAGAIN, "nor by the server that was started anew");
    onlooker->act = kill_it;
    cr_expect_eq(try_seen(stand, onlooker, &error), 0, "%s", error.text);
    cr_expect_eq(stand->seen.end, ATTEMPT_SIGNALLED);
    cr_expect(!attempter_serves(stand->attempter), "two are enough");
    stand_close(stand);
    onlooker_close(onlooker);
}
