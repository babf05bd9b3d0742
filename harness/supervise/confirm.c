/* Threads are known to the ledger by the numbers of their own PID namespace: /proc says which those are. */
#include "supervise/confirm.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

/* Reads a file of a task, ended by NUL. False if it cannot be read. */
static bool read_of_task(int process, const char *task, const char *name, char *text, size_t size)
{
    char path[300];
    snprintf(path, sizeof path, "task/%s/%s", task, name);
    int file = openat(process, path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    ssize_t length = read(file, text, size - 1);
    close(file);
    text[length > 0 ? length : 0] = '\0';
    return length > 0;
}

/* The task's number in its innermost namespace, 0 if unknown. */
static int inner_number(int process, const char *task)
{
    char text[4096];
    if (!read_of_task(process, task, "status", text, sizeof text))
        return 0;
    char *line = strstr(text, "\nNSpid:");
    if (line == NULL)
        return 0;
    line[1 + strcspn(line + 1, "\n")] = '\0';
    char *last = strrchr(line, '\t');
    return last != NULL ? atoi(last + 1) : 0;
}

/* The task whose innermost number is `tid`, as /proc names it. */
static bool find_task(int process, int tid, char *task, size_t size)
{
    int folder = openat(process, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *listing = folder >= 0 ? fdopendir(folder) : NULL;
    bool found = false;
    for (struct dirent *entry; listing != NULL && !found && (entry = readdir(listing)) != NULL;)
        if (entry->d_name[0] != '.' && inner_number(process, entry->d_name) == tid) {
            snprintf(task, size, "%.31s", entry->d_name);
            found = true;
        }
    if (listing != NULL)
        closedir(listing);
    else if (folder >= 0)
        close(folder);
    return found;
}

/* Does the kernel see the waiter in futex(2) on a word of the lock? */
static enum confirmation confirm_wait(int process, int tid, const struct deadlock_edge *edge)
{
    char task[32], text[256];
    long number;
    unsigned long long word;
    if (edge->mode == LEDGER_LOCK_SPIN || tid <= 0 || !find_task(process, tid, task, sizeof task) ||
        !read_of_task(process, task, "syscall", text, sizeof text))
        return CONFIRM_UNKNOWN;
    if (sscanf(text, "%ld %llx", &number, &word) != 2)
        return CONFIRM_UNKNOWN; /* "running" */
    enum { THREAD_MAX = 4096 }; /* what the C library keeps of a thread, from its handle on */
    uint64_t size = edge->mode == LEDGER_JOIN ? THREAD_MAX : sizeof(pthread_rwlock_t);
    bool on_lock = number == SYS_futex && word >= edge->lock && word < edge->lock + size;
    return on_lock ? CONFIRM_AGREES : CONFIRM_DISAGREES;
}

/* Does the mutex name the owner that the ledger names? */
static enum confirmation confirm_owner(pid_t pid, int tid, const struct deadlock_edge *edge)
{
    int owner = 0;
    struct iovec here = {&owner, sizeof owner};
    struct iovec there = {(void *)(uintptr_t)(edge->lock + offsetof(pthread_mutex_t, __data.__owner)),
                          sizeof owner};
    if (edge->mode != LEDGER_LOCK_MUTEX ||
        process_vm_readv(pid, &here, 1, &there, 1, 0) != (ssize_t)sizeof owner)
        return CONFIRM_UNKNOWN;
    return owner == tid ? CONFIRM_AGREES : CONFIRM_DISAGREES;
}

static enum confirmation both(enum confirmation a, enum confirmation b)
{
    return a > b ? a : b;
}

enum confirmation confirm_deadlock(int process, pid_t pid, const struct ledger_view *view,
                                   const struct deadlock *deadlock)
{
    enum confirmation all = CONFIRM_UNKNOWN;
    for (size_t i = 0; i < deadlock->edge_count; i++) {
        const struct deadlock_edge *edge = &deadlock->edges[i];
        int owner = view->ledger->threads[edge->owner].tid;
        all = both(all, confirm_wait(process, view->ledger->threads[edge->waiter].tid, edge));
        all = both(all, confirm_owner(pid, owner < 0 ? -owner : owner, edge));
    }
    return all;
}
