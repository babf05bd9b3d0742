/* Decides who descends from whom, by the parents that /proc names. */
#include "supervise/processes.h"

#include <dirent.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

#include "base/clock.h"

enum { COUNTED_MAX = 4096 };

/* A field behind the name, which can hold anything, but its parenthesis is the last. Fields by the numbers of
 * proc(5). */
static const char *field(const char *text, int number)
{
    enum { NAME = 2 };
    const char *at = strrchr(text, ')');
    for (int i = NAME; at != NULL && i < number; i++) {
        at = strchr(at, ' ');
        at += at != NULL;
    }
    return at != NULL ? at : "";
}

static bool read_process(int folder, struct process *out)
{
    enum { STATE = 3, PARENT = 4, THREADS = 20 };
    char text[512] = "";
    int stat = openat(folder, "stat", O_RDONLY | O_CLOEXEC);
    if (stat < 0)
        return false;
    ssize_t length = read(stat, text, sizeof text - 1);
    close(stat);
    char state = field(text, STATE)[0];
    /* The main thread can have ended before the others: then the process has not. */
    bool ended = state == 'X' || (state == 'Z' && atoi(field(text, THREADS)) <= 1);
    *out = (struct process){atoi(text), atoi(field(text, PARENT)), ended, folder};
    return length > 0;
}

static void visit_one(int proc, const char *name, processes_visitor *visitor, void *context)
{
    struct process process;
    int folder = openat(proc, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder < 0)
        return;
    if (read_process(folder, &process))
        visitor(&process, context);
    close(folder);
}

void processes_visit(processes_visitor *visitor, void *context)
{
    union {
        struct dirent64 entry;
        char bytes[4096];
    } names;
    int proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ssize_t length;
    while (proc >= 0 && (length = getdents64(proc, &names, sizeof names)) > 0)
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(names.bytes + at);
            if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
                visit_one(proc, entry->d_name, visitor, context);
            at += entry->d_reclen;
        }
    if (proc >= 0)
        close(proc);
}

int processes_self(void)
{
    char digits[16] = "";
    return readlink("/proc/self", digits, sizeof digits - 1) > 0 ? atoi(digits) : -1;
}

static struct {
    unsigned count;
    struct relation {
        int number, parent;
        bool alive, below;
    } list[COUNTED_MAX];
} known;

static void note(const struct process *process, void *context)
{
    (void)context;
    if (known.count < COUNTED_MAX)
        known.list[known.count++] =
            (struct relation){process->number, process->parent, !process->ended, false};
}

/* Whether somebody who is known to be below, or the ancestor itself, is the process' parent. */
static bool has_parent_below(const struct relation *process, int ancestor)
{
    if (process->parent == ancestor)
        return true;
    for (unsigned i = 0; i < known.count; i++)
        if (known.list[i].number == process->parent)
            return known.list[i].below;
    return false;
}

/* Parents mostly come first, so that few rounds find all. */
unsigned processes_below(int ancestor)
{
    unsigned alive = 0;
    bool found = true;
    known.count = 0;
    processes_visit(note, NULL);
    while (found) {
        found = false;
        for (unsigned i = 0; i < known.count; i++) {
            struct relation *process = &known.list[i];
            if (process->below || !has_parent_below(process, ancestor))
                continue;
            process->below = found = true;
            alive += process->alive;
        }
    }
    return alive;
}

int processes_left(int ancestor, unsigned others, int channel)
{
    struct pollfd polled = {.fd = channel, .events = POLLIN};
    uint64_t end_ns = clock_now_ns() + LEFT_AFTER_MS * UINT64_C(1000000);
    unsigned alive;
    while ((alive = processes_below(ancestor)) > others && clock_now_ns() < end_ns &&
           poll(&polled, 1, 1) == 0)
        ;
    return alive > others ? (int)(alive - others) : 0;
}
