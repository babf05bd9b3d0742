/* Decides how all that descends from the program is found and ended. In a PID namespace the kernel does it
 * when we, process 1, exit. Without one we are the subreaper of all descendants: whoever loses its parent
 * becomes our child, so ending our children again and again reaches everybody, daemons too. */
#include "supervise/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervise/orphans.h"
#include "supervise/processes.h"

/* Signals are only ever read, from a signalfd. One that the supervisor ignores would not arrive there. */
static void block_signals(void)
{
    sigset_t all;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    signal(SIGCHLD, SIG_DFL);
}

/* A /proc that knows the processes of our namespace by the numbers they have in it. With the supervisor's,
 * a program that reads /proc/<getpid()>, as LeakSanitizer does, would see somebody else's. */
static void mount_proc(int start)
{
    if (mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL) == 0 &&
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) == 0)
        return;
    program_report(start, START_NAMESPACE, errno);
    _exit(EXIT_FAILURE);
}

static pid_t start_program(const struct keeper *keeper)
{
    pid_t self = getpid();
    pid_t program = _Fork();
    if (program == 0)
        program_execute(&keeper->program, self);
    if (program < 0) {
        program_report(keeper->program.start, START_FORK, errno);
        _exit(EXIT_FAILURE);
    }
    setpgid(program, program); /* as the program does: whoever comes first */
    return program;
}

static void close_between(int first, int end)
{
    if (first < end)
        close_range((unsigned)first, (unsigned)end - 1, 0);
}

/* The files and pipes of the supervisor are not ours to keep open. */
static void keep_only(int one, int other)
{
    int low = one < other ? one : other;
    int high = one < other ? other : one;
    close_between(0, low);
    close_between(low + 1, high);
    close_range((unsigned)high + 1, ~0U, 0);
}

/* As a wait status. */
static int status_of(const siginfo_t *ended)
{
    if (ended->si_code == CLD_EXITED)
        return W_EXITCODE(ended->si_status, 0);
    return ended->si_status | (ended->si_code == CLD_DUMPED ? WCOREFLAG : 0);
}

/* Reaps orphans. True once the program has ended: it is not reaped yet, so its number is still its own. */
static bool program_ended(pid_t program, int *status)
{
    siginfo_t ended = {0};
    while (waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) == 0 && ended.si_pid != 0) {
        if (ended.si_pid == program) {
            *status = status_of(&ended);
            return true;
        }
        waitpid(ended.si_pid, NULL, 0);
        ended.si_pid = 0;
    }
    return false;
}

/* Passes a signal from the channel on. False: the channel has none, it is hung up. */
static bool pass_signal(int channel, pid_t program)
{
    int signal_number;
    if (recv(channel, &signal_number, sizeof signal_number, MSG_DONTWAIT) != (ssize_t)sizeof signal_number)
        return false;
    kill(-program, signal_number);
    return true;
}

/* Waits for the program's end or the supervisor's order. True: the program has ended. */
static bool watch(const struct keeper *keeper, pid_t program, int *status)
{
    sigset_t child;
    sigemptyset(&child);
    sigaddset(&child, SIGCHLD);
    int signals = signalfd(-1, &child, SFD_CLOEXEC | SFD_NONBLOCK);
    for (;;) {
        if (program_ended(program, status))
            return true;
        struct pollfd polled[] = {{.fd = keeper->channel, .events = POLLIN},
                                  {.fd = signals, .events = POLLIN}};
        if (signals < 0 || poll(polled, 2, -1) < 0 ||
            (polled[0].revents != 0 && !pass_signal(keeper->channel, program)))
            return false;
        struct signalfd_siginfo taken;
        while (read(signals, &taken, sizeof taken) > 0)
            ;
    }
}

static void tell(int channel, int value)
{
    send(channel, &value, sizeof value, MSG_NOSIGNAL);
}

_Noreturn void keeper_run(const struct keeper *keeper)
{
    block_signals();
    setsid(); /* no terminal: nobody in here can be stopped by it */
    if (keeper->namespaced) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* died already: the channel says so */
        mount_proc(keeper->program.start);
    } else {
        prctl(PR_SET_CHILD_SUBREAPER, 1);
    }
    pid_t program = start_program(keeper);
    keep_only(keeper->channel, keeper->ledger);

    int status;
    bool ended = watch(keeper, program, &status);
    if (ended)
        tell(keeper->channel, status);
    if (ended && keeper->counts_left)
        tell(keeper->channel, processes_left(processes_self(), 0, keeper->channel));
    if (!keeper->namespaced) {
        kill(-program, SIGKILL);
        orphans_end();
    }
    _exit(EXIT_SUCCESS);
}
