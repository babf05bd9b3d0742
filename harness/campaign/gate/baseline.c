/* Decides what a baseline keeps, and where its lines end: a change is to be one line of a diff. */
#include "campaign/gate/baseline.h"

#include <errno.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/stream.h"
#include "base/text.h"
#include "campaign/gate/subject.h"
#include "oracle/exits.h"

#define FORMAT "exeunt-baseline"
enum { VERSION = 1, MIB_MAX = 64 };

/* Takes `value`. */
static void write_value(json_t *value, FILE *out, bool *failed)
{
    *failed |= value == NULL || json_dumpf(value, out, JSON_COMPACT | JSON_ENCODE_ANY) != 0;
    json_decref(value);
}

static json_t *text_or_null(const char *text)
{
    return text[0] != '\0' ? json_string(text) : json_null();
}

static json_t *finding_object(const struct gate_finding *finding)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b}", "kind", finding->kind, "resource",
                     text_or_null(finding->resource), "file", text_or_null(finding->file), "function",
                     text_or_null(finding->function), "point", text_or_null(finding->point), "errno",
                     text_or_null(finding->error), "line",
                     finding->line != 0 ? json_integer(finding->line) : json_null(), "flaky", finding->flaky);
}

static void write_findings(const struct gate_subject *subject, FILE *out, bool *failed)
{
    const char *separator = "\n      ";
    fputs("     \"findings\": [", out);
    for (size_t i = 0; i < subject->finding_count; i++) {
        if (subject->findings[i].forgotten)
            continue;
        fputs(separator, out);
        write_value(finding_object(&subject->findings[i]), out, failed);
        separator = ",\n      ";
    }
    fputs(separator[0] == ',' ? "\n     ]" : "]", out);
}

/* A line for each point: "posix/io/oc/open": ["EACCES", "EMFILE"]. */
static void write_covered(const struct gate_subject *subject, FILE *out, bool *failed)
{
    const char *separator = "\n      ";
    fputs("     \"covered\": {", out);
    for (size_t i = 0; i < subject->covered_count;) {
        const struct gate_covered *first = &subject->covered[i];
        json_t *errors = json_array();
        for (; i < subject->covered_count && strcmp(subject->covered[i].point, first->point) == 0; i++)
            if (subject->covered[i].error[0] != '\0')
                *failed |= json_array_append_new(errors, json_string(subject->covered[i].error)) != 0;
        if (!first->seldom) {
            fputs(separator, out);
            write_value(json_string(first->point), out, failed);
            fputs(": ", out);
            write_value(json_incref(errors), out, failed);
            separator = ",\n      ";
        }
        json_decref(errors);
    }
    fputs(separator[0] == ',' ? "\n     },\n" : "},\n", out);
}

static void write_subject(const struct gate_subject *subject, FILE *out, bool *failed)
{
    fputs("\n    {\"subject\": ", out);
    write_value(json_string(subject->name), out, failed);
    fprintf(out, ", \"control\": %s, \"faults\": %llu,\n", subject->control ? "true" : "false",
            (unsigned long long)subject->faults);
    write_covered(subject, out, failed);
    write_findings(subject, out, failed);
    putc('}', out);
}

/* Found out before anything is run, not after. */
int baseline_check(const struct script *script, struct error *error)
{
    for (size_t i = 0; i < script->count; i++) {
        json_t *value = json_string(script->lines[i].text);
        json_decref(value);
        if (value == NULL)
            return error_usage(error,
                               "'%.80s' is not UTF-8, which a baseline is: put the command into a script of "
                               "its own",
                               script->lines[i].text);
    }
    return 0;
}

int baseline_write(const struct gate_parts *parts, FILE *out)
{
    bool failed = false;
    fprintf(out, "{\"format\": \"" FORMAT "\", \"version\": %d, \"parts\": [", VERSION);
    for (size_t i = 0; i < parts->count; i++) {
        const struct gate_part *part = &parts->list[i];
        fputs(i > 0 ? ",\n  {\"command\": " : "\n  {\"command\": ", out);
        write_value(json_string(part->command), out, &failed);
        fputs(", \"subjects\": [", out);
        for (size_t j = 0; j < part->subject_count; j++) {
            fputs(j > 0 ? "," : "", out);
            write_subject(&part->subjects[j], out, &failed);
        }
        fputs("\n  ]}", out);
    }
    errno = 0;
    fputs("\n]}\n", out);
    int rc = stream_finish(out);
    return rc == 0 && failed ? -ENOMEM : rc;
}

/* Where something is wrong. */
struct reading {
    const char *path;
    const char *command; /* of the part; "" before the first */
    struct error *error;
};

static int wrong(const struct reading *reading, const char *key, const char *must)
{
    return error_usage(reading->error, "baseline '%s': '%s' %s%s%s%s; record it again, or take an older one",
                       reading->path, key, must, reading->command[0] != '\0' ? " in the part '" : "",
                       reading->command, reading->command[0] != '\0' ? "'" : "");
}

static int no_memory(const struct reading *reading)
{
    return error_not_done(reading->error, -ENOMEM, "no memory to read '%s'", reading->path);
}

/* A text that fits; null is "" where that may be. */
static int take_text(const struct reading *reading, const json_t *object, const char *key, bool needed,
                     char *out, size_t size)
{
    json_t *value = json_object_get(object, key);
    if (json_is_null(value) && !needed) {
        out[0] = '\0';
        return 0;
    }
    if (!json_is_string(value) || json_string_length(value) >= size ||
        strlen(json_string_value(value)) != json_string_length(value))
        return wrong(reading, key, needed ? "is no text that fits" : "is neither null nor a text that fits");
    text_copy(out, size, json_string_value(value), SIZE_MAX);
    return needed && out[0] == '\0' ? wrong(reading, key, "is empty") : 0;
}

/* The kinds of a sweep's findings, of a comparison's, what a variant can end with, and what a cell can be. */
static const char *kind_name(const void *of, size_t index)
{
    (void)of;
    enum { ENDS = ENDED_OUTSTAYED + 1, OUTCOMES = EXITS_DIFFERS + 1 };
    if (index < SWEEP_KINDS)
        return sweep_kind_name((enum sweep_kind)index);
    index -= SWEEP_KINDS;
    if (index < FINDING_KINDS)
        return finding_kind_name((enum finding_kind)index);
    index -= FINDING_KINDS;
    if (index < ENDS)
        return ended_name((enum ended)index);
    index -= ENDS;
    return index < OUTCOMES ? exits_outcome_name((enum exits_outcome)index) : NULL;
}

/* One that there is not would never be found again, and so pass for gone. */
static int check_kind(const struct reading *reading, const char *kind)
{
    char hint[96], must[192];
    for (size_t i = 0; kind_name(NULL, i) != NULL; i++)
        if (strcmp(kind_name(NULL, i), kind) == 0)
            return 0;
    snprintf(must, sizeof must, "is '%s', which is no kind of finding%s", kind,
             text_hint(hint, sizeof hint, kind, kind_name, NULL));
    return wrong(reading, "kind", must);
}

static int take_finding(const struct reading *reading, const json_t *object, struct gate_subject *subject)
{
    struct gate_finding *finding = subject_finding(subject);
    if (finding == NULL)
        return no_memory(reading);
    const struct {
        const char *key;
        bool needed;
        char *out;
        size_t size;
    } texts[] = {
        {"kind", true, finding->kind, sizeof finding->kind},
        {"resource", false, finding->resource, sizeof finding->resource},
        {"file", false, finding->file, sizeof finding->file},
        {"function", false, finding->function, sizeof finding->function},
        {"point", false, finding->point, sizeof finding->point},
        {"errno", false, finding->error, sizeof finding->error},
    };
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < sizeof texts / sizeof *texts; i++)
        rc = take_text(reading, object, texts[i].key, texts[i].needed, texts[i].out, texts[i].size);
    if (rc == 0)
        rc = check_kind(reading, finding->kind);
    json_t *line = json_object_get(object, "line"), *flaky = json_object_get(object, "flaky");
    json_int_t number = json_integer_value(line);
    if (rc == 0 && !json_is_null(line) && (number < 1 || number > INT32_MAX))
        rc = wrong(reading, "line", "is neither null nor the number of a line");
    if (rc == 0 && !json_is_boolean(flaky))
        rc = wrong(reading, "flaky", "is neither true nor false");
    finding->line = rc == 0 ? (unsigned)number : 0;
    finding->flaky = json_is_true(flaky);
    return rc;
}

static int take_covered(const struct reading *reading, const char *point, const json_t *errors,
                        struct gate_subject *subject)
{
    size_t index;
    json_t *each;
    const struct gate_covered *kept;
    if (strlen(point) >= sizeof kept->point)
        return wrong(reading, point, "is no point that fits");
    if (!json_is_array(errors))
        return wrong(reading, point, "is no list of errnos");
    if (json_array_size(errors) == 0 && subject_cover(subject, point, "") != 0)
        return no_memory(reading);
    json_array_foreach(errors, index, each)
    {
        if (!json_is_string(each) || json_string_length(each) >= sizeof kept->error)
            return wrong(reading, point, "has an errno that is no text that fits");
        if (subject_cover(subject, point, json_string_value(each)) != 0)
            return no_memory(reading);
    }
    return 0;
}

static int take_lists(const struct reading *reading, const json_t *object, struct gate_subject *subject)
{
    json_t *covered = json_object_get(object, "covered"), *findings = json_object_get(object, "findings");
    json_t *each;
    size_t index;
    const char *point;
    int rc = 0;
    if (!json_is_object(covered))
        return wrong(reading, "covered", "is no object");
    if (!json_is_array(findings))
        return wrong(reading, "findings", "is no list");
    json_object_foreach(covered, point, each)
    {
        if (rc == 0)
            rc = take_covered(reading, point, each, subject);
    }
    json_array_foreach(findings, index, each)
    {
        if (rc == 0)
            rc = take_finding(reading, each, subject);
    }
    gate_sort(subject);
    return rc;
}

static int take_subject(const struct reading *reading, const json_t *object, struct gate_part *part)
{
    char name[GATE_SUBJECT_MAX];
    json_t *control = json_object_get(object, "control"), *faults = json_object_get(object, "faults");
    int rc = take_text(reading, object, "subject", true, name, sizeof name);
    if (rc == 0 && !json_is_boolean(control))
        rc = wrong(reading, "control", "is neither true nor false");
    if (rc == 0 && (!json_is_integer(faults) || json_integer_value(faults) < 1))
        rc = wrong(reading, "faults", "is no number above 0");
    if (rc != 0)
        return rc;
    struct gate_subject *subject = subject_add(part, "", NULL);
    if (subject == NULL)
        return no_memory(reading);
    text_copy(subject->name, sizeof subject->name, name, SIZE_MAX);
    subject->control = json_is_true(control);
    subject->faults = (uint64_t)json_integer_value(faults);
    return take_lists(reading, object, subject);
}

static int take_part(struct reading *reading, const json_t *object, struct gate_part *part)
{
    json_t *subjects = json_object_get(object, "subjects"), *each;
    const char *command = json_string_value(json_object_get(object, "command"));
    size_t index;
    int rc = 0;
    if (command == NULL || command[0] == '\0' || strchr(command, '\n') != NULL)
        return wrong(reading, "command", "is no line of text");
    part->command = strdup(command);
    if (part->command == NULL)
        return no_memory(reading);
    reading->command = part->command;
    if (json_array_size(subjects) == 0)
        return wrong(reading, "subjects", "is no list, or an empty one");
    json_array_foreach(subjects, index, each)
    {
        if (rc == 0)
            rc = take_subject(reading, each, part);
    }
    return rc;
}

static int take(struct reading *reading, const json_t *root, struct gate_parts *out)
{
    const char *format = json_string_value(json_object_get(root, "format"));
    json_t *version = json_object_get(root, "version"), *parts = json_object_get(root, "parts");
    int rc = 0;
    if (format == NULL || strcmp(format, FORMAT) != 0)
        return wrong(reading, "format", "is not \"" FORMAT "\"");
    if (json_integer_value(version) != VERSION)
        return wrong(reading, "version", "is not 1, the one that this exeunt knows");
    if (json_array_size(parts) == 0)
        return wrong(reading, "parts", "is no list, or an empty one");
    out->list = calloc(json_array_size(parts), sizeof *out->list);
    if (out->list == NULL)
        return no_memory(reading);
    for (size_t i = 0; rc == 0 && i < json_array_size(parts); i++)
        rc = take_part(reading, json_array_get(parts, i), &out->list[out->count++]);
    return rc;
}

int baseline_read(const char *path, struct gate_parts *out, struct error *error)
{
    struct reading reading = {path, "", error};
    struct gate_parts parts = {.file = path};
    json_error_t why;
    char *text;
    int rc = file_read("baseline", path, MIB_MAX, &text, error);
    if (rc != 0)
        return rc;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &why);
    free(text);
    if (root == NULL)
        return error_usage(error, "baseline '%s' is no JSON: line %d: %s", path, why.line, why.text);
    rc = take(&reading, root, &parts);
    json_decref(root);
    if (rc == 0)
        *out = parts;
    else
        gate_parts_clear(&parts);
    return rc;
}
