/* Decides which broken guarantees are news: what was noted once is remembered as long as the file is open.
 * The table of that is this connection's own, so to tell of it locks nothing. */
#include "store/broken.h"
#include "store/query.h"

static int remember(struct store *store, struct error *error)
{
    return database_execute(
        store,
        "create temp table if not exists noted (subject, kind, signature, resource, place, point,"
        " primary key (subject, kind, signature))",
        error);
}

int store_note_news(struct store *store, uint64_t night, uint64_t after, uint64_t *total, struct error *error)
{
    int failed = remember(store, error);
    if (failed != 0)
        return failed;
    EXEUNT_GUARD(query, note,
                 query_make(store,
                            "insert or ignore into noted select subject, kind, signature, resource, place,"
                            " point"
                            " from (" BROKEN ") where night = ? and id > ? and not expected"
                            " group by subject, kind, signature order by min(id), kind, place",
                            error));
    query_put_number(&note, night);
    query_put_number(&note, after);
    failed = query_run(&note);
    EXEUNT_GUARD(query, count, query_make(store, "select count(*) from noted", error));
    return failed != 0 ? failed : query_number(&count, total);
}

static int take_news(struct query *query, struct store_news *out)
{
    query_take_text(query, out->subject, sizeof out->subject);
    query_take_text(query, out->kind, sizeof out->kind);
    query_take_text(query, out->resource, sizeof out->resource);
    query_take_text(query, out->place, sizeof out->place);
    query_take_text(query, out->point, sizeof out->point);
    return query->failed;
}

int store_tell_news(struct store *store, uint64_t from,
                    void (*tell)(void *context, const struct store_news *news), void *context,
                    struct error *error)
{
    EXEUNT_GUARD(
        query, query,
        query_make(store,
                   "select subject, kind, resource, place, point from noted where rowid > ? order by rowid",
                   error));
    query_put_number(&query, from);
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0) {
        struct store_news news;
        failed = row < 0 ? row : take_news(&query, &news);
        if (failed == 0)
            tell(context, &news);
    }
    return failed;
}
