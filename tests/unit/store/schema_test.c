/* Versions: a file is brought to the newest by steps, all of them or none. */
#include "store/schema.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

#include "fixture.h"
#include "store/query.h"

static const char *const steps[] = {
    "create table a (x)",
    "alter table a add column y; insert into a values (1, 2)",
    "create table b (x); insert into gone values (1)",
};
static const struct schema first = {1, steps}, second = {2, steps}, broken = {3, steps};

Test(schema, steps)
{
    struct place place = place_make();
    struct store store = {.path = place.path};
    struct error error = {.text = ""};
    cr_assert_eq(sqlite3_open(place.path, &store.db), SQLITE_OK);
    cr_expect_eq(schema_migrate(&store, &first, &error), 0, "%s", error.text);
    cr_expect_eq(number_of(&store, "pragma user_version"), 1);
    cr_expect_eq(schema_check(&store, &first, &error), 0);
    cr_expect_eq(schema_check(&store, &second, &error), -EINVAL);
    cr_expect(strstr(error.text, "was written by an older exeunt (schema 1, this one reads 2)") != NULL, "%s",
              error.text);
    cr_expect_eq(schema_migrate(&store, &second, &error), 0, "%s", error.text);
    cr_expect_eq(schema_migrate(&store, &second, &error), 0, "once is enough");
    cr_expect_eq(number_of(&store, "pragma user_version"), 2);
    cr_expect_eq(number_of(&store, "select count(*) from a where y = 2"), 1);

    cr_expect_eq(schema_migrate(&store, &broken, &error), -EBADMSG);
    cr_expect_eq(number_of(&store, "pragma user_version"), 2);
    cr_expect_eq(number_of(&store, "select count(*) from sqlite_schema where name = 'b'"), 0,
                 "nothing of it");
    cr_expect_eq(schema_migrate(&store, &first, &error), -EINVAL);
    cr_expect(strstr(error.text, "was written by a newer exeunt (schema 2, this one knows 1)") != NULL, "%s",
              error.text);
    sqlite3_close(store.db);
    place_remove(&place);
}

/* A file, and how many statements another has begun on it, one after the other. */
struct race {
    char *path;
    unsigned begun;
};

static unsigned count_busy(sqlite3 *db)
{
    unsigned busy = 0;
    for (sqlite3_stmt *each = NULL; (each = sqlite3_next_stmt(db, each)) != NULL;)
        busy += sqlite3_stmt_busy(each) != 0;
    return busy;
}

/* Migrates the file just before the other's second statement. */
static int step_ahead(unsigned event, void *context, void *statement, void *text)
{
    (void)event, (void)text;
    struct race *race = context;
    struct store store = {.path = race->path};
    struct error error = {.text = ""};
    if (count_busy(sqlite3_db_handle(statement)) > 1 || ++race->begun != 2)
        return 0;
    cr_assert_eq(sqlite3_open(race->path, &store.db), SQLITE_OK);
    cr_expect_eq(schema_migrate(&store, &second, &error), 0, "%s", error.text);
    sqlite3_close(store.db);
    return 0;
}

Test(schema, others_may_be_first)
{
    struct place place = place_make();
    struct store store = {.path = place.path};
    struct error error = {.text = ""};
    cr_assert_eq(sqlite3_open(place.path, &store.db), SQLITE_OK);
    struct race race = {.path = place.path};
    sqlite3_trace_v2(store.db, SQLITE_TRACE_STMT, step_ahead, &race);
    cr_expect_eq(schema_migrate(&store, &second, &error), 0, "%s", error.text);
    cr_expect_geq(race.begun, 2);
    cr_expect_eq(number_of(&store, "select count(*) from a where y = 2"), 1, "once");
    sqlite3_close(store.db);
    place_remove(&place);
}
