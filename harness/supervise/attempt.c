/* Decides how an attempt is made, when it is over, and what of it is believed. A server that is lost is
 * started once more; then attempts go by fork and exec. */
#include "supervise/attempt.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "supervise/server.h"
#include "supervise/stream.h"

enum {
    SERVERS_MAX = 2,
    SLOTS_MAX = 4096, /* each is looked at when a target exits: descriptors beyond are not noted */
};

/* Most targets end before the first look for a deadlock, which stands for ever if it is one. */
static const uint64_t look_first_ns = 20000000u;
static const uint64_t look_again_ns = 10000000u;

/* A server tells of the end in LEFT_AFTER_MS, or something is wrong. */
static const uint64_t answer_within_ns = 5000000000u;

struct attempter {
    struct attempt_target target;
    struct ledger_view ledger;
    struct server server;
    unsigned servers_lost;
    struct detector detector;
};

enum stage { RUNNING, STOPPING, ENDED, GONE, LOST };

/* An attempt that goes on. */
struct going {
    struct attempter *attempter;
    struct attempt_seen *seen;
    struct server *server; /* NULL: by fork and exec */
    struct child child;
    int target; /* number of its process in our /proc; 0: unknown */
    struct stream output, errors;
    enum stage stage;
    bool known;  /* how it ended */
    bool looked; /* for a deadlock */
    uint64_t started_ns, limit_end_ns, look_ns, answer_end_ns;
};

static struct child_options options_of(const struct attempter *attempter)
{
    const struct attempt_target *target = &attempter->target;
    return (struct child_options){.path = target->path,
                                  .arguments = target->arguments,
                                  .preload = target->preload,
                                  .ledger = &attempter->ledger,
                                  .limit_fds = target->limit_fds,
                                  .folder = target->folder,
                                  .temp_folder = target->temp_folder,
                                  .counts_left = true};
}

/* A descriptor of its own, so that its position is the attempt's own, too. */
static int open_input(const struct attempt_target *target)
{
    char path[32] = "/dev/null";
    if (target->input >= 0)
        snprintf(path, sizeof path, "/proc/self/fd/%d", target->input);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}

static int input_failed(int code, struct error *error)
{
    return error_not_done(error, code, "cannot open the input of the program again: %s", strerror(-code));
}

/* Signals stay away from what is forked and is not yet what it is to be. */
static sigset_t block_signals(void)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &before);
    return before;
}

static void unblock_signals(const sigset_t *before)
{
    pthread_sigmask(SIG_SETMASK, before, NULL);
}

static void start_server(struct attempter *attempter)
{
    struct error unsaid; /* fork and exec say it, if they fail too */
    struct child_options options = options_of(attempter);
    int input = open_input(&attempter->target);
    if (input < 0)
        return;
    sigset_t before = block_signals();
    if (server_start(&options, input, &attempter->server, &unsaid) != 0)
        attempter->servers_lost = SERVERS_MAX;
    unblock_signals(&before);
    close(input);
}

static uint32_t slots_of(const struct attempt_target *target)
{
    struct rlimit limit = {.rlim_cur = target->limit_fds};
    if (target->limit_fds == 0 && getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return SLOTS_MAX;
    return limit.rlim_cur < SLOTS_MAX ? (uint32_t)limit.rlim_cur : SLOTS_MAX;
}

int attempter_open(const struct attempt_target *target, struct attempter **out, struct error *error)
{
    static const struct plan nothing;
    struct attempter *attempter = calloc(1, sizeof *attempter);
    if (attempter == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    attempter->target = *target;
    attempter->server.socket = attempter->server.proc = attempter->server.child.channel = -1;
    int code = ledger_create_traced(slots_of(target), &nothing, target->points, &attempter->ledger, error);
    if (code != 0) {
        free(attempter);
        return code;
    }
    attempter->ledger.ledger->discover = target->points->open;
    attempter->ledger.ledger->watch_temps = 1;
    attempter->ledger.ledger->watch_heap = 1;
    if (target->without_server || target->without_namespace)
        attempter->servers_lost = SERVERS_MAX;
    else
        start_server(attempter);
    *out = attempter;
    return 0;
}

bool attempter_serves(const struct attempter *attempter)
{
    return attempter->server.socket >= 0;
}

struct ledger_view *attempter_ledger(struct attempter *attempter)
{
    return &attempter->ledger;
}

struct attempter *attempter_close(struct attempter *attempter)
{
    if (attempter == NULL)
        return NULL;
    server_end(&attempter->server);
    ledger_close(&attempter->ledger);
    free(attempter);
    return NULL;
}

static int lost(const struct going *going, struct error *error)
{
    const char *path = going->attempter->target.path;
    if (going->server != NULL)
        return error_not_done(error, -EAGAIN,
                              "how '%s' ended is unknown: the server it was forked from is gone", path);
    return error_not_done(
        error, -ECHILD, "how '%s' ended is unknown: the process that kept it was killed from outside", path);
}

/* Lets the target go. */
static int start(struct going *going, const int streams[3], struct error *error)
{
    going->server = attempter_serves(going->attempter) ? &going->attempter->server : NULL;
    going->started_ns = clock_now_ns();
    if (going->server != NULL)
        return server_run(going->server, streams) ? 0 : lost(going, error);
    struct child_options options = options_of(going->attempter);
    options.streams = streams;
    options.without_namespace = going->attempter->target.without_namespace;
    sigset_t before = block_signals();
    int code = child_start(&options, &going->child, error);
    unblock_signals(&before);
    if (code != 0)
        return code;
    going->started_ns = going->child.started_ns;
    going->target = going->child.sampler.main_task;
    return 0;
}

static int start_with_streams(struct going *going, struct error *error)
{
    int streams[3] = {open_input(&going->attempter->target), -1, -1};
    if (streams[0] < 0)
        return input_failed(streams[0], error);
    int code = stream_open(&going->seen->output, &going->output, &streams[1]);
    if (code == 0)
        code = stream_open(&going->seen->errors, &going->errors, &streams[2]);
    if (code != 0)
        error_not_done(error, code, "cannot connect to a program: %s", strerror(-code));
    else
        code = start(going, streams, error);
    for (int i = 0; i < 3; i++)
        if (streams[i] >= 0)
            close(streams[i]);
    return code;
}

/* Ends the attempt that goes on, and all that descends from it. */
static void stop(struct going *going, enum attempt_end end)
{
    uint64_t now_ns = clock_now_ns();
    going->seen->end = end;
    going->seen->duration_ns = now_ns - going->started_ns;
    going->known = true;
    going->stage = STOPPING;
    going->answer_end_ns = now_ns + answer_within_ns;
    if (going->server != NULL) {
        server_end_run(going->server);
        return;
    }
    child_end(&going->child);
    going->stage = GONE;
}

/* Whether threads of the target are in a deadlock; then both witnesses are heard. */
static bool locked_up(struct going *going)
{
    struct attempter *attempter = going->attempter;
    if (!going->looked)
        attempter->detector = (struct detector){0};
    going->looked = true;
    if (!detector_look(&attempter->detector, &attempter->ledger, clock_now_ns(), &going->seen->deadlock))
        return false;
    struct sampler process;
    if (sampler_open(going->target, &process) != 0)
        return true;
    going->seen->confirmed =
        confirm_deadlock(process.process, process.main_task, &attempter->ledger, &going->seen->deadlock);
    sampler_close(&process);
    return true;
}

/* The server is gone, or does not answer. Then nobody knows whether the target was late or its server was. */
static void lose(struct going *going)
{
    going->known &= going->stage == ENDED || going->seen->end == ATTEMPT_INTERRUPTED;
    going->stage = LOST;
}

/* Ends what is not to go on. */
static void judge(struct going *going, uint64_t now_ns)
{
    const volatile int *interrupted = going->attempter->target.interrupted;
    if (going->stage != RUNNING) {
        if (now_ns >= going->answer_end_ns)
            lose(going);
    } else if (interrupted != NULL && *interrupted != 0) {
        stop(going, ATTEMPT_INTERRUPTED);
    } else if (now_ns >= going->limit_end_ns) {
        stop(going, ATTEMPT_TIMED_OUT);
    } else if (now_ns >= going->look_ns) {
        going->look_ns = now_ns + look_again_ns;
        if (locked_up(going))
            stop(going, ATTEMPT_TIMED_OUT);
    }
}

static void note_end(struct going *going, int status)
{
    if (going->stage != RUNNING)
        return;
    uint64_t now_ns = clock_now_ns();
    going->seen->end = WIFEXITED(status) ? ATTEMPT_EXITED : ATTEMPT_SIGNALLED;
    going->seen->status = WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status);
    going->seen->duration_ns = now_ns - going->started_ns;
    going->answer_end_ns = now_ns + answer_within_ns;
    going->known = true;
    going->stage = ENDED;
}

/* The keeper's words as the server's. */
static bool keeper_report(const struct going *going, struct serve_report *out)
{
    out->stage = going->stage == RUNNING ? SERVE_ENDED : SERVE_GONE;
    return child_status(&going->child, &out->value);
}

static void take_report(struct going *going)
{
    struct serve_report report;
    if (!(going->server != NULL ? server_report(going->server, &report) : keeper_report(going, &report))) {
        lose(going);
        return;
    }
    switch (report.stage) {
    case SERVE_STARTED:
        going->target = report.value;
        break;
    case SERVE_ENDED:
        note_end(going, report.value);
        break;
    case SERVE_GONE:
        if (going->stage == ENDED)
            going->seen->children_left = (unsigned)report.value;
        going->stage = GONE;
        break;
    default:
        break;
    }
}

/* Sleeps until something happens or is due. */
static void wait_for_news(struct going *going, uint64_t now_ns)
{
    uint64_t due_ns = going->answer_end_ns;
    if (going->stage == RUNNING)
        due_ns = going->look_ns < going->limit_end_ns ? going->look_ns : going->limit_end_ns;
    uint64_t left_ns = due_ns > now_ns ? due_ns - now_ns : 0;
    struct timespec timeout = {(time_t)(left_ns / 1000000000u), (long)(left_ns % 1000000000u)};
    struct pollfd polled[] = {
        {.fd = going->server != NULL ? going->server->socket : going->child.channel, .events = POLLIN},
        {.fd = going->output.fd, .events = POLLIN},
        {.fd = going->errors.fd, .events = POLLIN}};
    if (ppoll(polled, 3, &timeout, NULL) <= 0)
        return;
    if (polled[1].revents != 0)
        stream_read(&going->output);
    if (polled[2].revents != 0)
        stream_read(&going->errors);
    if (polled[0].revents != 0)
        take_report(going);
}

/* A server that did not end somebody ends with him. */
static void finish(struct going *going)
{
    if (going->stage == LOST && going->server != NULL) {
        server_end(going->server);
        going->attempter->servers_lost++;
    }
    if (going->server == NULL && going->child.channel >= 0)
        child_end(&going->child);
    stream_end(&going->output);
    stream_end(&going->errors);
    going->attempter->ledger.child_ended = true;
}

/* One try by the way that is left. -EAGAIN: the server is lost; *begun if the target had been let go. */
static int try_once(struct attempter *attempter, const struct plan *plan, uint64_t limit_ns,
                    struct attempt_seen *out, bool *begun, struct error *error)
{
    struct going going = {.attempter = attempter,
                          .seen = out,
                          .output = {.fd = -1},
                          .errors = {.fd = -1},
                          .child = {.channel = -1}};
    *out = (struct attempt_seen){.end = ATTEMPT_EXITED};
    if (!attempter_serves(attempter) && attempter->servers_lost < SERVERS_MAX)
        start_server(attempter);
    int code = ledger_reset(&attempter->ledger, plan, error);
    if (code == 0)
        code = start_with_streams(&going, error);
    going.look_ns = going.started_ns + look_first_ns;
    going.limit_end_ns = going.started_ns + limit_ns;
    going.stage = code == 0 ? RUNNING : LOST;
    while (going.stage != GONE && going.stage != LOST) {
        uint64_t now_ns = clock_now_ns();
        judge(&going, now_ns);
        if (going.stage != GONE && going.stage != LOST)
            wait_for_news(&going, now_ns);
    }
    finish(&going);
    *begun = going.target != 0;
    if (code == 0 && !going.known)
        code = lost(&going, error);
    return code;
}

int attempter_try(struct attempter *attempter, const struct plan *plan, uint64_t limit_ns,
                  struct attempt_seen *out, struct error *error)
{
    bool begun;
    int code;
    do
        code = try_once(attempter, plan, limit_ns, out, &begun, error);
    while (code == -EAGAIN && !begun);
    return code;
}
