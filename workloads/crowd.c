/* Starts the clients' process and talks to it. */
#include "crowd.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/scope.h"
#include "reason.h"

#define PROGRAM "exeunt-clients"

/* Decimal numbers on its command line. */
enum { NUMBER_MAX = 24 };

static void order_send(const struct crowd *crowd, enum order_kind kind, uint64_t number, int status)
{
    const struct order order = {.kind = kind, .status = status, .number = number};
    while (syscall(SYS_sendto, crowd->wire, &order, sizeof order, MSG_NOSIGNAL, NULL, 0) < 0 &&
           errno == EINTR)
        continue;
}

/* False: the other side is gone. */
static bool answer_receive(const struct crowd *crowd, struct answer *out)
{
    long length;
    while ((length = syscall(SYS_read, crowd->wire, out, sizeof *out)) < 0 && errno == EINTR)
        continue;
    return length == (long)sizeof *out;
}

int crowd_program(char path[PATH_MAX], struct exeunt_reason *reason)
{
    ssize_t length = readlink("/proc/self/exe", path, PATH_MAX - sizeof PROGRAM);
    if (length <= 0)
        return explain(reason, -errno, "cannot find out where this program lies: /proc/self/exe: %s",
                       strerror(errno));
    path[length] = '\0';
    strcpy(strrchr(path, '/') + 1, PROGRAM);
    if (access(path, X_OK) != 0)
        return explain(reason, -errno,
                       "the clients' program '%s' is missing: %s; build or install exeunt again", path,
                       strerror(errno));
    return 0;
}

/* In the new process. Whoever started us may be dead by the time that we ask to die with it. */
_Noreturn static void become(char *const *arguments, int wire, pid_t parent)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() == parent && fcntl(wire, F_SETFD, 0) == 0)
        execv(arguments[0], arguments);
    _exit(EXIT_FAILURE);
}

static pid_t start(const struct crowd_options *options, int wire)
{
    char numbers[5][NUMBER_MAX];
    const struct sockaddr_storage *address = &options->doors->address;
    uint16_t port = address->ss_family == AF_INET6 ? ((const struct sockaddr_in6 *)address)->sin6_port
                                                   : ((const struct sockaddr_in *)address)->sin_port;
    const uint64_t values[5] = {(uint64_t)wire, options->seed, options->misbehave_percent,
                                address->ss_family == AF_INET6, ntohs(port)};
    char *arguments[] = {(char *)options->program,
                         (char *)options->folder,
                         numbers[0],
                         numbers[1],
                         numbers[2],
                         numbers[3],
                         numbers[4],
                         NULL};
    for (size_t i = 0; i < sizeof values / sizeof *values; i++)
        snprintf(numbers[i], NUMBER_MAX, "%llu", (unsigned long long)values[i]);
    pid_t self = getpid();
    pid_t process = fork();
    if (process == 0)
        become(arguments, wire, self);
    return process;
}

int crowd_start(const struct crowd_options *options, struct crowd *out, struct exeunt_reason *reason)
{
    int wires[2];
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, wires) != 0)
        return explain(reason, -errno, "cannot make a socket to talk to the clients by: %s", strerror(errno));
    EXEUNT_GUARD(fd, ours, wires[0]);
    EXEUNT_GUARD(fd, theirs, wires[1]);
    pid_t process = start(options, theirs);
    if (process < 0)
        return explain(reason, -errno, "cannot start the clients' program '%s': %s", options->program,
                       strerror(errno));
    (void)EXEUNT_RELEASE(fd, theirs);
    struct crowd crowd = {.process = process, .wire = ours};
    struct answer answer;
    if (!answer_receive(&crowd, &answer)) {
        crowd.wire = EXEUNT_TAKE(fd, ours);
        crowd_end(&crowd);
        return explain(reason, -ECHILD, "the clients' program '%s' could not be started, or ended at once",
                       options->program);
    }
    crowd.wire = EXEUNT_TAKE(fd, ours);
    *out = crowd;
    return 0;
}

_Noreturn static void lost(uint64_t number, const char *why)
{
    dprintf(STDERR_FILENO, "client %llu cannot connect to the service: %s\n", (unsigned long long)number,
            why);
    _exit(EXEUNT_HOST_NOT_STARTED);
}

void crowd_call(const struct crowd *crowd, uint64_t number)
{
    struct answer answer;
    order_send(crowd, ORDER_COME, number, 0);
    if (!answer_receive(crowd, &answer))
        lost(number, "the clients' process has ended");
    if (answer.error != 0)
        lost(number, strerror(answer.error));
}

void crowd_tell_over(const struct crowd *crowd, uint64_t number, int status)
{
    order_send(crowd, ORDER_OVER, number, status);
}

void crowd_end(struct crowd *crowd)
{
    struct answer answer;
    order_send(crowd, ORDER_END, 0, 0);
    (void)answer_receive(crowd, &answer);
    close(crowd->wire);
    while (waitpid(crowd->process, NULL, 0) < 0 && errno == EINTR)
        continue;
    *crowd = (struct crowd){.wire = -1};
}
