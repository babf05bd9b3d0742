/* The accounts: a database of balances, in groups, and a journal in which every transfer has two halves,
 *
 *     account (id INTEGER PRIMARY KEY, group_id INTEGER, balance INTEGER)
 *     journal (id INTEGER PRIMARY KEY, transfer INTEGER, account INTEGER, amount INTEGER)
 *
 * a debit (amount below 0) and a credit. The work folder holds it twice: as the service uses it, and as it
 * was prepared, which is the measure of what the service did. */
#pragma once

#include <limits.h>
#include <stdint.h>

#include "exeunt/workload.h"

#define ACCOUNTS_FILE     "accounts.db"
#define ACCOUNTS_PREPARED "prepared.db"

enum { ACCOUNTS_MAX = 100000, ACCOUNT_GROUPS_MAX = 256 };

/* No balance is beyond this, so that neither their sum nor any transfer leaves 64 bits. */
#define BALANCE_MAX INT64_C(1000000000000)

/* Path of a file of the work folder. */
void accounts_path(const char *folder, const char *name, char path[PATH_MAX]);

/* Makes the database in site->folder, of `accounts` accounts in `groups` groups, or a copy of
 * site->input/accounts.db. Returns 0, -EINVAL (the input cannot be used) or another negative errno, with a
 * reason. */
int accounts_make(const struct exeunt_job_site *site, uint64_t accounts, uint64_t groups,
                  struct exeunt_reason *reason);

/* Puts the database back as it was prepared. Returns 0 or a negative errno. */
int accounts_reset(const char *folder);

/* Holds the database of `folder` against what was prepared: transfers that were made are counted as whole,
 * each thing that is not in order as torn. Returns 0 or a negative errno: it could not be read. */
int accounts_audit(const char *folder, struct exeunt_check *out);
