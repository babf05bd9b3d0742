/* Begins runs, and finds and loads what they hung on. */
#include "store/run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static void free_words(char **words)
{
    for (size_t i = 0; words != NULL && words[i] != NULL; i++)
        free(words[i]);
    free(words);
}

char *run_join_words(char *const *words, size_t *size)
{
    *size = 0;
    for (size_t i = 0; words[i] != NULL; i++)
        *size += strlen(words[i]) + 1;
    char *bytes = malloc(*size + 1); /* never of no bytes, which may be NULL */
    char *end = bytes;
    for (size_t i = 0; bytes != NULL && words[i] != NULL; i++)
        end = stpcpy(end, words[i]) + 1;
    return bytes;
}

int store_begin(struct store *store, const struct store_beginning *beginning,
                const struct store_environment *environment, uint64_t *run, struct error *error)
{
    size_t size;
    EXEUNT_GUARD(memory, command, run_join_words(beginning->command, &size));
    if (command == NULL)
        return database_failed(store, SQLITE_NOMEM, error);
    EXEUNT_GUARD(
        query, insert,
        query_make(store,
                   "insert into run (kind, command, line, options, seed, started_s, night, first,"
                   " exeunt, kernel, libc, host, machine, folder, target_commit)"
                   " values (?, ?, ?, ?, ?, ?, nullif(?, 0), nullif(?, 0), ?, ?, ?, ?, ?, ?, ?) returning id",
                   error));
    query_put_text(&insert, beginning->kind);
    query_put_bytes(&insert, command, size);
    query_put_text(&insert, beginning->line);
    query_put_text(&insert, beginning->options);
    query_put_number(&insert, beginning->seed);
    query_put_number(&insert, beginning->started_s);
    query_put_number(&insert, beginning->night);
    query_put_number(&insert, beginning->first);
    query_put_text(&insert, environment->exeunt);
    query_put_text(&insert, environment->kernel);
    query_put_text(&insert, environment->libc);
    query_put_text(&insert, environment->host);
    query_put_text(&insert, environment->machine);
    query_put_text(&insert, environment->folder);
    query_put_text(&insert, environment->target_commit);
    return query_number(&insert, run);
}

int store_take_back(struct store *store, uint64_t run, struct error *error)
{
    EXEUNT_GUARD(query, drop,
                 query_make(store,
                            "delete from run where id = ?1 and not exists"
                            " (select 1 from variant where variant.run = ?1)",
                            error));
    query_put_number(&drop, run);
    return query_run(&drop);
}

static char **split_words(const char *bytes, size_t size)
{
    size_t count = 0;
    for (size_t i = 0; i < size; i++)
        count += bytes[i] == '\0';
    char **words = calloc(count + 1, sizeof *words);
    for (size_t i = 0; words != NULL && i < count; i++) {
        words[i] = strdup(bytes);
        if (words[i] == NULL) {
            free_words(words);
            return NULL;
        }
        bytes += strlen(bytes) + 1;
    }
    return words;
}

char **run_copy_words(char *const *words)
{
    size_t size;
    EXEUNT_GUARD(memory, bytes, run_join_words(words, &size));
    return bytes != NULL ? split_words(bytes, size) : NULL;
}

void store_run_clear(struct store_run *run)
{
    free_words(run->command);
    free(run->line);
    free(run->options);
    memset(run, 0, sizeof *run);
}

bool store_run_is_of_program(const struct store_run *run)
{
    return run->options[0] == '\0' || run->options[0] == '-'; /* as SWEEP_SUBJECT */
}

static void take_environment(struct query *query, struct store_environment *out)
{
    query_take_text(query, out->exeunt, sizeof out->exeunt);
    query_take_text(query, out->kernel, sizeof out->kernel);
    query_take_text(query, out->libc, sizeof out->libc);
    query_take_text(query, out->host, sizeof out->host);
    query_take_text(query, out->machine, sizeof out->machine);
    query_take_text(query, out->folder, sizeof out->folder);
    query_take_text(query, out->target_commit, sizeof out->target_commit);
}

int run_take(struct query *query, struct store_run *out)
{
    struct store_run run = {.id = query_take_number(query)};
    query_take_text(query, run.kind, sizeof run.kind);
    run.complete = query_take_number(query) != 0;
    size_t size;
    const char *command = query_take_bytes(query, &size);
    run.command = split_words(command, size);
    run.line = query_take_copy(query);
    run.options = query_take_copy(query);
    run.seed = query_take_number(query);
    run.started_s = query_take_number(query);
    run.findings = query_take_number(query);
    take_environment(query, &run.environment);
    if (run.command == NULL || query->failed != 0) {
        store_run_clear(&run);
        return query->failed != 0 ? query->failed : database_failed(query->store, SQLITE_NOMEM, query->error);
    }
    *out = run;
    return 0;
}

static int holds_none(const struct store *store, const char *what, struct error *error)
{
    return error_usage(error, "'%s' holds no %s yet: run one first, or name another file", store->path, what);
}

int run_find(struct store *store, const char *kind, uint64_t id, struct store_run *out, struct error *error)
{
    const char *what = kind != NULL ? kind : "run";
    EXEUNT_GUARD(query, query,
                 query_make(store,
                            "select" RUN_COLUMNS "from run where ?1 in ('', kind) and ?2 in (0, id)"
                            " order by id desc limit 1",
                            error));
    query_put_text(&query, kind != NULL ? kind : "");
    query_put_number(&query, id);
    int row = query_step(&query);
    if (row < 0)
        return row;
    if (row == 0 && id == 0)
        return holds_none(store, what, error);
    if (row == 0)
        return error_usage(error, "there is no %s %llu in '%s'; 'exeunt report --list' shows what there is",
                           what, (unsigned long long)id, store->path);
    return run_take(&query, out);
}

int store_load_run(struct store *store, uint64_t id, struct store_run *out, struct error *error)
{
    return run_find(store, NULL, id, out, error);
}

int store_last_run(struct store *store, uint64_t *id, struct error *error)
{
    EXEUNT_GUARD(query, query, query_make(store, "select coalesce(max(id), 0) from run", error));
    return query_number(&query, id);
}

void store_runs_clear(struct store_runs *runs)
{
    for (size_t i = 0; i < runs->count; i++)
        store_run_clear(&runs->list[i]);
    free(runs->list);
    *runs = (struct store_runs){0};
}

static int add_run(struct query *query, struct store_runs *runs)
{
    struct store_run *list = realloc(runs->list, (runs->count + 1) * sizeof *list);
    if (list == NULL)
        return database_failed(query->store, SQLITE_NOMEM, query->error);
    runs->list = list;
    struct store_run run = {.id = 0};
    int failed = run_take(query, &run);
    if (failed == 0)
        list[runs->count++] = run;
    return failed;
}

/* Those that the statement finds. */
static int list_runs(struct store *store, const char *sql, struct store_runs *out, struct error *error)
{
    EXEUNT_GUARD(query, query, query_make(store, sql, error));
    struct store_runs runs = {0};
    int row, failed = 0;
    while (failed == 0 && (row = query_step(&query)) != 0)
        failed = row < 0 ? row : add_run(&query, &runs);
    if (failed != 0)
        store_runs_clear(&runs);
    else
        *out = runs;
    return failed;
}

int store_list_runs(struct store *store, struct store_runs *out, struct error *error)
{
    return list_runs(store, "select" RUN_COLUMNS "from run order by run.id", out, error);
}

int store_last_command(struct store *store, struct store_runs *out, struct error *error)
{
    int failed = list_runs(store,
                           "select" RUN_COLUMNS "from run where coalesce(first, id) ="
                           " (select coalesce(first, id) from run order by id desc limit 1) order by run.id",
                           out, error);
    return failed == 0 && out->count == 0 ? holds_none(store, "run", error) : failed;
}
