/* Maps the ledger a second time, to read; all by raw system calls, so that no wrapper sees it. */
#include "slots.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "ledger/layout.h"

static const struct ledger *ledger(void)
{
    static const struct ledger *mapped;
    if (mapped != NULL)
        return mapped;
    const char *value = getenv(LEDGER_ENVIRONMENT);
    char path[64];
    if (value == NULL)
        abort();
    snprintf(path, sizeof path, "%.*s", (int)strcspn(value, " "), value);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    long mapping = syscall(SYS_mmap, NULL, ledger_size(SLOTS_LOOKED_AT), PROT_READ, MAP_SHARED, fd, 0L);
    if (fd < 0 || mapping == -1)
        abort();
    syscall(SYS_close, fd);
    mapped = (const struct ledger *)mapping;
    return mapped;
}

static bool holds(int fd)
{
    return (ledger()->fds[fd].holder & LEDGER_FD_OPEN) != 0;
}

static bool is_open(int fd)
{
    return syscall(SYS_fcntl, fd, F_GETFD) != -1;
}

struct slots slots_now(void)
{
    struct slots slots;
    for (int fd = 0; fd < SLOTS_LOOKED_AT; fd++)
        slots.open[fd] = is_open(fd);
    return slots;
}

bool slots_agree(void)
{
    for (int fd = 0; fd < SLOTS_LOOKED_AT; fd++)
        if (holds(fd) && !is_open(fd))
            return false;
    return true;
}

static bool says_held(const void *lock)
{
    for (unsigned thread = 0; thread < LEDGER_THREADS_MAX; thread++) {
        const struct ledger_locks *locks = &ledger()->locks[thread];
        for (uint32_t i = 0; i < locks->held_count && i < LEDGER_HELD_MAX; i++)
            if (locks->held[i].lock == (uint64_t)(uintptr_t)lock)
                return true;
    }
    return false;
}

bool locks_agree(const struct fixture *fixture)
{
    return says_held(&fixture->mutex) == fixture_has_mutex(fixture) &&
           says_held(&fixture->rwlock) == fixture_has_rwlock(fixture);
}

bool slots_taken_since(const struct slots *before)
{
    struct slots now = slots_now();
    for (int fd = 0; fd < SLOTS_LOOKED_AT; fd++)
        if (now.open[fd] && !before->open[fd] && !holds(fd))
            return false;
    return true;
}

bool slots_hold_child(int pid)
{
    for (int i = 0; i < LEDGER_CHILDREN_MAX; i++)
        if (ledger()->children[i].pid == pid)
            return true;
    return false;
}
