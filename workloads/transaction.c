/* The transfer of money between accounts: a connection of its own, the schema and both account groups locked,
 * then a transaction in which both balances are moved and both halves are written to the journal.
 *
 * Written three times, one under the other: they do the same in the same order, and differ only in what
 * becomes of the transaction, the locks and the connection when a step fails. A fourth one takes the locks of
 * the groups in the order in which the caller names them. */
#include <errno.h>
#include <fiu.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>

#include "accounts.h"
#include "base/hash.h"
#include "database.h"
#include "exeunt/scope.h"
#include "exeunt/workload.h"
#include "reason.h"

enum setting { SETTING_ACCOUNTS, SETTING_GROUPS, SETTING_SYNC };

enum { AMOUNT_MAX = 100 };

/* The process's table of locks, before the database: a group of accounts is one worker's at a time. Every
 * transfer has the schema read-locked; who changes it would have it to himself. */
static pthread_mutex_t groups[ACCOUNT_GROUPS_MAX];
static pthread_rwlock_t schema;

/* A group's accounts stand side by side in the service's list. */
struct group {
    size_t first, count;
};

/* What all operations share; only read while they run. */
struct service {
    char path[PATH_MAX];
    uint64_t seed;
    int64_t sync;           /* PRAGMA synchronous */
    int64_t first_transfer; /* number in the journal of operation 0's */
    int64_t *accounts;      /* numbers, by group */
    size_t account_count;
    struct group groups[ACCOUNT_GROUPS_MAX];
    size_t group_count;
};

/* What one operation is to do. */
struct transfer {
    int64_t number, from, to, amount;
    size_t from_group, to_group;
    sqlite3 *db; /* once connected */
};

static int64_t pick_account(const struct service *service, size_t group, uint64_t draw)
{
    const struct group *of = &service->groups[group];
    return service->accounts[of->first + draw % of->count];
}

/* What operation `number` transfers. Every second transfer is between the same two groups, as in services
 * where most that happens happens in a few places. */
static struct transfer choose(const struct service *service, uint64_t number)
{
    uint64_t draw = hash_add(service->seed, number);
    size_t count = draw % 2 == 0 ? service->group_count : 2;
    draw = hash_mix(draw);
    size_t from = draw % count;
    draw = hash_mix(draw);
    size_t to = (from + 1 + draw % (count - 1)) % count;
    draw = hash_mix(draw);
    struct transfer transfer = {.number = service->first_transfer + (int64_t)number,
                                .from_group = from,
                                .to_group = to,
                                .from = pick_account(service, from, draw)};
    draw = hash_mix(draw);
    transfer.to = pick_account(service, to, draw);
    transfer.amount = 1 + (int64_t)(hash_mix(draw) % AMOUNT_MAX);
    return transfer;
}

/* Between two waits: here a worker that is cancelled ends, since taking a lock is no cancellation point and
 * SQLite must not meet one, and here the others get their turn. */
static void give_way(void)
{
    pthread_testcancel();
    sched_yield();
}

static sqlite3 *connect_to(const struct service *service)
{
    static const char *const synchronous[] = {"PRAGMA synchronous = OFF", "PRAGMA synchronous = NORMAL",
                                              "PRAGMA synchronous = FULL"};
    EXEUNT_GUARD(connection, db, connection_open(service->path, SQLITE_OPEN_READWRITE));
    if (db == NULL)
        return NULL;
    int failed = database_run(db, synchronous[service->sync], NULL, 0);
    if (failed != 0) {
        errno = -failed;
        return NULL;
    }
    return EXEUNT_TAKE(connection, db);
}

/* Whether the business allows the transfer. -ERANGE: the balance does not cover it. */
static int validate(const struct transfer *transfer)
{
    int injected = fiu_fail("transaction/validate");
    if (injected != 0)
        return -injected;
    int64_t balance;
    int failed = database_number(transfer->db, "SELECT balance FROM account WHERE id = ?1",
                                 (const int64_t[]){transfer->from}, 1, &balance);
    if (failed != 0)
        return failed;
    return balance >= transfer->amount ? 0 : -ERANGE;
}

static int move(const struct transfer *transfer, int64_t account, int64_t amount)
{
    return database_run(transfer->db, "UPDATE account SET balance = balance + ?2 WHERE id = ?1",
                        (const int64_t[]){account, amount}, 2);
}

static int write_half(const struct transfer *transfer, int64_t account, int64_t amount)
{
    return database_run(transfer->db, "INSERT INTO journal (transfer, account, amount) VALUES (?1, ?2, ?3)",
                        (const int64_t[]){transfer->number, account, amount}, 3);
}

/* Whether the database is still there: it can be lost between any two statements. */
static int connection_alive(void)
{
    return -fiu_fail("transaction/connection");
}

/* What all variants do within the transaction. */
static int carry_out(void *arg)
{
    const struct transfer *transfer = arg;
    int failed = validate(transfer);
    pthread_testcancel();
    if (failed == 0)
        failed = move(transfer, transfer->from, -transfer->amount);
    pthread_testcancel();
    if (failed == 0)
        failed = write_half(transfer, transfer->from, -transfer->amount);
    pthread_testcancel();
    if (failed == 0)
        failed = connection_alive();
    if (failed == 0)
        failed = move(transfer, transfer->to, transfer->amount);
    pthread_testcancel();
    if (failed == 0)
        failed = write_half(transfer, transfer->to, transfer->amount);
    pthread_testcancel();
    return failed;
}

/* The locks of a transfer's groups, in the order in which everybody takes them. */
static pthread_mutex_t *lower_lock(const struct transfer *transfer)
{
    size_t from = transfer->from_group, to = transfer->to_group;
    return &groups[from < to ? from : to];
}

static pthread_mutex_t *upper_lock(const struct transfer *transfer)
{
    size_t from = transfer->from_group, to = transfer->to_group;
    return &groups[from < to ? to : from];
}

/* As one finds it in services: right as long as all goes well. */
static int transfer_unguarded(void *state, uint64_t number)
{
    const struct service *service = state;
    struct transfer transfer = choose(service, number);
    pthread_mutex_t *lower = lower_lock(&transfer), *upper = upper_lock(&transfer);

    transfer.db = connect_to(service);
    if (transfer.db == NULL)
        return -errno;
    give_way();
    int failed = pthread_rwlock_rdlock(&schema);
    if (failed != 0)
        return -failed;
    give_way();
    failed = pthread_mutex_lock(lower);
    if (failed != 0)
        return -failed;
    give_way();
    failed = pthread_mutex_lock(upper);
    if (failed != 0)
        return -failed;
    give_way();

    failed = transaction_begin(transfer.db);
    if (failed != 0)
        return failed;
    failed = carry_out(&transfer);
    if (failed != 0)
        return failed;
    failed = transaction_commit(transfer.db);
    if (failed != 0)
        return failed;

    pthread_mutex_unlock(upper);
    pthread_mutex_unlock(lower);
    pthread_rwlock_unlock(&schema);
    return connection_close(transfer.db);
}

/* The same with scoped guards: nothing to remember. */
static int guarded(const struct service *service, struct transfer *transfer, pthread_mutex_t *one,
                   pthread_mutex_t *other)
{
    EXEUNT_GUARD(connection, db, connect_to(service));
    if (db == NULL)
        return -errno;
    give_way();
    EXEUNT_GUARD(rwlock, reading, exeunt_rwlock_read(&schema));
    if (reading == NULL)
        return -errno;
    give_way();
    EXEUNT_GUARD(mutex, first, exeunt_mutex_lock(one));
    if (first == NULL)
        return -errno;
    give_way();
    EXEUNT_GUARD(mutex, second, exeunt_mutex_lock(other));
    if (second == NULL)
        return -errno;
    give_way();

    transfer->db = db;
    const struct exeunt_context transaction = transaction_context(db);
    return exeunt_with(&transaction, carry_out, transfer);
}

static int transfer_guarded(void *state, uint64_t number)
{
    const struct service *service = state;
    struct transfer transfer = choose(service, number);
    return guarded(service, &transfer, lower_lock(&transfer), upper_lock(&transfer));
}

/* Guards release what was taken; they cannot know in which order it had to be. */
static int transfer_misordered(void *state, uint64_t number)
{
    const struct service *service = state;
    struct transfer transfer = choose(service, number);
    return guarded(service, &transfer, &groups[transfer.from_group], &groups[transfer.to_group]);
}

/* The same by hand: every failure leaves through the label that undoes what was done until there. */
static int transfer_handwritten(void *state, uint64_t number)
{
    const struct service *service = state;
    struct transfer transfer = choose(service, number);
    pthread_mutex_t *lower = lower_lock(&transfer), *upper = upper_lock(&transfer);

    transfer.db = connect_to(service);
    if (transfer.db == NULL)
        return -errno;
    give_way();
    int failed = -pthread_rwlock_rdlock(&schema);
    if (failed != 0)
        goto close;
    give_way();
    failed = -pthread_mutex_lock(lower);
    if (failed != 0)
        goto unlock_schema;
    give_way();
    failed = -pthread_mutex_lock(upper);
    if (failed != 0)
        goto unlock_lower;
    give_way();

    failed = transaction_begin(transfer.db);
    if (failed != 0)
        goto unlock_upper;
    failed = carry_out(&transfer);
    if (failed != 0)
        goto roll_back;
    failed = transaction_commit(transfer.db);
    if (failed == 0)
        goto unlock_upper;

roll_back:
    transaction_rollback(transfer.db);
unlock_upper:
    pthread_mutex_unlock(upper);
unlock_lower:
    pthread_mutex_unlock(lower);
unlock_schema:
    pthread_rwlock_unlock(&schema);
close:
    connection_close(transfer.db);
    return failed;
}

static int prepare(const struct exeunt_job_site *site, struct exeunt_reason *reason)
{
    return accounts_make(site, site->settings[SETTING_ACCOUNTS], site->settings[SETTING_GROUPS], reason);
}

/* The accounts while they are read, group by group. */
struct loading {
    struct service *service;
    int64_t group_id; /* of the last group */
};

static int take_account(sqlite3_stmt *row, void *arg)
{
    struct loading *loading = arg;
    struct service *service = loading->service;
    int64_t group_id = sqlite3_column_int64(row, 1);
    if (service->group_count == 0 || group_id != loading->group_id) {
        if (service->group_count == ACCOUNT_GROUPS_MAX)
            return -E2BIG;
        service->groups[service->group_count++].first = service->account_count;
        loading->group_id = group_id;
    }
    if (service->account_count == ACCOUNTS_MAX)
        return -E2BIG;
    service->accounts[service->account_count++] = sqlite3_column_int64(row, 0);
    service->groups[service->group_count - 1].count++;
    return 0;
}

static int load_accounts(struct service *service)
{
    EXEUNT_GUARD(connection, db, connection_open(service->path, SQLITE_OPEN_READWRITE));
    if (db == NULL)
        return -errno;
    struct loading loading = {.service = service};
    int failed =
        database_each(db, "SELECT id, group_id FROM account ORDER BY group_id, id", take_account, &loading);
    if (failed == 0)
        failed = database_number(db, "SELECT coalesce(max(transfer), 0) + 1 FROM journal", NULL, 0,
                                 &service->first_transfer);
    return failed != 0 ? failed : service->group_count < 2 ? -EBADMSG : 0;
}

static int start(struct service *service)
{
    int failed = database_share_descriptors();
    service->accounts = calloc(ACCOUNTS_MAX, sizeof *service->accounts);
    if (failed == 0)
        failed = service->accounts != NULL ? load_accounts(service) : -ENOMEM;
    pthread_rwlock_init(&schema, NULL);
    for (size_t i = 0; i < ACCOUNT_GROUPS_MAX; i++)
        pthread_mutex_init(&groups[i], NULL);
    return failed;
}

/* A lock that an operation kept for ever is not destroyed: it says EBUSY. */
static void close_service(void *state)
{
    struct service *service = state;
    for (size_t i = 0; i < ACCOUNT_GROUPS_MAX; i++)
        pthread_mutex_destroy(&groups[i]);
    pthread_rwlock_destroy(&schema);
    free(service->accounts);
    free(service);
}

static int open_service(const struct exeunt_job_site *site, void **state, struct exeunt_reason *reason)
{
    struct service *service = calloc(1, sizeof *service);
    if (service == NULL)
        return explain(reason, -ENOMEM, "out of memory");
    accounts_path(site->folder, ACCOUNTS_FILE, service->path);
    service->seed = site->seed;
    service->sync = (int64_t)site->settings[SETTING_SYNC];
    int failed = start(service);
    if (failed != 0) {
        close_service(service);
        return explain(reason, failed, "cannot use the database in '%s': %s", site->folder,
                       strerror(-failed));
    }
    *state = service;
    return 0;
}

static int check(const struct exeunt_job_site *site, struct exeunt_check *out, struct exeunt_reason *reason)
{
    int failed = accounts_audit(site->folder, out);
    if (failed == 0)
        failed = accounts_reset(site->folder);
    if (failed != 0)
        return explain(reason, failed, "cannot check the database in '%s': %s", site->folder,
                       strerror(-failed));
    return 0;
}

EXEUNT_WORKLOAD(transaction) = {
    .name = "transaction",
    .summary = "moves money between accounts in SQLite, under a table of locks, wholly or not at all",
    .faults = "transaction/validate,transaction/connection,posix/io/oc/open,posix/io/oc/close,"
              "posix/io/rw/pread,posix/io/rw/pwrite,posix/io/rw/ftruncate,posix/io/sync/fdatasync,"
              "posix/io/dir/unlink@p=0.02",
    .fds_per_operation = 3,
    .variants =
        (const struct exeunt_variant[]){
            {"unguarded", "returns early on errors and keeps locks, transaction and connection", true,
             transfer_unguarded},
            {"guarded", "scoped guards: exeunt/scope.h", false, transfer_guarded},
            {"handwritten", "goto cleanup, with care", false, transfer_handwritten},
            {"misordered", "guarded, but takes locks in the caller's order", true, transfer_misordered},
            {NULL, NULL, false, NULL},
        },
    .points =
        (const struct exeunt_point[]){
            {"transaction/validate", ERANGE, "the business does not allow the transfer"},
            {"transaction/connection", ECONNRESET, "Database connection dropped"},
            {NULL, 0, NULL},
        },
    .settings =
        (const struct exeunt_setting[]){
            [SETTING_ACCOUNTS] = {"accounts", 64, 2, ACCOUNTS_MAX, "accounts that are made"},
            [SETTING_GROUPS] = {"groups", 8, 2, ACCOUNT_GROUPS_MAX,
                                "groups that they are in, each with a lock"},
            [SETTING_SYNC] = {"sync", 1, 0, 2,
                              "PRAGMA synchronous. 0: off, 1: sync at checkpoints, 2: sync every commit"},
            {NULL, 0, 0, 0, NULL},
        },
    .prepare = prepare,
    .open = open_service,
    .close = close_service,
    .check = check,
};
