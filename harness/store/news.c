/* Decides which broken guarantees are news: what was told once is remembered as long as the file is open. */
#include <errno.h>

#include "store/broken.h"
#include "store/query.h"

static int remember(struct store *store, struct error *error)
{
    return database_execute(store,
                            "create temp table if not exists told"
                            " (subject, kind, signature, primary key (subject, kind, signature))",
                            error);
}

static int take_news(struct query *query, struct store_news *out)
{
    query_take_text(query, out->subject, sizeof out->subject);
    query_take_text(query, out->kind, sizeof out->kind);
    query_take_text(query, out->place, sizeof out->place);
    query_take_text(query, out->point, sizeof out->point);
    return query->failed;
}

static int tell_each(struct store *store, uint64_t night, uint64_t after,
                     void (*tell)(void *context, const struct store_news *news), void *context,
                     struct error *error)
{
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select subject, kind, place, point from (" BROKEN ") where night = ? and id > ?"
                            " and not expected and (subject, kind, signature) not in told"
                            " group by subject, kind, signature order by min(id), kind, place",
                            error));
    query_put_number(&query, night);
    query_put_number(&query, after);
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0) {
        struct store_news news;
        failed = row < 0 ? row : take_news(&query, &news);
        if (failed == 0)
            tell(context, &news);
    }
    return failed;
}

static int mark_all(struct store *store, uint64_t night, uint64_t after, struct error *error)
{
    EXEUNT_GUARD(query, mark,
                 query_make(store,
                            "insert or ignore into told select subject, kind, signature from (" BROKEN ")"
                            " where night = ? and id > ? and not expected",
                            error));
    query_put_number(&mark, night);
    query_put_number(&mark, after);
    return query_run(&mark);
}

int store_tell_news(struct store *store, uint64_t night, uint64_t after,
                    void (*tell)(void *context, const struct store_news *news), void *context,
                    uint64_t *total, struct error *error)
{
    int failed = remember(store, error);
    EXEUNT_GUARD(transaction, transaction, failed == 0 ? store_transaction_begin(store, error) : NULL);
    if (transaction == NULL)
        return failed != 0 ? failed : -errno;
    failed = tell_each(store, night, after, tell, context, error);
    if (failed == 0)
        failed = mark_all(store, night, after, error);
    if (failed == 0)
        failed = store_transaction_commit(store, error);
    EXEUNT_GUARD(query, count, query_make(store, "select count(*) from told", error));
    return failed != 0 ? failed : query_number(&count, total);
}
