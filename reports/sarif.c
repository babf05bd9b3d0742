/* The report of a gate for reviews: SARIF 2.1.0 (OASIS), its results at the lines of the source. */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "document.h"
#include "gate.h"
#include "report.h"
#include "value.h"

#define SCHEMA "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

static json_t *message(const char *text)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "text", value_text(text));
    return value_filled(&object);
}

/* A path as a reference: what has a meaning in one is written as its bytes. */
static json_t *reference(const char *path)
{
    static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
    char text[sizeof "file://" + (size_t)3 * PATH_MAX];
    size_t end = (size_t)snprintf(text, sizeof text, "%s", path[0] == '/' ? "file://" : "");
    for (; *path != '\0' && end + 3 < sizeof text; path++)
        end += (size_t)snprintf(text + end, sizeof text - end, strchr(plain, *path) != NULL ? "%c" : "%%%02X",
                                (unsigned char)*path);
    return value_text(text);
}

static json_t *physical_location(const char *path, unsigned line)
{
    struct value_filling artifact = {.into = json_object()}, region = {.into = json_object()};
    struct value_filling object = {.into = json_object()};
    value_put(&artifact, "uri", reference(path));
    if (path[0] != '/')
        value_put(&artifact, "uriBaseId", value_text("%SRCROOT%"));
    value_put(&region, "startLine", value_number(line));
    value_put(&object, "artifactLocation", value_filled(&artifact));
    value_put(&object, "region", value_filled(&region));
    return value_filled(&object);
}

static json_t *module(const char *name)
{
    struct value_filling object = {.into = json_object()}, list = {.into = json_array()};
    value_put(&object, "name", value_text(name));
    value_put(&object, "kind", value_text("module"));
    value_add(&list, value_filled(&object));
    return value_filled(&list);
}

/* The line, if it is known; otherwise the module; what has neither is the baseline's. Services refuse the
 * whole document for one result without a place in a file, so there is always one. */
static json_t *locations(const struct gate_finding *finding, const char *baseline)
{
    struct value_filling object = {.into = json_object()}, list = {.into = json_array()};
    bool placed = finding != NULL && finding->file[0] != '\0';
    bool has_line = placed && finding->line != 0;
    value_put(&object, "physicalLocation",
              physical_location(placed ? finding->file : baseline, has_line ? finding->line : 1));
    if (placed && !has_line)
        value_put(&object, "logicalLocations", module(finding->file));
    value_add(&list, value_filled(&object));
    return value_filled(&list);
}

/* Of what is compared, so that it is the same as long as the finding is known again. */
static json_t *fingerprints(const struct gate_news *news)
{
    const struct gate_finding *finding = news->finding;
    const char *const texts[] = {news->part->command, news->subject,     finding->kind, finding->resource,
                                 finding->file,       finding->function, finding->point};
    uint64_t hash = 0;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        hash = hash_add(hash, hash_text(texts[i]));
    struct value_filling object = {.into = json_object()};
    value_put(&object, "exeuntFinding/v1", value_hex(hash));
    return value_filled(&object);
}

static json_t *of_news(const struct gate_news *news, const char *baseline)
{
    static const char *const states[] = {
        [GATE_NEW] = "new", [GATE_KNOWN] = "unchanged", [GATE_GONE] = "absent"};
    char story[768], text[768 + GATE_SUBJECT_MAX];
    struct value_filling object = {.into = json_object()};
    snprintf(text, sizeof text, "%s: %s", news->subject, gate_story(news->finding, story, sizeof story));
    value_put(&object, "ruleId", value_text(news->finding->kind));
    value_put(&object, "level", value_text(news->fails ? "error" : "note"));
    value_put(&object, "message", message(text));
    value_put(&object, "locations", locations(news->finding, baseline));
    value_put(&object, "baselineState", value_text(states[news->age]));
    value_put(&object, "partialFingerprints", fingerprints(news));
    return value_filled(&object);
}

/* The rule that a guarantee breaks without a finding. */
static const char *rule_of(const struct gate_guarantee *guarantee)
{
    const struct gate_subject *subject = gate_subject_of(guarantee->part, guarantee->subject);
    return guarantee->state == GATE_UNDONE       ? "undone"
           : guarantee->promise == GATE_CONTROL  ? "dead-control"
           : guarantee->promise == GATE_COVERAGE ? "lost-coverage"
           : subject == NULL || subject->control ? "lost-subject"
                                                 : NULL;
}

static json_t *of_guarantee(const struct gate_guarantee *guarantee, const char *baseline)
{
    char text[sizeof guarantee->why + GATE_SUBJECT_MAX];
    struct value_filling object = {.into = json_object()};
    snprintf(text, sizeof text, "%s: %s", guarantee->subject, guarantee->why);
    value_put(&object, "ruleId", value_text(rule_of(guarantee)));
    value_put(&object, "level", value_text("error"));
    value_put(&object, "message", message(text));
    value_put(&object, "locations", locations(NULL, baseline));
    return value_filled(&object);
}

static json_t *results(const struct gate_verdict *verdict)
{
    struct value_filling list = {.into = json_array()};
    for (size_t i = 0; i < verdict->news_count; i++)
        value_add(&list, of_news(&verdict->news[i], verdict->baseline));
    for (size_t i = 0; i < verdict->guarantee_count; i++)
        if (verdict->guarantees[i].state != GATE_HELD && rule_of(&verdict->guarantees[i]) != NULL)
            value_add(&list, of_guarantee(&verdict->guarantees[i], verdict->baseline));
    return value_filled(&list);
}

/* Each rule once, in the order in which the results meet them. */
static json_t *rules(const json_t *list)
{
    struct value_filling array = {.into = json_array()};
    json_t *seen = json_object(), *result;
    size_t index;
    json_array_foreach(list, index, result)
    {
        const char *id = json_string_value(json_object_get(result, "ruleId"));
        if (json_object_get(seen, id) != NULL)
            continue;
        struct value_filling rule = {.into = json_object()};
        value_put(&rule, "id", value_text(id));
        value_add(&array, value_filled(&rule));
        array.failed |= json_object_set_new(seen, id, json_true()) != 0;
    }
    json_decref(seen);
    return value_filled(&array);
}

static json_t *run_object(const struct gate_verdict *verdict)
{
    struct value_filling driver = {.into = json_object()}, tool = {.into = json_object()};
    struct value_filling invocation = {.into = json_object()}, invocations = {.into = json_array()};
    struct value_filling run = {.into = json_object()};
    json_t *list = results(verdict);
    value_put(&driver, "name", value_text("exeunt"));
    value_put(&driver, "rules", rules(list));
    value_put(&tool, "driver", value_filled(&driver));
    value_put(&invocation, "executionSuccessful", json_boolean(verdict->counts[GATE_UNDONE] == 0));
    value_add(&invocations, value_filled(&invocation));
    value_put(&run, "tool", value_filled(&tool));
    value_put(&run, "invocations", value_filled(&invocations));
    value_put(&run, "results", list);
    return value_filled(&run);
}

static int write_gate(const struct gate_verdict *verdict, const struct report_options *options, FILE *out)
{
    (void)options;
    struct value_filling root = {.into = json_object()}, runs = {.into = json_array()};
    value_add(&runs, run_object(verdict));
    value_put(&root, "$schema", value_text(SCHEMA));
    value_put(&root, "version", value_text("2.1.0"));
    value_put(&root, "runs", value_filled(&runs));
    json_t *document = value_filled(&root);
    int rc = document != NULL ? document_write(document, out) : -ENOMEM;
    json_decref(document);
    return rc;
}

REPORT(sarif) = {
    .name = "sarif",
    .summary = "a gate's findings at their lines, for reviews: SARIF 2.1.0 (gate --sarif FILE)",
    .write_gate = write_gate,
};
