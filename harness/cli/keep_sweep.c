/* Decides what of a sweep is kept, and which earlier one is gone on with. */
#include "keep_sweep.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/order.h"
#include "base/text.h"

void keep_sweep_find_within(const char *results, char out[PATH_MAX])
{
    char file[PATH_MAX], folder[PATH_MAX];
    out[0] = '\0';
    if (realpath(results, file) == NULL || getcwd(folder, sizeof folder) == NULL)
        return;
    size_t length = strlen(folder);
    if (strncmp(file, folder, length) == 0 && file[length] == '/')
        snprintf(out, PATH_MAX, "%s", file + length + 1);
}

static int begin(struct sweep_command *command, struct keep_sweep *keeping, struct error *error)
{
    struct store_environment environment;
    EXEUNT_GUARD(memory, line, text_joined(command->sweep.program));
    if (line == NULL)
        return error_not_done(error, -ENOMEM, "no memory to keep the sweep");
    const struct store_beginning beginning = {.kind = "sweep",
                                              .command = command->sweep.program,
                                              .line = line,
                                              .options = command->text,
                                              .started_s = (uint64_t)time(NULL),
                                              .night = command->night,
                                              .first = command->first};
    store_environment_now(command->sweep.program[0], &environment);
    if (!command->resume)
        return store_begin(keeping->store, &beginning, &environment, &keeping->run, error);
    int failed = store_find_unfinished(keeping->store, command->sweep.program, command->text,
                                       environment.folder, &keeping->run, error);
    if (failed == 0 && keeping->run == 0)
        return error_usage(error,
                           "--resume: no unfinished sweep of this command, with these options, in this "
                           "folder, is in '%s'",
                           command->results);
    return failed == 0 ? store_load_done(keeping->store, keeping->run, &keeping->done, error) : failed;
}

int keep_sweep_begin(struct sweep_command *command, struct keep_sweep *out, struct error *error)
{
    *out = (struct keep_sweep){.store = NULL};
    if (command->results == NULL)
        return command->resume ? error_usage(error, "--resume needs a file of results") : 0;
    int failed = store_open(command->results, STORE_WRITE, &out->store, error);
    if (failed == 0)
        failed = begin(command, out, error);
    if (failed != 0) {
        keep_sweep_end(out);
        return failed;
    }
    if (command->first == 0)
        command->first = out->run;
    keep_sweep_find_within(command->results, out->without);
    if (out->done.count > 0)
        qsort(out->done.list, out->done.count, sizeof *out->done.list, order_of_numbers);
    command->sweep.without = out->without[0] != '\0' ? out->without : NULL;
    command->sweep.done = out->done.list;
    command->sweep.done_count = out->done.count;
    return 0;
}

static void mark(struct keep_sweep *keeping)
{
    if (keeping->failed == 0 && keeping->batch_count > 0)
        keeping->failed = store_mark_done(keeping->store, keeping->run, keeping->batch, keeping->batch_count,
                                          &keeping->error);
    keeping->batch_count = 0;
}

void keep_sweep_found(struct keep_sweep *keeping, struct sweep_finding *finding)
{
    if (keeping->store != NULL && keeping->failed == 0)
        keeping->failed = store_save_finding(keeping->store, keeping->run, finding, &keeping->error);
}

void keep_sweep_tried(struct keep_sweep *keeping, uint64_t key, enum sweep_kind outcome)
{
    if (keeping->store == NULL)
        return;
    keeping->batch[keeping->batch_count++] = (struct store_done){.key = key, .outcome = outcome};
    if (keeping->batch_count == sizeof keeping->batch / sizeof *keeping->batch)
        mark(keeping);
}

/* What both parts of an interrupted sweep gave. */
static int join_parts(struct keep_sweep *keeping, struct sweep_result *result, struct error *error)
{
    struct sweep_result whole;
    struct store_run run;
    int failed = store_load_sweep(keeping->store, keeping->run, &whole, &run, error);
    if (failed != 0)
        return failed;
    store_run_clear(&run);
    sweep_result_clear(result);
    *result = whole;
    return 0;
}

int keep_sweep_finish(struct keep_sweep *keeping, struct sweep_result *result, struct error *error)
{
    if (keeping->store == NULL)
        return 0;
    mark(keeping);
    if (keeping->failed != 0) {
        *error = keeping->error;
        return keeping->failed;
    }
    int failed = store_finish_sweep(keeping->store, keeping->run, result, error);
    return failed == 0 && keeping->done.count > 0 ? join_parts(keeping, result, error) : failed;
}

void keep_sweep_end(struct keep_sweep *keeping)
{
    store_close(keeping->store);
    free(keeping->done.list);
    keeping->store = NULL;
    keeping->done = (struct store_keys){0};
}
