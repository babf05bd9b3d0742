/* A service that is killed (SIGKILL) in the midst of its transfers, each time after another number of them,
 * has neither lost nor made money, and no transfer is half done. When to kill is read from its database.
 * Usage: transaction_kill HOST KILLS SEED */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "accounts.h"
#include "base/hash.h"
#include "database.h"
#include "exeunt/workload.h"
#include "scratch.h"

enum { TRANSFERS_MAX = 300 };

static void fail(const char *what, const char *why)
{
    fprintf(stderr, "%s: %s\n", what, why);
    exit(1);
}

/* Starts the service, with transfers without end. Each commit is synced to disk, so that most of the time
 * somebody is in the midst of one. */
static pid_t start(const char *host, const char *variant, const char *folder, uint64_t seed)
{
    char seed_text[24];
    snprintf(seed_text, sizeof seed_text, "%llu", (unsigned long long)seed);
    pid_t child = fork();
    if (child != 0)
        return child;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    execl(host, host, "transaction", variant, "--folder", folder, "--seed", seed_text, "--workers", "8",
          "--set", "accounts=64", "--set", "groups=8", "--set", "sync=2", (char *)NULL);
    _exit(127);
}

/* A reader's own connection, each time: it is gone when the service is killed. */
static int64_t transfers_stored(const char *path)
{
    EXEUNT_GUARD(connection, db, connection_open(path, SQLITE_OPEN_READWRITE));
    int64_t stored = 0;
    int failed =
        db == NULL ? -errno : database_number(db, "SELECT count(*) / 2 FROM journal", NULL, 0, &stored);
    if (failed != 0 && failed != -EBUSY)
        fail(path, strerror(-failed));
    return stored;
}

/* Kills the service once it has stored as many. Returns how many there were. */
static int64_t kill_after(pid_t service, int64_t transfers, const char *path)
{
    int status;
    int64_t stored;
    while ((stored = transfers_stored(path)) < transfers)
        if (waitpid(service, &status, WNOHANG) != 0)
            fail("the service", "it ended by itself");
    kill(service, SIGKILL);
    if (waitpid(service, &status, 0) != service || !WIFSIGNALED(status))
        fail("the service", "it was not killed");
    return stored;
}

static void kill_once(const char *host, const struct exeunt_job_site *site, uint64_t number)
{
    const struct exeunt_workload *workload = exeunt_workload_named("transaction");
    char path[PATH_MAX];
    accounts_path(site->folder, ACCOUNTS_FILE, path);
    uint64_t draw = hash_add(site->seed, number);
    const char *variant = draw % 2 == 0 ? "guarded" : "handwritten";
    int64_t transfers = 1 + (int64_t)(hash_mix(draw) % TRANSFERS_MAX);
    pid_t service = start(host, variant, site->folder, draw);
    if (service < 0)
        fail(host, strerror(errno));
    int64_t stored = kill_after(service, transfers, path);
    struct exeunt_check found;
    struct exeunt_reason reason = {""};
    if (workload->check(site, &found, &reason) != 0)
        fail("check", reason.text);
    printf("%s killed after %lld transfers: %llu whole, %llu torn\n", variant, (long long)stored,
           (unsigned long long)found.whole, (unsigned long long)found.torn);
    if (found.torn != 0 || found.whole < (uint64_t)stored)
        fail("killed", "that is not in order");
}

int main(int argc, char **argv)
{
    if (argc != 4)
        fail("usage", "transaction_kill HOST KILLS SEED");
    char *folder = scratch_make();
    struct exeunt_job_site site = {
        .folder = folder, .seed = strtoull(argv[3], NULL, 10), .settings = {64, 8, 0}};
    struct exeunt_reason reason = {""};
    if (exeunt_workload_named("transaction")->prepare(&site, &reason) != 0)
        fail("prepare", reason.text);
    uint64_t kills = strtoull(argv[2], NULL, 10);
    for (uint64_t number = 0; number < kills; number++)
        kill_once(argv[1], &site, number);
    scratch_remove(folder);
    return 0;
}
