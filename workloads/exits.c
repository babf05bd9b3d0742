/* Every exit path: a resource taken in a block, the block left by each path there is, under each idiom of
 * cleanup. What the jobs are and what they answer is said at struct exeunt_exits. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "exeunt/workload.h"
#include "exit_scenes.h"
#include "reason.h"

static const struct exeunt_exit_path paths[EXIT_PATHS + 1] = {
    [BY_RETURN] = {.name = "return"},
    [BY_GOTO] = {.name = "goto"},
    [BY_BREAK] = {.name = "break"},
    [BY_CONTINUE] = {.name = "continue"},
    [BY_THROW] = {.name = "throw"},
    [BY_DEFERRED_CANCEL] = {.name = "deferred cancel"},
    [BY_ASYNC_CANCEL] = {.name = "async cancel"},
    [BY_PTHREAD_EXIT] = {.name = "pthread_exit"},
    [BY_LONGJMP] = {.name = "longjmp"},
    [BY_EXIT] = {.name = "exit", .ends_process = true, .exit_status = CELL_EXIT_STATUS},
    [BY_SIGKILL] = {.name = "SIGKILL", .ends_process = true, .exit_status = -1, .signal = SIGKILL},
};

static const struct exeunt_exit_resource resources[EXIT_RESOURCES + 1] = {
    [DESCRIPTOR] = {.name = "descriptor", .reclaimed = true},
    [MUTEX] = {.name = "mutex", .reclaimed = true},
    [TRANSACTION] = {.name = "transaction", .reclaimed = true},
    [SOCKET] = {.name = "socket", .reclaimed = true},
    [TEMPORARY_FILE] = {.name = "temporary file"},
};

/* The table in the comment of exeunt/scope.h, which the build turns into rows: the one copy there is. */
static const struct promise {
    const char *path, *idiom;
    bool runs;
} promises[] = {
#include "promises.inc"
};

static bool runs(const char *idiom, size_t path)
{
    for (size_t i = 0; i < sizeof promises / sizeof *promises; i++)
        if (strcmp(promises[i].path, paths[path].name) == 0 && strcmp(promises[i].idiom, idiom) == 0)
            return promises[i].runs;
    return false;
}

static int prepare(const struct exeunt_job_site *site, struct exeunt_reason *reason)
{
    if (site->input != NULL)
        return explain(reason, -EINVAL, "exits works on no files: leave out '--input'");
    return 0;
}

static int open_site(const struct exeunt_job_site *site, void **state, struct exeunt_reason *reason)
{
    int failed = database_share_descriptors();
    if (failed != 0)
        return explain(reason, failed, "SQLite does not let its calls be replaced");
    *state = (void *)site->folder;
    return 0;
}

static void close_site(void *state)
{
    (void)state;
}

/* The cell of that number in the folder of its run. False: the path is too long. */
static bool name_folder(const char *folder, uint64_t number, char path[PATH_MAX])
{
    return snprintf(path, PATH_MAX, "%s/%llu", folder, (unsigned long long)number) < PATH_MAX;
}

static int open_cells(struct cell *cells, size_t count, const char *folder, uint64_t first, exit_scene *scene)
{
    int failed = 0;
    for (size_t i = 0; i < count && failed == 0; i++) {
        cells[i] = (struct cell){.path = (enum exit_path)((first + i) / EXIT_RESOURCES),
                                 .resource = (enum exit_resource)((first + i) % EXIT_RESOURCES),
                                 .scene = scene,
                                 .operation = EXEUNT_EXITS_BLOCKS + first + i,
                                 .fd = -1};
        failed = name_folder(folder, first + i, cells[i].folder) ? cell_open(&cells[i]) : -ENAMETOOLONG;
    }
    return failed;
}

/* One cell; of a path that ends the process, all of its cells. */
static int measure(const char *folder, uint64_t number, exit_scene *scene)
{
    size_t count = paths[number / EXIT_RESOURCES].ends_process ? EXIT_RESOURCES : 1;
    struct cell *cells = calloc(count, sizeof *cells);
    if (cells == NULL)
        return -ENOMEM;
    int failed = open_cells(cells, count, folder, number, scene);
    if (failed == 0)
        failed = cells_run(cells, count);
    if (failed == 0)
        failed = cell_look(cells->folder, cells->resource, false);
    for (size_t i = 0; i < count; i++)
        cell_close(&cells[i]);
    free(cells);
    return failed;
}

static int look(const struct exeunt_job_site *site, uint64_t number)
{
    char folder[PATH_MAX];
    if (!name_folder(site->folder, number, folder))
        return -ENAMETOOLONG;
    return cell_look(folder, (enum exit_resource)(number % EXIT_RESOURCES), true);
}

#define MEASURED(scene)                                                                                      \
    static int measure_##scene(void *folder, uint64_t number)                                                \
    {                                                                                                        \
        return measure(folder, number, exit_##scene);                                                        \
    }
MEASURED(unguarded)
MEASURED(handwritten)
MEASURED(push)
MEASURED(push_plain)
MEASURED(guard)
MEASURED(guard_plain)
MEASURED(stack)

static const struct exeunt_variant variants[] = {
    {"unguarded", "releases only where the block ends", true, measure_unguarded},
    {"handwritten", "a release at every exit that the author sees", false, measure_handwritten},
    {"push-plain", "pthread_cleanup_push, built without -fexceptions", false, measure_push_plain},
    {"push", "pthread_cleanup_push, built with -fexceptions", false, measure_push},
    {"guard-plain", "a scoped guard, built without -fexceptions", false, measure_guard_plain},
    {"guard", "a scoped guard, built with -fexceptions", false, measure_guard},
    {"exit-stack", "an exit stack, built with -fexceptions", false, measure_stack},
    {NULL, NULL, false, NULL},
};

static const struct exeunt_point points[] = {{NULL, 0, NULL}};
static const struct exeunt_setting settings[] = {{NULL, 0, 0, 0, NULL}};
static const struct exeunt_exits table = {.paths = paths, .resources = resources, .runs = runs, .look = look};

EXEUNT_WORKLOAD(exits) = {
    .name = "exits",
    .summary =
        "five resources in a block that is left by every exit path: a table of what is kept and broken",
    .faults = "none",
    .fds_per_operation = 48, /* of the one worker: what is broken stays */
    .variants = variants,
    .points = points,
    .settings = settings,
    .exits = &table,
    .prepare = prepare,
    .open = open_site,
    .close = close_site,
};
