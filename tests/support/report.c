/* Runs exeunt and reads its JSON. */
#include "report.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"

static char *formatted(const char *format, va_list list) __attribute__((format(printf, 1, 0)));
static char *formatted(const char *format, va_list list)
{
    char *text;
    if (vasprintf(&text, format, list) < 0)
        abort();
    return text;
}

struct report report_of(const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *arguments = formatted(format, list);
    va_end(list);
    struct command_result result =
        command_run("exec %s %s --json - --quiet --results none", EXEUNT, arguments);
    struct report report = {.status = result.status, .err = result.err};
    report.root = json_loads(result.out, JSON_REJECT_DUPLICATES, NULL);
    free(result.out);
    free(arguments);
    return report;
}

struct report report_of_program(const char *options, const char *format, ...)
{
    va_list list;
    va_start(list, format);
    char *program = formatted(format, list), *folder = scratch_make();
    va_end(list);
    struct command_result result = command_run("exec %s run %s --json %s/result --quiet --results none -- %s",
                                               EXEUNT, options, folder, program);
    char path[256];
    snprintf(path, sizeof path, "%s/result", folder);
    struct report report = {.status = result.status, .err = result.err, .out = result.out};
    report.root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    scratch_remove(folder);
    free(program);
    return report;
}

void report_free(struct report *report)
{
    json_decref(report->root);
    free(report->err);
    free(report->out);
    *report = (struct report){0};
}

json_t *report_variant(const struct report *report, const char *name)
{
    size_t index;
    json_t *variant;
    json_array_foreach(json_object_get(report->root, "variants"), index, variant)
    {
        if (strcmp(json_string_value(json_object_get(variant, "name")), name) == 0)
            return variant;
    }
    return NULL;
}

static json_t *at(json_t *of, const char *path)
{
    char *copy = strdup(path), *rest = NULL;
    if (copy == NULL)
        abort();
    for (char *key = strtok_r(copy, ".", &rest); key != NULL && of != NULL; key = strtok_r(NULL, ".", &rest))
        of = json_object_get(of, key);
    free(copy);
    return of;
}

json_int_t report_number(json_t *of, const char *path)
{
    return json_integer_value(at(of, path));
}

const char *report_text(json_t *of, const char *path)
{
    return json_string_value(at(of, path));
}
