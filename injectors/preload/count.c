/* How many descriptors there are: by the kernel, by the ledger's slots, and by the kernel alone. */
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"

enum { INHERITED_MAX = 1024 };

/* Bit i: the program was given descriptor i. Higher numbers are given by nobody. */
static uint64_t inherited[INHERITED_MAX / 64];

/* Names in /proc/self/fd, without that of the listing itself: for kernels before 6.2. */
static int64_t count_names(void)
{
    BYPASSING;
    DIR *listing = opendir("/proc/self/fd");
    if (listing == NULL)
        return -1;
    int64_t names = 0;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;)
        names += entry->d_name[0] != '.';
    closedir(listing);
    return names - 1;
}

/* Descriptors of this process by the kernel, or -1. */
int64_t fds_count(void)
{
    struct stat status;
    if (syscall(SYS_newfstatat, AT_FDCWD, "/proc/self/fd", &status, 0) != 0)
        return -1;
    if (status.st_size != 0)
        return status.st_size;
    return count_names();
}

/* Slots lie on pages that are not there before they are looked at: it is worth while to know where to end. */
void slot_used_first(int fd)
{
    uint32_t used = preload.ledger->fds_used;
    while (used <= (uint32_t)fd &&
           !atomic_compare_exchange_weak(&preload.ledger->fds_used, &used, (uint32_t)fd + 1))
        continue;
}

uint32_t slots_used(void)
{
    const struct ledger *ledger = preload.ledger;
    uint32_t used = ledger != NULL ? ledger->fds_used : 0;
    return used < preload.fd_count ? used : preload.fd_count;
}

int64_t slots_count(void)
{
    int64_t count = 0;
    for (uint32_t fd = 0, used = slots_used(); fd < used; fd++)
        count += (atomic_load_explicit(&preload.fds[fd].holder, memory_order_relaxed) & LEDGER_FD_OPEN) != 0;
    return count;
}

static bool is_open(uint32_t fd)
{
    return syscall(SYS_fcntl, fd, F_GETFD) != -1;
}

void inherited_begin(void)
{
    int64_t left = fds_count();
    for (uint32_t fd = 0; fd < INHERITED_MAX; fd++) {
        bool given = left > 0 && is_open(fd);
        left -= given;
        inherited[fd / 64] &= ~(UINT64_C(1) << (fd % 64));
        inherited[fd / 64] |= (uint64_t)given << (fd % 64);
    }
}

static bool is_inherited(uint32_t fd)
{
    return fd <= STDERR_FILENO || (fd < INHERITED_MAX && (inherited[fd / 64] >> (fd % 64) & 1) != 0);
}

/* A folder has a link for itself, one from above, and one from each folder in it: one for each thread. */
static bool has_other_threads(void)
{
    struct stat status;
    return syscall(SYS_newfstatat, AT_FDCWD, "/proc/self/task", &status, 0) != 0 || status.st_nlink != 3;
}

int64_t fds_unseen(void)
{
    int64_t left = fds_count(), unseen = 0;
    if (left < 0 || preload.ledger->remote_open != 0 || has_other_threads())
        return -1;
    for (uint32_t fd = 0; left > 0 && fd < preload.fd_count; fd++) {
        if (!is_open(fd))
            continue;
        left--;
        unseen += (preload.fds[fd].holder & LEDGER_FD_OPEN) == 0 && !is_inherited(fd);
    }
    return unseen;
}
