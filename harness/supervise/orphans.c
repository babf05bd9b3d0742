/* Decides who is a child of ours, by /proc, and ends it. A child's number is its own until we reap it, but
 * /proc may be that of an outer PID namespace: so the process is signalled by its directory there. */
#include "supervise/orphans.h"

#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "supervise/processes.h"

struct ending {
    int self;
    unsigned count; /* of children ended; those that wait to be reaped count too */
};

static void end_child(const struct process *process, void *context)
{
    struct ending *ending = context;
    if (process->parent == ending->self)
        ending->count += syscall(SYS_pidfd_send_signal, process->folder, SIGKILL, NULL, 0) == 0;
}

static unsigned end_children(int self)
{
    struct ending ending = {.self = self};
    processes_visit(end_child, &ending);
    return ending.count;
}

void orphans_end(void)
{
    int self = processes_self();
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG)) >= 0)
        /* Those that were ended are sure to come, and each may have left us its children. */
        if (reaped == 0 && (end_children(self) == 0 || waitpid(-1, NULL, 0) < 0))
            break;
}
