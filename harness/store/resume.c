/* Finds what a sweep that came to no end had done already. */
#include <errno.h>
#include <stdlib.h>

#include "store/run.h"

int store_mark_done(struct store *store, uint64_t run, const struct store_done *done, size_t count,
                    struct error *error)
{
    EXEUNT_GUARD(transaction, transaction, store_transaction_begin(store, error));
    if (transaction == NULL)
        return -errno;
    EXEUNT_GUARD(query, mark, query_make(store, "insert or replace into done values (?, ?, ?)", error));
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < count; i++) {
        query_put_number(&mark, run);
        query_put_number(&mark, done[i].key);
        query_put_text(&mark, sweep_kind_name(done[i].outcome));
        failed = query_run(&mark);
    }
    return failed != 0 ? failed : store_transaction_commit(store, error);
}

static int add_key(struct query *query, struct store_keys *keys, size_t *room)
{
    if (keys->count == *room) {
        size_t more = *room != 0 ? 2 * *room : 256;
        uint64_t *list = realloc(keys->list, more * sizeof *list);
        if (list == NULL)
            return database_failed(query->store, SQLITE_NOMEM, query->error);
        keys->list = list;
        *room = more;
    }
    keys->list[keys->count++] = query_take_number(query);
    return 0;
}

int store_load_done(struct store *store, uint64_t run, struct store_keys *out, struct error *error)
{
    EXEUNT_GUARD(query, query, query_make(store, "select key from done where run = ?", error));
    query_put_number(&query, run);
    struct store_keys keys = {0};
    size_t room = 0;
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0)
        failed = row < 0 ? row : add_key(&query, &keys, &room);
    if (failed != 0)
        free(keys.list);
    else
        *out = keys;
    return failed;
}

int store_find_unfinished(struct store *store, char *const *command, const char *options, const char *folder,
                          uint64_t *run, struct error *error)
{
    size_t size;
    EXEUNT_GUARD(memory, words, run_join_words(command, &size));
    if (words == NULL)
        return database_failed(store, SQLITE_NOMEM, error);
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select iif(complete, 0, id) from run where kind = 'sweep' and command = ?"
                            " and options = ? and folder = ? order by id desc limit 1",
                            error));
    query_put_bytes(&query, words, size);
    query_put_text(&query, options);
    query_put_text(&query, folder);
    uint64_t found = 0;
    int failed = query_number(&query, &found);
    if (failed == 0)
        *run = found;
    return failed;
}
