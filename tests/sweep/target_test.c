/* One target by itself, without a sweep. Left alone, both its variants end well and leave nothing. Under the
 * fault of its row the twin ends in order, and the defective one does not end as the twin does, where a run
 * can tell. */
#include <err.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "report.h"
#include "scratch.h"
#include "table.h"

struct outcome {
    int status; /* of exeunt: 1 if something was left */
    char ended[32];
    json_int_t faults;
};

/* Two rules of a plan stand in two words of the table. */
static void write_plan(const char *fault, char *plan, size_t size)
{
    snprintf(plan, size, "%s", fault);
    for (char *mark = plan; (mark = strchr(mark, '&')) != NULL;)
        *mark = ';';
}

static struct outcome outcome_of(const struct target *target, bool mended, const char *fault)
{
    char *program = table_program(target, mended), *folder = scratch_make(), options[512], plan[256];
    struct command_result copied = command_run("cp %s/input/* %s", SWEEP_SOURCE, folder);
    command_free(&copied);
    if (chdir(folder) != 0)
        err(1, "%s", folder);
    write_plan(fault, plan, sizeof plan);
    snprintf(options, sizeof options, "--for 2s --fail-on unreleased,children,temp-files --faults '%s'",
             plan);
    struct report report = report_of_program(options, "%s", program);
    json_t *variant = json_array_get(json_object_get(report.root, "variants"), 0);
    if (variant == NULL)
        errx(1, "%s: %s", program, report.err);
    struct outcome outcome = {.status = report.status, .faults = report_number(variant, "faults.injected")};
    snprintf(outcome.ended, sizeof outcome.ended, "%s", report_text(variant, "ended"));
    report_free(&report);
    free(program);
    if (chdir("/") != 0)
        err(1, "/");
    scratch_remove(folder);
    return outcome;
}

/* Expects that a variant ended in a way, and was clean unless it is a near miss. */
static bool ended(const struct target *target, const char *what, const struct outcome *outcome,
                  const char *way)
{
    if (strcmp(outcome->ended, way) == 0 && (outcome->status == 0 || table_near_miss(target)))
        return true;
    fprintf(stderr, "%s, %s: it ended as '%s' with status %d, where '%s' with 0 is right\n", target->name,
            what, outcome->ended, outcome->status, way);
    return false;
}

/* A run knows of what is left only descriptors and children for certain; a sanitizer's report ends a program
 * as an error does. */
static bool can_be_seen(const struct target *target)
{
    if (strcmp(target->kind, "leak") == 0)
        return strcmp(target->resource, "descriptor") == 0 || strcmp(target->resource, "child") == 0;
    return strcmp(target->kind, "double-release") != 0 && strcmp(target->kind, "sanitizer") != 0;
}

static bool shows_defect(const struct target *target)
{
    struct outcome defective = outcome_of(target, false, target->fault);
    struct outcome mended = outcome_of(target, true, target->fault);
    bool good = ended(target, "mended and under its fault", &mended, "exited");
    bool differs = defective.status != mended.status || strcmp(defective.ended, mended.ended) != 0;
    if (defective.faults > 0 && mended.faults > 0 && (differs || !can_be_seen(target)))
        return good;
    fprintf(stderr, "%s does not show its defect under %s: it ended as '%s', status %d, after %lld faults\n",
            target->name, target->fault, defective.ended, defective.status, (long long)defective.faults);
    return false;
}

int main(int count, char **arguments)
{
    struct target target;
    if (count != 2)
        errx(2, "usage: %s TARGET", arguments[0]);
    table_find(arguments[1], &target);
    bool good = true;
    for (int mended = 0; mended < 2; mended++) {
        struct outcome alone = outcome_of(&target, mended, "none");
        good &= ended(&target, mended ? "mended, left alone" : "left alone", &alone, "completed");
    }
    if (strcmp(target.fault, "-") == 0)
        return good ? 0 : 1;
    if (!table_near_miss(&target))
        return shows_defect(&target) && good ? 0 : 1;
    struct outcome missed = outcome_of(&target, false, target.fault);
    return ended(&target, "under its fault", &missed, "exited") && good ? 0 : 1;
}
