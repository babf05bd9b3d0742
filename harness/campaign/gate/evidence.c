/* Decides what of a document is evidence. What a document does not prove (a sweep that was cut short, a run
 * that is inconclusive) is trouble of the whole part: half a sweep depends on how fast the machine is. */
#include "campaign/gate/evidence.h"

#include <errno.h>
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "campaign/gate/subject.h"
#include "plan/plan.h"

/* Drawn faults: below so many of a point another run may have none. Of 20 that are expected, none come once
 * in 500 million times. */
enum { FAULTS_STEADY = 20 };

static const char *text(const json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));
    return value != NULL ? value : "";
}

static uint64_t number(const json_t *object, const char *key)
{
    json_int_t value = json_integer_value(json_object_get(object, key));
    return value > 0 ? (uint64_t)value : 0;
}

static bool flag(const json_t *object, const char *key)
{
    return json_is_true(json_object_get(object, key));
}

/* What is told first counts. Returns 0 or -ENOMEM: a trouble that is forgotten would be no trouble. */
static int trouble(struct gate_part *part, const char *why)
{
    if (part->trouble == NULL)
        part->trouble = strdup(why[0] != '\0' ? why : "it says nothing of what it found");
    return part->trouble != NULL ? 0 : -ENOMEM;
}

/* "3/3": every attempt to see it again did. */
static bool comes_always(const json_t *finding)
{
    const char *ratio = text(finding, "reproduced"), *slash = strchr(ratio, '/');
    return slash == NULL || strtoul(ratio, NULL, 10) >= strtoul(slash + 1, NULL, 10);
}

/* The function of the frame at `place`, "write_full (upload.c:53)". */
static void take_function(const json_t *finding, const char *place, struct gate_finding *out)
{
    size_t index;
    json_t *frame;
    json_array_foreach(json_object_get(finding, "stack"), index, frame)
    {
        const char *name = json_string_value(frame), *open = name != NULL ? strstr(name, " (") : NULL;
        if (open == NULL || strncmp(open + 2, place, strlen(place)) != 0 || open[2 + strlen(place)] != ')')
            continue;
        text_copy(out->function, sizeof out->function, name, (size_t)(open - name));
        return;
    }
}

static int take_swept(const json_t *finding, struct gate_subject *subject)
{
    const json_t *second = json_object_get(finding, "second");
    const json_t *fault = json_is_object(second) ? second : finding;
    const char *taken_at = text(finding, "taken_at"), *failed_at = text(fault, "failed_at");
    struct gate_finding *found = subject_finding(subject);
    if (found == NULL)
        return -ENOMEM;
    subject_place(found, taken_at[0] != '\0' ? taken_at : failed_at);
    if (taken_at[0] == '\0')
        take_function(finding, failed_at, found);
    text_copy(found->kind, sizeof found->kind, text(finding, "kind"), SIZE_MAX);
    text_copy(found->resource, sizeof found->resource, text(finding, "resource"), SIZE_MAX);
    text_copy(found->point, sizeof found->point, text(fault, "point"), SIZE_MAX);
    text_copy(found->error, sizeof found->error, text(fault, "errno"), SIZE_MAX);
    text_copy(found->replay, sizeof found->replay, text(finding, "replay"), SIZE_MAX);
    found->flaky = !comes_always(finding);
    return 0;
}

static bool holds(const json_t *array, const char *word)
{
    size_t index;
    json_t *each;
    json_array_foreach(array, index, each)
    {
        if (strcmp(json_string_value(each) != NULL ? json_string_value(each) : "", word) == 0)
            return true;
    }
    return false;
}

static int take_sweep_findings(const json_t *document, struct gate_subject *subject)
{
    size_t index;
    json_t *finding;
    int rc = 0;
    json_array_foreach(json_object_get(document, "findings"), index, finding)
    {
        bool counts = holds(json_object_get(document, "fail_on"), text(finding, "kind")) &&
                      text(finding, "suppressed")[0] == '\0';
        if (counts && comes_always(finding))
            subject->caught = true;
        if (rc == 0 && counts)
            rc = take_swept(finding, subject);
    }
    return rc;
}

static int take_sweep_coverage(const json_t *document, struct gate_subject *subject)
{
    size_t index;
    json_t *row;
    int rc = 0;
    json_array_foreach(json_object_get(document, "coverage"), index, row)
    {
        if (rc == 0 && number(row, "failed") > 0)
            rc = subject_cover(subject, text(row, "point"), text(row, "errno"));
    }
    return rc;
}

static int take_sweep(const json_t *document, struct gate_part *part)
{
    json_t *command = json_object_get(document, "command");
    uint64_t drifted = number(json_object_get(document, "outcomes"), "drifted");
    uint64_t runs = number(document, "runs"), judged = runs - (drifted < runs ? drifted : runs);
    bool is_program = text(document, "workload")[0] == '\0';
    struct gate_subject *subject =
        is_program ? subject_add(part, json_string_value(json_array_get(command, 0)), NULL)
                   : subject_add(part, text(document, "workload"), text(document, "variant"));
    if (subject == NULL)
        return -ENOMEM;
    int rc = 0;
    if (flag(document, "interrupted"))
        rc = trouble(part, "it was interrupted");
    else if (runs < number(document, "planned"))
        rc = trouble(part, "its time was over before all was tried: give it a longer --budget");
    else if (runs > 0 && judged <= drifted)
        rc = trouble(part, text(document, "sentence"));
    subject->control = flag(document, "control");
    subject->faults = judged;
    text_copy(subject->note, sizeof subject->note, text(document, "note"), SIZE_MAX);
    if (rc == 0)
        rc = take_sweep_findings(document, subject);
    return rc != 0 ? rc : take_sweep_coverage(document, subject);
}

static int take_compared(const json_t *finding, struct gate_subject *subject)
{
    const char *taken_at = text(finding, "taken_at");
    struct gate_finding *found = subject_finding(subject);
    if (found == NULL)
        return -ENOMEM;
    subject_place(found, taken_at[0] != '\0' ? taken_at : text(finding, "released_at"));
    text_copy(found->kind, sizeof found->kind, text(finding, "kind"), SIZE_MAX);
    text_copy(found->resource, sizeof found->resource, text(finding, "resource"), SIZE_MAX);
    text_copy(found->point, sizeof found->point, text(finding, "point"), SIZE_MAX);
    text_copy(found->error, sizeof found->error, text(finding, "errno"), SIZE_MAX);
    subject->hits += number(finding, "count");
    return 0;
}

/* A deadlock, a crash and the like break a guarantee without being in the list of findings. */
static int take_end(const json_t *variant, struct gate_subject *subject)
{
    const char *ended = text(variant, "ended");
    bool in_order = strcmp(ended, "completed") == 0 || strcmp(ended, "exited") == 0;
    if (strcmp(text(variant, "verdict"), "fail") != 0 || (in_order && subject->finding_count > 0))
        return 0;
    json_t *edges = json_object_get(json_array_get(json_object_get(variant, "deadlocks"), 0), "edges");
    json_t *edge = json_array_get(edges, 0);
    struct gate_finding *found = subject_finding(subject);
    if (found == NULL)
        return -ENOMEM;
    subject_place(found, text(edge, "taken_at"));
    text_copy(found->kind, sizeof found->kind, ended, SIZE_MAX);
    text_copy(found->point, sizeof found->point, text(edge, "point"), SIZE_MAX);
    return 0;
}

static int take_points(const json_t *faults, struct gate_subject *subject)
{
    const char *point;
    json_t *count;
    json_object_foreach(json_object_get(faults, "by_point"), point, count)
    {
        json_int_t number = json_integer_value(count);
        if (number <= 0)
            continue;
        if (subject_cover(subject, point, "") != 0)
            return -ENOMEM;
        subject->covered[subject->covered_count - 1].seldom = subject->by_chance && number < FAULTS_STEADY;
    }
    return 0;
}

/* Whether a plan draws: another time other calls fail. Points are taken on trust, they were known where it
 * was carried out; a plan of more names than are taken on trust counts as drawn, so that chance fails no
 * gate. */
static bool is_drawn(const char *text)
{
    static const struct plan_points all = {.open = true};
    struct plan plan;
    struct error ignored;
    if (plan_parse(text, &all, 0, &plan, &ignored) != 0)
        return true;
    for (size_t i = 0; i < plan.rule_count; i++)
        if (plan.rules[i].when == PLAN_RANDOM)
            return true;
    return false;
}

static int take_variant(const json_t *document, const json_t *variant, struct gate_part *part)
{
    char program[PATH_MAX];
    const json_t *faults = json_object_get(variant, "faults");
    const char *line = text(document, "program");
    snprintf(program, sizeof program, "%.*s", (int)strcspn(line, " "), line);
    struct gate_subject *subject = text(document, "workload")[0] == '\0'
                                       ? subject_add(part, program, NULL)
                                       : subject_add(part, text(document, "workload"), text(variant, "name"));
    if (subject == NULL)
        return -ENOMEM;
    int rc = 0;
    if (strcmp(text(variant, "verdict"), "inconclusive") == 0)
        rc = trouble(part, text(document, "sentence"));
    subject->control = flag(variant, "control");
    subject->caught = strcmp(text(variant, "verdict"), "fail") == 0;
    subject->by_chance = is_drawn(text(document, "faults"));
    subject->faults = number(faults, "injected");
    text_copy(subject->note, sizeof subject->note, text(variant, "note"), SIZE_MAX);
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(variant, "findings"), index, finding)
    {
        if (rc == 0 && !flag(finding, "informational"))
            rc = take_compared(finding, subject);
    }
    if (rc == 0)
        rc = take_points(faults, subject);
    return rc != 0 ? rc : take_end(variant, subject);
}

static int take_comparison(const json_t *document, struct gate_part *part)
{
    json_t *variants = json_object_get(document, "variants"), *variant;
    size_t index;
    int rc = 0;
    if (json_array_size(variants) == 0)
        rc = trouble(part, text(document, "sentence"));
    json_array_foreach(variants, index, variant)
    {
        if (rc == 0)
            rc = take_variant(document, variant, part);
    }
    return rc;
}

/* A cell that breaks what is promised, or of which the two witnesses say different things. */
static int take_cell(const json_t *cell, struct gate_subject *subject)
{
    const char *outcome = text(cell, "outcome");
    if (outcome[0] == '\0')
        return 0;
    subject->faults++;
    int rc = subject_cover(subject, text(cell, "path"), text(cell, "resource"));
    bool breaks = strcmp(outcome, "differs") == 0 || (flag(cell, "promised") && strcmp(outcome, "kept") != 0);
    if (rc != 0 || !breaks)
        return rc;
    struct gate_finding *found = subject_finding(subject);
    if (found == NULL)
        return -ENOMEM;
    text_copy(found->kind, sizeof found->kind, outcome, SIZE_MAX);
    text_copy(found->resource, sizeof found->resource, text(cell, "resource"), SIZE_MAX);
    text_copy(found->point, sizeof found->point, text(cell, "path"), SIZE_MAX);
    return 0;
}

static int take_exits(const json_t *document, struct gate_part *part)
{
    size_t column, index;
    json_t *idiom, *cell;
    int rc = 0;
    if (strcmp(text(document, "verdict"), "inconclusive") == 0)
        rc = trouble(part, text(document, "sentence"));
    json_array_foreach(json_object_get(document, "idioms"), column, idiom)
    {
        struct gate_subject *subject = subject_add(part, text(document, "workload"), text(idiom, "name"));
        if (subject == NULL)
            return -ENOMEM;
        subject->control = flag(idiom, "leaks");
        subject->measured = true;
        subject->caught = strcmp(text(document, "verdict"), "control-missed") != 0;
        json_array_foreach(json_object_get(document, "cells"), index, cell)
        {
            if (rc == 0 && strcmp(text(cell, "idiom"), text(idiom, "name")) == 0)
                rc = take_cell(cell, subject);
        }
    }
    return rc;
}

static int take(const json_t *document, struct gate_part *part)
{
    const char *format = text(document, "format");
    size_t index;
    json_t *comparison;
    int rc = 0;
    if (strcmp(format, "exeunt-sweep") == 0)
        return take_sweep(document, part);
    if (strcmp(format, "exeunt-comparison") == 0)
        return take_comparison(document, part);
    if (strcmp(format, "exeunt-exits") == 0)
        return take_exits(document, part);
    if (strcmp(format, "exeunt-suite") != 0)
        rc = trouble(part, "it wrote a document of a format that is not known");
    json_array_foreach(json_object_get(document, "comparisons"), index, comparison)
    {
        if (rc == 0)
            rc = take(comparison, part);
    }
    return rc;
}

/* Whether another document follows. */
static bool has_more(FILE *stream)
{
    int byte = getc(stream);
    while (byte == ' ' || byte == '\n')
        byte = getc(stream);
    return ungetc(byte, stream) != EOF;
}

int evidence_read(FILE *stream, struct gate_part *part, struct error *error)
{
    int rc = 0;
    bool readable = true;
    while (rc == 0 && readable && has_more(stream)) {
        json_t *document = json_loadf(stream, JSON_DISABLE_EOF_CHECK, NULL);
        readable = document != NULL;
        rc = readable ? take(document, part) : trouble(part, "its document is no JSON");
        json_decref(document);
    }
    if (rc == 0 && part->subject_count == 0)
        rc = trouble(part, "it wrote no document");
    if (rc != 0)
        return error_not_done(error, rc, "no memory for what '%s' found", part->command);
    for (size_t i = 0; i < part->subject_count; i++) {
        struct gate_subject *subject = &part->subjects[i];
        if (subject->control) /* it need only be caught: what it leaves behind today is nobody's concern */
            subject->finding_count = subject->covered_count = 0;
        gate_sort(subject);
    }
    return 0;
}
