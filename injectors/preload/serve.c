/* The fork server: where the supervisor asks for it, the program stops here, before its main and before it
 * joins its ledger, and forks a process for each run, which then goes on as if it had just been started.
 *
 * Nothing is armed or noted before that, so that the wrappers are in nobody's way. A run is not a fork of the
 * program but the program: no handler of pthread_atfork is called for it. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "ledger/serve.h"
#include "preload.h"
#include "supervise/processes.h"

enum { KEEPER = 1, OTHERS = 1 /* ourselves, beside those that a run left */, ENDING_MAX_MS = 2000 };

struct server {
    pid_t (*fork)(void);
    char folder[PATH_MAX]; /* found anew by each run, which may have been left another by that name */
    sigset_t signals;      /* as the program has them blocked */
    int given[SERVE_DESCRIPTORS];
};

static void report(enum serve_stage stage, int value)
{
    struct serve_report report = {.stage = stage, .value = value};
    send(SERVE_DESCRIPTOR, &report, sizeof report, MSG_NOSIGNAL);
}

/* Names in a folder of /proc, -1 if it cannot be read. Without memory from the heap, which is the program's.
 */
static int count_names(const char *path)
{
    union {
        struct dirent64 entry;
        char bytes[4096];
    } names;
    int folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int count = folder < 0 ? -1 : 0;
    ssize_t length;
    while (folder >= 0 && (length = getdents64(folder, &names, sizeof names)) > 0)
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(names.bytes + at);
            count += entry->d_name[0] != '.';
            at += entry->d_reclen;
        }
    if (folder >= 0)
        close(folder);
    return count;
}

/* Mappings that can be written to and are shared with other processes, -1 if they cannot be read. */
static int count_shared(void)
{
    enum { PERMISSIONS = 1, WRITE = 1, SHARED = 3 }; /* number of the field, places in it */
    char text[4096];
    int count = 0, field = 0, place = 0;
    bool writable = false;
    int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
    ssize_t length = -1;
    while (maps >= 0 && (length = read(maps, text, sizeof text)) > 0)
        for (ssize_t i = 0; i < length; i++) {
            if (field == PERMISSIONS && place == WRITE)
                writable = text[i] == 'w';
            count += field == PERMISSIONS && place == SHARED && writable && text[i] == 's';
            place = text[i] == ' ' || text[i] == '\n' ? 0 : place + 1;
            field = text[i] == '\n' ? 0 : field + (text[i] == ' ');
        }
    if (maps >= 0)
        close(maps);
    return length < 0 ? -1 : count;
}

/* Whether the end of a run will be told to us. */
static bool reaps(void)
{
    struct sigaction action;
    sigaction(SIGCHLD, NULL, &action);
    return action.sa_handler != SIG_IGN && (action.sa_flags & SA_NOCLDWAIT) == 0;
}

/* What the libraries' constructors have made so far would be common to all runs. */
static bool is_safe(void)
{
    enum {
        THREADS = 1,
        DESCRIPTORS = SERVE_DESCRIPTOR + 1 + 1 /* the listing's own */,
        SHARED = 1 /* the ledger */
    };
    return count_names("/proc/self/task") == THREADS && count_names("/proc/self/fd") == DESCRIPTORS &&
           count_shared() == SHARED && reaps();
}

/* Receives an order. False: the supervisor hangs up, or it makes no sense. */
static bool receive(struct server *server, uint32_t *order)
{
    union {
        char bytes[CMSG_SPACE(sizeof server->given)];
        struct cmsghdr align;
    } control;
    struct iovec part = {order, sizeof *order};
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control.bytes};
    if (recvmsg(SERVE_DESCRIPTOR, &message, MSG_CMSG_CLOEXEC) != (ssize_t)sizeof *order)
        return false;
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    if (header == NULL || header->cmsg_len != CMSG_LEN(sizeof server->given))
        return *order != SERVE_RUN;
    memcpy(server->given, CMSG_DATA(header), sizeof server->given);
    return true;
}

static void close_given(const struct server *server)
{
    for (int i = 0; i < SERVE_DESCRIPTORS; i++)
        close(server->given[i]);
}

/* In the run: what its process is to have, as if it had been executed. */
static void become_run(const struct server *server)
{
    char digits[16] = "";
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    setpgid(0, 0);
    for (int i = SERVE_INPUT; i <= SERVE_ERRORS; i++)
        dup2(server->given[i], i);
    if (chdir(server->folder) != 0)
        _exit(EXIT_FAILURE);
    bool known = readlinkat(server->given[SERVE_PROC], "self", digits, sizeof digits - 1) > 0;
    report(SERVE_STARTED, known ? atoi(digits) : 0);
    close_given(server);
    close(SERVE_DESCRIPTOR);
    sigprocmask(SIG_SETMASK, &server->signals, NULL);
}

/* Waits for the run's end, or for the order to end it. */
static int await(struct server *server, pid_t run)
{
    int status = 0;
    int process = (int)syscall(SYS_pidfd_open, run, 0);
    struct pollfd polled[] = {{.fd = process, .events = POLLIN}, {.fd = SERVE_DESCRIPTOR, .events = POLLIN}};
    while (poll(polled, 2, -1) >= 0 && polled[0].revents == 0) {
        uint32_t order;
        if (!receive(server, &order))
            _exit(EXIT_SUCCESS);
        kill(-1, SIGKILL);
    }
    close(process);
    while (waitpid(run, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}

/* Whether there are no processes but us and the keeper, which reaps those that ended. */
static bool is_alone(void)
{
    return kill(-1, 0) != 0 && errno == ESRCH;
}

/* Ends all that the run left. False: somebody does not end. */
static bool end_left(void)
{
    for (int ms = 0; !is_alone(); ms++) {
        if (ms == ENDING_MAX_MS)
            return false;
        kill(-1, SIGKILL);
        nanosleep(&(struct timespec){.tv_nsec = 1000000}, NULL);
    }
    return true;
}

/* One run from its begin to its end. True in the run's process, which is to go on. */
static bool run_once(struct server *server)
{
    pid_t run = server->fork();
    if (run == 0) {
        become_run(server);
        return true;
    }
    close_given(server);
    if (run < 0)
        _exit(EXIT_FAILURE);
    setpgid(run, run); /* as the run does: whoever comes first */
    report(SERVE_ENDED, await(server, run));
    int left = is_alone() ? 0 : processes_left(KEEPER, OTHERS, SERVE_DESCRIPTOR);
    if (!end_left())
        _exit(EXIT_FAILURE);
    report(SERVE_GONE, left);
    return false;
}

void serve(const struct ledger *ledger)
{
    if (ledger->serve == 0)
        return;
    struct server server = {.fork = (pid_t(*)(void))real_function("_Fork")};
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, &server.signals);
    if (!is_safe() || getcwd(server.folder, sizeof server.folder) == NULL)
        _exit(EXIT_FAILURE);
    report(SERVE_READY, 0);
    uint32_t order;
    while (receive(&server, &order))
        if (order == SERVE_RUN && run_once(&server))
            return;
    _exit(EXIT_SUCCESS);
}
