/* Sweeps one target of the table: its defect must be found, as what it is and at its line, and in the mended
 * twin there must be nothing to find. The twin is swept in all modes. */
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"
#include "table.h"

#define ALL_MODES "once,persistent,pair"
#define ALL_KINDS "leak,crash,abort,hang,silent,double-release,sanitizer"

struct sweep {
    int status;
    char *err;
    json_t *root; /* NULL: there was none */
};

/* Sweeps in a copy of the input; the result stands beside it. */
static struct sweep sweep_of(const struct target *target, bool mended)
{
    char *program = table_program(target, mended);
    char *folder = scratch_make();
    struct command_result ran = command_run(
        "mkdir %s/work && cp %s/input/* %s/work && cd %s/work && %s sweep --json ../result.json "
        "--budget 20s --modes %s --fail-on %s %s -- %s",
        folder, SWEEP_SOURCE, folder, folder, EXEUNT,
        mended || table_near_miss(target) ? ALL_MODES : target->modes, ALL_KINDS, target->arguments, program);
    struct sweep sweep = {.status = ran.status, .err = strdup(ran.err)};
    char result[512];
    snprintf(result, sizeof result, "%s/result.json", folder);
    sweep.root = json_load_file(result, JSON_REJECT_DUPLICATES, NULL);
    command_free(&ran);
    scratch_remove(folder);
    free(program);
    return sweep;
}

static void sweep_clear(struct sweep *sweep)
{
    free(sweep->err);
    json_decref(sweep->root);
}

static const char *text_of(json_t *finding, const char *key)
{
    const char *text = json_string_value(json_object_get(finding, key));
    return text != NULL ? text : "-";
}

/* Whether `word` stands in `text` between letters of `separators`, or its ends. */
static bool has_word(const char *text, const char *word, const char *separators)
{
    size_t length = strlen(word);
    for (const char *found = text; (found = strstr(found, word)) != NULL; found++)
        if ((found == text || strchr(separators, found[-1]) != NULL) &&
            strchr(separators, found[length]) != NULL)
            return true;
    return false;
}

/* A leak has one line, where it was taken. Otherwise the line may be anywhere in what is told. */
static bool names_line(const struct target *target, json_t *finding)
{
    json_t *where = json_object_get(finding, "taken_at");
    char *told = json_dumps(strcmp(text_of(finding, "kind"), "leak") == 0 ? where : finding, JSON_ENCODE_ANY);
    bool named = false;
    for (int i = 0; i < TABLE_LINES_MAX && target->lines[i] != 0; i++) {
        char line[128];
        snprintf(line, sizeof line, "%s:%d", target->file, target->lines[i]);
        named = named || (told != NULL && has_word(told, line, "/ ()\",:"));
    }
    free(told);
    return named;
}

static bool is_expected(const struct target *target, json_t *finding)
{
    const char *resource = text_of(finding, "resource");
    return has_word(target->kind, text_of(finding, "kind"), "|") &&
           (strcmp(target->resource, "-") == 0 || strcmp(target->resource, resource) == 0) &&
           (strcmp(target->fault, "-") == 0 || has_word(target->fault, text_of(finding, "point"), ":@&")) &&
           names_line(target, finding) && strcmp(text_of(finding, "reproduced"), "3/3") == 0;
}

static bool complain(const struct target *target, bool mended, const char *what, const struct sweep *sweep)
{
    char *findings = json_dumps(json_object_get(sweep->root, "findings"), JSON_INDENT(2));
    fprintf(stderr, "%s%s: %s. Status %d; findings: %s\n%s", target->name, mended ? ", mended" : "", what,
            sweep->status, findings != NULL ? findings : "none", sweep->err);
    free(findings);
    return false;
}

static bool finds_defect(const struct target *target)
{
    struct sweep sweep = sweep_of(target, false);
    bool found = false;
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(sweep.root, "findings"), index, finding)
    {
        found = found || is_expected(target, finding);
    }
    bool good = true;
    if (!found)
        good = complain(target, false, "its defect was not found, as what it is and at its line", &sweep);
    else if (sweep.status != 1)
        good = complain(target, false, "its defect was found, but the status is not 1", &sweep);
    sweep_clear(&sweep);
    return good;
}

/* What is never released when all goes well may be told. */
static bool finds_nothing(const struct target *target, bool mended)
{
    struct sweep sweep = sweep_of(target, mended);
    bool good = true;
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(sweep.root, "findings"), index, finding)
    {
        good = good && strcmp(text_of(finding, "kind"), "unreleased") == 0;
    }
    if (!good)
        complain(target, mended, "something was found in what has no defect", &sweep);
    else if (sweep.status != 0 || json_integer_value(json_object_get(sweep.root, "runs")) == 0)
        good = complain(target, mended, "it was not swept with status 0", &sweep);
    sweep_clear(&sweep);
    return good;
}

int main(int count, char **arguments)
{
    struct target target;
    if (count != 2) {
        fprintf(stderr, "usage: %s TARGET\n", arguments[0]);
        return 2;
    }
    table_find(arguments[1], &target);
    if (table_near_miss(&target))
        return finds_nothing(&target, false) ? 0 : 1;
    bool found = finds_defect(&target);
    return finds_nothing(&target, true) && found ? 0 : 1;
}
