/* Decides what it means that no transfer was half done: the balances are those that were prepared, moved by
 * the journal, and every transfer in the journal is a debit and a credit of the same amount. */
#include <errno.h>
#include <stdlib.h>

#include "accounts.h"
#include "database.h"

/* Entries of the journal that came after it was prepared. */
#define NEW_ENTRIES "main.journal WHERE id > (SELECT coalesce(max(id), 0) FROM prepared.journal)"

/* Each counts what is not in order. */
static const char *const audits[] = {
    "SELECT count(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'",

    /* The sum of balances is what it was. */
    "SELECT (SELECT sum(balance) FROM main.account) IS NOT (SELECT sum(balance) FROM prepared.account)",

    /* Every transfer has its two halves. */
    "SELECT count(*) FROM (SELECT 1 FROM main.journal GROUP BY transfer "
    "HAVING count(*) <> 2 OR min(amount) + max(amount) <> 0 OR max(amount) <= 0)",

    /* Every balance is moved by what the journal says, and nothing else of an account has changed. */
    "WITH moved AS (SELECT account, sum(amount) AS amount FROM " NEW_ENTRIES " GROUP BY account) "
    "SELECT count(*) FROM prepared.account AS before LEFT JOIN main.account AS now ON now.id = before.id "
    "LEFT JOIN moved ON moved.account = before.id WHERE now.group_id IS NOT before.group_id "
    "OR now.balance IS NOT before.balance + coalesce(moved.amount, 0)",
    "SELECT count(*) FROM main.account WHERE id NOT IN (SELECT id FROM prepared.account)",

    /* The journal is only added to, and only for accounts. */
    "SELECT count(*) FROM (SELECT id, transfer, account, amount FROM prepared.journal "
    "EXCEPT SELECT id, transfer, account, amount FROM main.journal)",
    "SELECT count(*) FROM " NEW_ENTRIES " AND account NOT IN (SELECT id FROM main.account)",
};

static const char transfers_made[] =
    "SELECT count(*) FROM (SELECT 1 FROM " NEW_ENTRIES " GROUP BY transfer "
    "HAVING count(*) = 2 AND min(amount) + max(amount) = 0 AND max(amount) > 0)";

/* A database that is damaged, gone, or without its tables is not in order; to be short of memory is no
 * statement about it. */
static bool is_disorder(int failed)
{
    return failed == -EBADMSG || failed == -EPROTO || failed == -ENOENT;
}

static int attach_prepared(sqlite3 *db, const char *folder)
{
    char path[PATH_MAX];
    accounts_path(folder, ACCOUNTS_PREPARED, path);
    char *sql = sqlite3_mprintf("ATTACH %Q AS prepared", path);
    if (sql == NULL)
        return -ENOMEM;
    int failed = database_run(db, sql, NULL, 0);
    sqlite3_free(sql);
    return failed;
}

static int audit(const char *folder, struct exeunt_check *out)
{
    char path[PATH_MAX];
    accounts_path(folder, ACCOUNTS_FILE, path);
    EXEUNT_GUARD(connection, db, connection_open(path, SQLITE_OPEN_READWRITE));
    int failed = db == NULL ? -errno : attach_prepared(db, folder);
    for (size_t i = 0; failed == 0 && i < sizeof audits / sizeof *audits; i++) {
        int64_t count = 0;
        failed = database_number(db, audits[i], NULL, 0, &count);
        out->torn += (uint64_t)count;
    }
    int64_t made = 0;
    if (failed == 0)
        failed = database_number(db, transfers_made, NULL, 0, &made);
    out->whole = (uint64_t)made;
    return failed;
}

int accounts_audit(const char *folder, struct exeunt_check *out)
{
    *out = (struct exeunt_check){0};
    int failed = audit(folder, out);
    if (!is_disorder(failed))
        return failed;
    out->torn++;
    return 0;
}
