/* Decides how a command is started and awaited. Whatever it does, this process's memory stays as it is. */
#include "campaign/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const char own_name[] = "exeunt: "; /* before what exeunt has to say */

/* Signals are blocked until the program that they are for is there. */
static _Noreturn void execute(char *const *words, const char *scratch, int errors, pid_t parent,
                              const sigset_t *signals)
{
    int nothing = open("/dev/null", O_RDWR | O_CLOEXEC);
    if (getppid() != parent || nothing < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(nothing, STDOUT_FILENO) < 0 || dup2(errors, STDERR_FILENO) < 0 ||
        (scratch != NULL && setenv("TMPDIR", scratch, 1) != 0))
        _exit(EXIT_NOT_DONE);
    static const int handled[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};
    for (size_t i = 0; i < sizeof handled / sizeof *handled; i++)
        if (signal(handled[i], SIG_DFL) == SIG_IGN && handled[i] != SIGPIPE)
            signal(handled[i], SIG_IGN);
    sigprocmask(SIG_SETMASK, signals, NULL);
    execv("/proc/self/exe", words);
    dprintf(STDERR_FILENO, "%sit cannot start itself: %s\n", own_name, strerror(errno));
    _exit(EXIT_NOT_DONE);
}

static int cannot_start(struct error *error)
{
    return error_not_done(error, -errno,
                          "a command of the campaign cannot be started: %s; try with less load",
                          strerror(errno));
}

int process_start(char *const *words, const char *scratch, int end_signal, struct process *out,
                  struct error *error)
{
    int pipe_ends[2];
    sigset_t all, before;
    if (pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0)
        return cannot_start(error);
    fcntl(pipe_ends[1], F_SETFL, 0); /* who writes may wait */
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, &before);
    pid_t parent = getpid(), pid = fork();
    if (pid == 0) {
        prctl(PR_SET_PDEATHSIG, end_signal);
        execute(words, scratch, pipe_ends[1], parent, &before);
    }
    int failed = pid < 0 ? cannot_start(error) : 0;
    sigprocmask(SIG_SETMASK, &before, NULL);
    close(pipe_ends[1]);
    *out = (struct process){.pid = pid, .handle = -1, .errors = pipe_ends[0]};
    if (failed == 0 && (out->handle = (int)syscall(SYS_pidfd_open, pid, 0)) < 0) {
        failed = cannot_start(error);
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
    }
    if (failed != 0)
        close(pipe_ends[0]);
    return failed;
}

/* Of what is there the last bytes are kept. At most one reading, since a program may write without end.
 * False: nothing was there. */
static bool read_errors(struct process *process)
{
    char bytes[PROCESS_TAIL_MAX / 2];
    ssize_t length = process->errors >= 0 ? read(process->errors, bytes, sizeof bytes) : -1;
    if (length <= 0) {
        if (length == 0) {
            close(process->errors);
            process->errors = -1;
        }
        return false;
    }
    size_t room = PROCESS_TAIL_MAX - process->tail_length, drop = 0;
    if (room < (size_t)length)
        drop = (size_t)length - room;
    memmove(process->tail, process->tail + drop, process->tail_length - drop);
    memcpy(process->tail + process->tail_length - drop, bytes, (size_t)length);
    process->tail_length += (size_t)length - drop;
    return true;
}

/* Beside that only what it ran has written there, and how to read on. */
static void take_last_words(const struct process *process, char out[WORDS_MAX])
{
    struct words words = {.length = 0};
    const char *start = NULL, *end = process->tail + process->tail_length;
    for (const char *line = process->tail; line < end;) {
        const char *next = memchr(line, '\n', (size_t)(end - line));
        if ((size_t)(end - line) > sizeof own_name - 1 && strncmp(line, own_name, sizeof own_name - 1) == 0)
            start = line + sizeof own_name - 1;
        line = next != NULL ? next + 1 : end;
    }
    if (start != NULL)
        words_add(&words, start, strcspn(start, "\n"));
    snprintf(out, WORDS_MAX, "%s", words_end(&words));
}

static void take_end(const struct process *process, int status, struct process_end *out)
{
    bool exited = WIFEXITED(status) && WEXITSTATUS(status) <= EXIT_CONTROL_MISSED;
    out->status = exited ? (enum exit_status)WEXITSTATUS(status) : EXIT_NOT_DONE;
    if (WIFSIGNALED(status))
        snprintf(out->words, sizeof out->words, "it was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    else
        take_last_words(process, out->words);
}

/* Waits until there is something to read, or the process has ended, which is returned. Where that cannot be
 * waited for, since memory is short, it is looked at now and then. */
static bool wait_for_news(struct process *process, uint64_t timeout_ns)
{
    static const struct timespec nap = {.tv_nsec = 10000000};
    struct pollfd polled[] = {{.fd = process->handle, .events = POLLIN},
                              {.fd = process->errors, .events = POLLIN}};
    int ready = poll(polled, 2, (int)((timeout_ns + 999999) / 1000000));
    if (ready > 0 && polled[1].revents != 0)
        read_errors(process);
    if (ready < 0 && errno != EINTR)
        nanosleep(&nap, NULL);
    return ready > 0 && polled[0].revents != 0;
}

bool process_await(struct process *process, uint64_t timeout_ns, struct process_end *end)
{
    bool has_ended = wait_for_news(process, timeout_ns);
    int status = -1;
    if (waitpid(process->pid, &status, has_ended ? 0 : WNOHANG) != process->pid && !has_ended)
        return false;
    for (unsigned i = 0; i < (size_t)2 * 65536 / sizeof process->tail && read_errors(process); i++)
        ; /* more than a pipe can hold: for a writer that was handed the pipe and lives on */
    if (process->errors >= 0)
        close(process->errors);
    close(process->handle);
    take_end(process, status, end);
    return true;
}

void process_signal(const struct process *process, int signal_number)
{
    kill(process->pid, signal_number); /* not awaited yet: the number is its own */
}
