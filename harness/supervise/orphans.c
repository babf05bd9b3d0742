/* Decides who is a child of ours, by /proc, and ends it. A child's number is its own until we reap it, but
 * /proc may be that of an outer PID namespace: so the process is signalled by its directory there. */
#include "supervise/orphans.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* The parent's number in the text of /proc/PID/stat, "PID (name) state parent ...": the name can hold
 * anything, so the last parenthesis counts. 0 if the text is none. */
static int parent_in(char *text)
{
    char *after_name = strrchr(text, ')');
    return after_name != NULL && strlen(after_name) > 4 ? atoi(after_name + 4) : 0;
}

static bool is_child_of(int process, int parent)
{
    char text[128] = "";
    int stat = openat(process, "stat", O_RDONLY | O_CLOEXEC);
    if (stat < 0)
        return false;
    ssize_t length = read(stat, text, sizeof text - 1);
    close(stat);
    return length > 0 && parent_in(text) == parent;
}

/* Ends the process if it is a child of ours. True if that was done. */
static bool end_child(int proc, const char *name, int self)
{
    int process = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (process < 0)
        return false;
    bool done = is_child_of(process, self) && syscall(SYS_pidfd_send_signal, process, SIGKILL, NULL, 0) == 0;
    close(process);
    return done;
}

/* Number of children ended; those that wait to be reaped count too. */
static unsigned end_children(int proc, int self)
{
    union {
        struct dirent64 entry;
        char bytes[4096];
    } names;
    unsigned count = 0;
    ssize_t length;
    lseek(proc, 0, SEEK_SET);
    while ((length = getdents64(proc, &names, sizeof names)) > 0)
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(names.bytes + at);
            if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
                count += end_child(proc, entry->d_name, self);
            at += entry->d_reclen;
        }
    return count;
}

void orphans_end(void)
{
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    char digits[16] = "";
    int self = readlinkat(proc, "self", digits, sizeof digits - 1) > 0 ? atoi(digits) : -1;
    pid_t reaped;
    while ((reaped = waitpid(-1, NULL, WNOHANG)) >= 0)
        /* Those that were ended are sure to come, and each may have left us its children. */
        if (reaped == 0 && (end_children(proc, self) == 0 || waitpid(-1, NULL, 0) < 0))
            break;
    close(proc);
}
