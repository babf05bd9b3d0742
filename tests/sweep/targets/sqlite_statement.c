/* sqlite3_close refuses to close while a statement is not finalized, and says so: SQLITE_BUSY.
 * Who forgets the statement in the error path loses both. */
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "exeunt/mark.h"

static int count_rows(sqlite3 *database)
{
    sqlite3_stmt *statement;
    if (sqlite3_prepare_v2(database, "SELECT count(*) FROM sqlite_schema", -1, &statement, NULL) != SQLITE_OK)
        return -1;
    exeunt_took("statement", (uintptr_t)statement); /* blamed */
    int row = sqlite3_step(statement);
#ifndef MENDED
    if (row != SQLITE_ROW)
        return -1;
#endif
    exeunt_gave("statement", (uintptr_t)statement);
    sqlite3_finalize(statement);
    return row == SQLITE_ROW ? 0 : -1;
}

int main(void)
{
    sqlite3 *database;
    if (sqlite3_open_v2("count.db", &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, NULL) != SQLITE_OK)
        return 1;
    int failed = count_rows(database);
    return sqlite3_close(database) != SQLITE_OK || failed;
}
