/* A database is opened, a statement does not compile, and the function returns with the connection.
 * With it stay its memory, and in a file descriptors and locks. */
#include <sqlite3.h>
#include <stddef.h>
#include <stdint.h>

#include "exeunt/mark.h"

static int fill(void)
{
    sqlite3 *database;
    int failed = sqlite3_open(":memory:", &database);
    exeunt_took("connection", (uintptr_t)database); /* blamed */
    failed = failed || sqlite3_exec(database, "CREATE TABLE t (x)", NULL, NULL, NULL) != SQLITE_OK;
#ifndef MENDED
    if (failed)
        return -1;
#endif
    exeunt_gave("connection", (uintptr_t)database);
    return sqlite3_close(database) != SQLITE_OK || failed;
}

int main(void)
{
    return fill() != 0;
}
