/* Decides how the program is contained, and what is said if it could not be started. */
#include "supervise/child.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "supervise/environment.h"
#include "supervise/keeper.h"

enum { LEDGER_NAME_SIZE = 48 };

/* Descriptors of one start; each pair is ours and theirs. */
enum wire {
    CHANNEL_OURS,
    CHANNEL_THEIRS,
    START_OURS,
    START_THEIRS,
    ERRORS_OURS,
    ERRORS_THEIRS,
    INPUT, /* copies of our standard streams; -1: not to be kept, or we have none */
    OUTPUT,
    ERRORS,
    NOTHING, /* /dev/null */
    PROC,    /* -1 without /proc */
    WIRES,
};

static void wire_close(int *wire)
{
    if (*wire >= 0)
        close(*wire);
    *wire = -1;
}

/* Hands the wire over. */
static int take_wire(int *wire)
{
    int fd = *wire;
    *wire = -1;
    return fd;
}

/* What is open on failure is the caller's to close, as on success. The copies come first: where we have no
 * standard streams, a wire may get their number. */
static int wires_open(int *wires, bool keep_streams, struct error *error)
{
    for (enum wire i = 0; i < WIRES; i++)
        wires[i] = -1;
    if (keep_streams) {
        wires[INPUT] = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        wires[OUTPUT] = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
        wires[ERRORS] = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    }
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, &wires[CHANNEL_OURS]) != 0 ||
        socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, &wires[START_OURS]) != 0 ||
        pipe2(&wires[ERRORS_OURS], O_CLOEXEC) != 0 || fcntl(wires[ERRORS_OURS], F_SETFL, O_NONBLOCK) != 0 ||
        (wires[NOTHING] = open("/dev/null", O_RDWR | O_CLOEXEC)) < 0)
        return error_not_done(error, -errno, "cannot connect to a program: %s", strerror(errno));
    wires[PROC] = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    return 0;
}

static struct keeper keeper_of(const struct child_options *options, const int *wires, bool namespaced,
                               char *const *environment)
{
    int nothing = wires[NOTHING];
    int input = wires[INPUT] >= 0 ? wires[INPUT] : nothing;
    int output = wires[OUTPUT] >= 0 ? wires[OUTPUT] : nothing;
    int errors = wires[ERRORS] >= 0 ? wires[ERRORS] : nothing;
    struct keeper keeper = {
        .namespaced = namespaced,
        .counts_left = options->counts_left,
        .channel = wires[CHANNEL_THEIRS],
        .ledger = options->ledger->fd,
        .program = {.path = options->path,
                    .arguments = options->arguments,
                    .environment = environment,
                    .streams = {input, output, options->keep_streams ? errors : wires[ERRORS_THEIRS]},
                    .serve = options->serve != NULL ? *options->serve : -1,
                    .folder = options->folder,
                    .limit_fds = options->limit_fds,
                    .start = wires[START_THEIRS],
                    .proc = wires[PROC]},
    };
    if (options->streams != NULL)
        memcpy(keeper.program.streams, options->streams, sizeof keeper.program.streams);
    return keeper;
}

/* A copy of this process, as by fork, but in new namespaces, that becomes the keeper. Without a signal at
 * its end it is nobody else's to reap: neither a wait of ours for any child nor an ignored SIGCHLD takes
 * its status. */
static pid_t fork_keeper(const struct keeper *keeper, const int *wires)
{
    unsigned long flags = keeper->namespaced ? CLONE_NEWPID | CLONE_NEWNS : 0;
    pid_t pid = (pid_t)syscall(SYS_clone, flags, 0L, 0L, 0L, 0L);
    if (pid == 0) {
        close(wires[CHANNEL_OURS]);
        close(wires[START_OURS]);
        close(wires[ERRORS_OURS]);
        keeper_run(keeper);
    }
    return pid;
}

static int start_failed(const struct child_options *options, const struct start_report *report,
                        struct error *error)
{
    static const char *const stages[] = {
        [START_NAMESPACE] = "cannot isolate it: ",
        [START_FORK] = "cannot fork: ",
        [START_DESCRIPTORS] = "cannot arrange its descriptors: ",
        [START_LIMITS] = "cannot set its limits: ",
        [START_EXECUTE] = "",
    };
    const char *program = options->path;
    if (report->stage == START_FOLDER)
        return error_not_done(error, -report->value, "cannot run '%s' in the folder '%s': %s", program,
                              options->folder, strerror(report->value));
    if (report->stage == START_LIMITS)
        return error_not_done(error, -report->value,
                              "cannot run '%s' with a limit of %" PRIu64
                              " descriptors: %s; choose one below the hard limit (ulimit -Hn)",
                              program, options->limit_fds, strerror(report->value));
    return error_not_done(error, -report->value, "cannot run '%s': %s%s", program, stages[report->stage],
                          strerror(report->value));
}

/* Receives the next report. False: the other side is gone, by its exec or by its death. */
static bool next_report(int start, struct start_report *out)
{
    ssize_t length;
    while ((length = recv(start, out, sizeof *out, 0)) < 0 && errno == EINTR)
        ;
    return length == (ssize_t)sizeof *out;
}

/* Lets the program go once it is ready, and waits until it runs. Sets *stage to where it failed. */
static int let_go(const struct child_options *options, int start, struct child *child,
                  enum start_stage *stage, struct error *error)
{
    struct start_report report;
    if (!next_report(start, &report)) {
        *stage = START_FORK;
        return error_not_done(error, -ECHILD, "cannot run '%s': its process was killed before it began",
                              options->path);
    }
    if (report.stage == START_READY) {
        if (sampler_open(report.value, &child->sampler) != 0)
            child->sampler.process = -1; /* no /proc: its descriptors stay unknown */
        child->started_ns = clock_now_ns();
        send(start, "", 1, MSG_NOSIGNAL);
        if (!next_report(start, &report))
            return 0;
    }
    *stage = report.stage;
    return start_failed(options, &report, error);
}

/* The value of LEDGER_ENVIRONMENT. In the namespace's own /proc the keeper is process 1. Filled up with
 * blanks, since what a program finds on its stack is to stand at the same places in every run. */
static void name_ledger(const struct ledger_view *view, bool namespaced, char name[LEDGER_NAME_SIZE])
{
    if (namespaced)
        snprintf(name, LEDGER_NAME_SIZE, "/proc/1/fd/%d %llx", view->fd,
                 (unsigned long long)view->ledger->head.nonce);
    else
        ledger_path(view, name, LEDGER_NAME_SIZE);
    size_t length = strlen(name);
    memset(name + length, ' ', LEDGER_NAME_SIZE - 1 - length);
    name[LEDGER_NAME_SIZE - 1] = '\0';
}

/* Starts a keeper and, by it, the program. Sets *stage to where it failed; closes all wires but those of
 * the child. */
static int start_wired(const struct child_options *options, bool namespaced, int *wires, struct child *out,
                       enum start_stage *stage, struct error *error)
{
    char ledger[LEDGER_NAME_SIZE];
    name_ledger(options->ledger, namespaced, ledger);
    struct environment environment;
    int code = environment_make(&(struct environment_paths){.preload = options->preload,
                                                            .ledger = ledger,
                                                            .folder = options->folder,
                                                            .temp_folder = options->temp_folder},
                                &environment, error);
    if (code != 0)
        return code;
    struct keeper keeper = keeper_of(options, wires, namespaced, environment.variables);
    pid_t pid = fork_keeper(&keeper, wires);
    int fork_errno = errno;
    environment_clear(&environment);
    if (pid < 0) {
        *stage = namespaced ? START_NAMESPACE : START_FORK;
        return start_failed(options, &(struct start_report){*stage, fork_errno}, error);
    }
    wire_close(&wires[CHANNEL_THEIRS]);
    wire_close(&wires[START_THEIRS]); /* else its end would not be seen */
    bool reads_errors = !options->keep_streams && options->streams == NULL;
    struct child child = {.keeper = pid,
                          .channel = take_wire(&wires[CHANNEL_OURS]),
                          .errors = reads_errors ? take_wire(&wires[ERRORS_OURS]) : -1,
                          .namespaced = namespaced,
                          .sampler = {.process = -1}};
    code = let_go(options, wires[START_OURS], &child, stage, error);
    if (code == 0) {
        *out = child;
        return 0;
    }
    child_end(&child);
    child_close(&child);
    return code;
}

static int start_contained(const struct child_options *options, bool namespaced, struct child *out,
                           enum start_stage *stage, struct error *error)
{
    int wires[WIRES];
    int code = wires_open(wires, options->keep_streams, error);
    if (code == 0)
        code = start_wired(options, namespaced, wires, out, stage, error);
    for (enum wire i = 0; i < WIRES; i++)
        wire_close(&wires[i]);
    return code;
}

int child_start(const struct child_options *options, struct child *out, struct error *error)
{
    enum start_stage stage = START_READY;
    if (!options->without_namespace) {
        struct error reason;
        int code = start_contained(options, true, out, &stage, &reason);
        if (code == 0)
            return 0;
        if (stage != START_NAMESPACE) {
            *error = reason;
            return code;
        }
    }
    return start_contained(options, false, out, &stage, error);
}

bool child_status(const struct child *child, int *status)
{
    ssize_t length;
    while ((length = recv(child->channel, status, sizeof *status, MSG_DONTWAIT)) < 0 && errno == EINTR)
        ;
    return length == (ssize_t)sizeof *status;
}

void child_signal(const struct child *child, int signal_number)
{
    send(child->channel, &signal_number, sizeof signal_number, MSG_NOSIGNAL | MSG_DONTWAIT);
}

void child_end(struct child *child)
{
    close(child->channel);
    while (child->keeper > 0 && waitpid(child->keeper, NULL, __WALL) < 0 && errno == EINTR)
        ;
    child->channel = -1;
    child->keeper = 0;
    sampler_close(&child->sampler);
}

void child_close(struct child *child)
{
    if (child->errors >= 0)
        close(child->errors);
    child->errors = -1;
}
