/* However a target's runs are started, and by however many workers, they come out as the same, and the same
 * is found.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"
#include "table.h"

struct row {
    const char *options;
    bool by_server;
    const char *reason;
};

static struct swept sweep_of(const struct target *target, const char *options)
{
    char *program = table_program(target, false), *folder = swept_folder();
    struct command_result copied = command_run("cp %s/input/* %s/work", SWEEP_SOURCE, folder);
    command_free(&copied);
    struct swept swept = swept_in(folder, "", "--results none --quiet --budget 0s --hang 30s %s %s -- %s",
                                  target->arguments, options, program);
    scratch_remove(folder);
    free(program);
    return swept;
}

/* What the runs were, and all that is told of what was found, in its order. */
static char *told(const struct swept *swept)
{
    json_t *both = json_pack("[O?, O?]", json_object_get(swept->root, "outcomes"),
                             json_object_get(swept->root, "findings"));
    char *text = json_dumps(both, JSON_INDENT(1));
    json_decref(both);
    return text;
}

static bool is_same(const struct target *target, const struct row *row, const char *wanted)
{
    struct swept swept = sweep_of(target, row->options);
    char *text = told(&swept);
    bool served = json_is_true(json_object_get(swept.root, "fork_server"));
    bool same = strcmp(text, wanted) == 0 && served == row->by_server;
    if (!same)
        fprintf(stderr, "%s, %s (%s): %sby fork server: %s, not %s%s", target->name, row->options,
                row->reason, served ? "" : "not ", text, wanted, swept.err);
    free(text);
    swept_free(&swept);
    return same;
}

/* A defect is found, and by all ways the same. */
static bool all_same(const struct target *target)
{
    static const struct row rows[] = {
        {"-j 4", true, "several workers, which overtake each other"},
        {"-j 2 --exec", false, "each run by fork and exec"},
    };
    struct swept first = sweep_of(target, "-j 1");
    char *wanted = told(&first);
    bool same = json_array_size(json_object_get(first.root, "findings")) > 0;
    if (!same)
        fprintf(stderr, "%s: nothing was found: %s%s", target->name, wanted, first.err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        same = is_same(target, &rows[i], wanted) && same;
    free(wanted);
    swept_free(&first);
    return same;
}

int main(int count, char **arguments)
{
    bool same = count > 1;
    for (int i = 1; i < count; i++) {
        struct target target;
        table_find(arguments[i], &target);
        same = all_same(&target) && same;
    }
    return same ? 0 : 1;
}
