/* Decides what the program inherits: three descriptors, its limits, its folder, default signals, a process
 * group of its own, and nothing else of the supervisor. */
#include "supervise/program.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ledger/serve.h"

void program_report(int start, enum start_stage stage, int value)
{
    struct start_report report = {.stage = stage, .value = value};
    send(start, &report, sizeof report, MSG_NOSIGNAL);
}

static _Noreturn void fail(int start, enum start_stage stage)
{
    program_report(start, stage, errno);
    _exit(EXIT_FAILURE);
}

/* Our number as the supervisor's /proc has it, whatever our own namespace calls us. */
static int number_in(int proc)
{
    char digits[16];
    ssize_t length = readlinkat(proc, "self", digits, sizeof digits - 1);
    if (length <= 0)
        return 0;
    digits[length] = '\0';
    return atoi(digits);
}

/* Until the supervisor has found us in /proc, so that our number cannot be another's by then. */
static void wait_for_answer(int start)
{
    char answer;
    ssize_t length;
    while ((length = recv(start, &answer, sizeof answer, 0)) < 0 && errno == EINTR)
        ;
    if (length <= 0)
        _exit(EXIT_FAILURE); /* the supervisor is dead */
}

/* A copy from `least` on. */
static int moved(int fd, int least, int start)
{
    int copy = fcntl(fd, F_DUPFD_CLOEXEC, least);
    if (copy < 0)
        fail(start, START_DESCRIPTORS);
    return copy;
}

/* The streams may lie at 0, 1 or 2 themselves, in any order, and so may the sockets: first all are moved
 * away from there. Returns the new number of the socket `start`. */
static int take_descriptors(const struct program *program)
{
    int given[] = {program->streams[0], program->streams[1], program->streams[2], program->serve};
    int count = program->serve >= 0 ? 4 : 3;
    static_assert(SERVE_DESCRIPTOR == STDERR_FILENO + 1, "they follow one another");
    int start = moved(program->start, count, program->start);
    for (int i = 0; i < count; i++)
        given[i] = moved(given[i], count, start);
    for (int i = 0; i < count; i++)
        if (dup2(given[i], i) < 0)
            fail(start, START_DESCRIPTORS);
    if (close_range((unsigned)count, ~0U, CLOSE_RANGE_CLOEXEC) != 0)
        fail(start, START_DESCRIPTORS);
    return start;
}

static void take_limits(const struct program *program, int start)
{
    struct rlimit descriptors = {.rlim_cur = program->limit_fds, .rlim_max = program->limit_fds};
    struct rlimit core = {0};
    bool limited = program->limit_fds != 0;
    if ((limited && setrlimit(RLIMIT_NOFILE, &descriptors) != 0) || setrlimit(RLIMIT_CORE, &core) != 0)
        fail(start, START_LIMITS);
}

static void take_folder(const struct program *program, int start)
{
    if (program->folder != NULL && chdir(program->folder) != 0)
        fail(start, START_FOLDER);
}

static void take_default_signals(void)
{
    struct sigaction by_default = {.sa_handler = SIG_DFL};
    for (int number = 1; number <= SIGRTMAX; number++)
        sigaction(number, &by_default, NULL); /* refused for SIGKILL and SIGSTOP, which have no other way */
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void program_execute(const struct program *program, pid_t keeper)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != keeper)
        _exit(EXIT_FAILURE); /* the keeper died before the line above */
    setpgid(0, 0);
    int number = number_in(program->proc);
    int start = take_descriptors(program);
    take_limits(program, start);
    take_folder(program, start);
    program_report(start, START_READY, number);
    wait_for_answer(start);
    take_default_signals();
    execve(program->path, program->arguments, program->environment);
    fail(start, START_EXECUTE);
}
