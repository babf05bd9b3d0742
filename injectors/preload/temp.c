/* Temporary files and folders: noted when a call makes one under a name of its own choice, or the program
 * opens one below the folder for such files which must not have been there (as after tmpnam), until a call
 * removes or renames it. Whether it is still there in the end, the supervisor asks the file system. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"

enum { PROBES_MAX = 32 };

/* Absolute and in its place in `out`. False: too long to be noted. */
static bool absolute(const char *path, char out[LEDGER_TEMP_PATH_MAX])
{
    size_t length = 0;
    if (path[0] != '/') {
        long given = syscall(SYS_getcwd, out, (size_t)LEDGER_TEMP_PATH_MAX);
        if (given <= 0)
            return false;
        length = strlen(out);
        if (length + 2 > LEDGER_TEMP_PATH_MAX)
            return false;
        if (out[length - 1] != '/')
            out[length++] = '/';
    }
    size_t rest = strlen(path);
    if (length + rest >= LEDGER_TEMP_PATH_MAX)
        return false;
    memcpy(out + length, path, rest + 1);
    return true;
}

static char folder[LEDGER_TEMP_PATH_MAX] = P_tmpdir;

/* A working folder that lies below it: what the program opens there are its own files. "": it does not. */
static char work[LEDGER_TEMP_PATH_MAX];

static bool is_below(const char *path, const char *of)
{
    size_t length = strlen(of);
    return length > 0 && strncmp(path, of, length) == 0 && path[length] == '/';
}

static void find_folder(void)
{
    const char *named = getenv("TMPDIR");
    if (named == NULL || named[0] != '/' || strlen(named) >= sizeof folder)
        return;
    size_t length = strlen(named);
    while (length > 0 && named[length - 1] == '/')
        length--;
    memcpy(folder, named, length);
    folder[length] = '\0';
}

void temp_begin(void)
{
    find_folder();
    if (syscall(SYS_getcwd, work, sizeof work) <= 0 || !is_below(work, folder))
        work[0] = '\0';
}

/* The places where a path may stand: some in a row, by its hash. */
static struct ledger_temp *place(uint64_t hash, unsigned probe)
{
    return &preload.ledger->temps[(hash + probe) % LEDGER_TEMPS_MAX];
}

static bool watched(void)
{
    return preload.watch_temps && preload.ledger != NULL && self.bypass == 0;
}

void temp_made(const char *path, uintptr_t site)
{
    char full[LEDGER_TEMP_PATH_MAX];
    if (!watched())
        return;
    struct ledger *ledger = preload.ledger;
    bool known = absolute(path, full);
    uint64_t hash = known ? hash_text(full) : 0;
    for (unsigned probe = 0; known && probe < PROBES_MAX; probe++) {
        struct ledger_temp *temp = place(hash, probe);
        uint32_t free_state = LEDGER_TEMP_FREE;
        if (!atomic_compare_exchange_strong(&temp->state, &free_state, LEDGER_TEMP_BUSY))
            continue;
        temp->operation = self.operation;
        temp->path_index = self.path;
        temp->taken_at = site_of(site);
        memcpy(temp->path, full, sizeof full);
        atomic_fetch_add_explicit(&ledger->temps_made, 1, memory_order_relaxed);
        atomic_store_explicit(&temp->state, LEDGER_TEMP_HELD, memory_order_release);
        return;
    }
    atomic_fetch_add_explicit(&ledger->temps_unrecorded, 1, memory_order_relaxed);
}

/* The place where the path stands, or NULL. */
static struct ledger_temp *find(const char *path)
{
    char full[LEDGER_TEMP_PATH_MAX];
    if (!watched() || preload.ledger->temps_made == preload.ledger->temps_gone || !absolute(path, full))
        return NULL;
    uint64_t hash = hash_text(full);
    for (unsigned probe = 0; probe < PROBES_MAX; probe++) {
        struct ledger_temp *temp = place(hash, probe);
        if (atomic_load_explicit(&temp->state, memory_order_acquire) == LEDGER_TEMP_HELD &&
            strcmp(temp->path, full) == 0)
            return temp;
    }
    return NULL;
}

void temp_gone(const char *path)
{
    struct ledger_temp *temp = find(path);
    uint32_t held = LEDGER_TEMP_HELD;
    if (temp != NULL && atomic_compare_exchange_strong(&temp->state, &held, LEDGER_TEMP_FREE))
        atomic_fetch_add_explicit(&preload.ledger->temps_gone, 1, memory_order_relaxed);
}

void temp_taken_for(const char *path, uint64_t taken_at)
{
    struct ledger_temp *temp = find(path);
    if (temp != NULL)
        temp->taken_at = taken_at;
}

void temp_made_below(const char *path, uintptr_t site)
{
    char full[LEDGER_TEMP_PATH_MAX];
    if (watched() && absolute(path, full) && is_below(full, folder) && !is_below(full, work))
        temp_made(full, site);
}
