/* Decides what a gate runs. All of it is text of a campaign's file, however it came about: so a baseline can
 * be run again from what it says itself. */
#include "campaign/gate/gate.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/folder.h"
#include "campaign/gate/evidence.h"
#include "campaign/gate/part.h"
#include "exeunt/workload.h"

/* A budget would make what is found depend on how fast the machine is. */
#define SWEEP "sweep --budget 0s"

/* A control need only be caught, and each lock that it leaves costs a process: it is swept where files fail.
 */
static void add_sweeps(const struct exeunt_workload *workload, FILE *text)
{
    const struct exeunt_variant *control = NULL;
    for (const struct exeunt_variant *variant = workload->variants; variant->name != NULL; variant++) {
        if (!variant->leaks)
            fprintf(text, SWEEP " %s/%s\n", workload->name, variant->name);
        else if (control == NULL)
            fprintf(text, SWEEP " --points 'posix/io/*' %s/%s\n", workload->name, (control = variant)->name);
    }
}

static int parse(FILE *stream, char **text, const char *name, struct script *out, struct error *error)
{
    bool failed = stream == NULL || ferror(stream);
    if (stream != NULL)
        failed |= fclose(stream) != 0;
    int rc = failed ? error_not_done(error, -ENOMEM, "no memory for a campaign")
                    : script_parse(name, *text, out, error);
    free(*text);
    return rc;
}

int gate_of_workloads(struct script *out, struct error *error)
{
    const struct exeunt_workload *workload;
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    for (size_t i = 0; stream != NULL && (workload = exeunt_workload_at(i)) != NULL; i++) {
        if (workload->exits == NULL)
            add_sweeps(workload, stream);
        fprintf(stream, "compare %s%s\n", workload->name, workload->exits == NULL ? " --operations 500" : "");
    }
    return parse(stream, &text, "built-in workloads", out, error);
}

int gate_of_program(char *const *program, struct script *out, struct error *error)
{
    char *text = NULL;
    size_t size;
    for (size_t i = 0; program[i] != NULL; i++)
        if (strchr(program[i], '\n') != NULL)
            return error_usage(error, "'%.80s' has an end of line: put the command into a script of its own",
                               program[i]);
    FILE *stream = open_memstream(&text, &size);
    if (stream != NULL)
        fputs(SWEEP " --", stream);
    for (; stream != NULL && *program != NULL; program++)
        script_quote(stream, *program);
    return parse(stream, &text, "program", out, error);
}

int gate_of_baseline(const char *path, const struct gate_parts *baseline, struct script *out,
                     struct error *error)
{
    char *text = NULL;
    size_t size;
    FILE *stream = open_memstream(&text, &size);
    for (size_t i = 0; stream != NULL && i < baseline->count; i++)
        fprintf(stream, "%s\n", baseline->list[i].command);
    int rc = parse(stream, &text, path, out, error);
    if (rc != 0 || out->count == baseline->count)
        return rc;
    script_clear(out);
    return error_usage(error, "baseline '%s' has a command that is none: record it again", path);
}

/* Whether the part says by its status that it found out nothing, and no document says more. That nothing
 * could be made to fail is no trouble of the part: it is what was found. */
static bool is_undone(const struct gate_part *part)
{
    for (size_t i = 0; i < part->subject_count && part->status == EXIT_NOT_DONE; i++)
        if (part->subjects[i].faults == 0)
            return false;
    return part->subject_count == 0 || part->status == EXIT_USAGE || part->status == EXIT_NOT_DONE;
}

static int run_part(const struct script_line *line, const char *folder, const struct gate_options *options,
                    struct gate_part *out, struct error *error)
{
    struct part part;
    out->command = strdup(line->text);
    if (out->command == NULL)
        return error_not_done(error, -ENOMEM, "no memory for '%s'", line->text);
    int rc = part_run(line->words, folder, options->interrupted, &part, error);
    if (rc != 0)
        return rc;
    out->status = part.end.status;
    FILE *document = fopen(part.document, "re");
    if (document != NULL) {
        rc = evidence_read(document, out, error);
        fclose(document);
    }
    if (rc == 0 && out->trouble == NULL && is_undone(out) &&
        asprintf(&out->trouble, "%s", part.end.words[0] != '\0' ? part.end.words : "it found out nothing") <
            0)
        rc = error_not_done(error, -ENOMEM, "no memory for '%s'", line->text);
    return rc;
}

static int run_parts(const struct script *script, const char *folder, const struct gate_options *options,
                     struct gate_parts *out, struct error *error)
{
    int rc = 0;
    out->list = calloc(script->count, sizeof *out->list);
    if (out->list == NULL)
        return error_not_done(error, -ENOMEM, "no memory for a gate");
    while (rc == 0 && out->count < script->count) {
        const struct script_line *line = &script->lines[out->count];
        if (options->progress != NULL)
            options->progress(options->context, out->count, script->count, line->text);
        rc = run_part(line, folder, options, &out->list[out->count++], error);
        if (rc == 0 && options->interrupted != NULL && *options->interrupted != 0)
            rc = error_not_done(error, -EINTR, "interrupted in part %zu of %zu: nothing is proven",
                                out->count, script->count);
    }
    return rc;
}

int gate_run(const struct script *script, const struct gate_options *options, struct gate_parts *out,
             struct error *error)
{
    char folder[PATH_MAX];
    struct gate_parts parts = {0};
    int rc = folder_make(folder, error);
    if (rc != 0)
        return rc;
    rc = run_parts(script, folder, options, &parts, error);
    int removed = folder_remove(folder);
    if (rc == 0 && removed != 0)
        rc = error_not_done(error, removed, "the work folder '%s' cannot be removed: %s", folder,
                            strerror(-removed));
    if (rc == 0)
        *out = parts;
    else
        gate_parts_clear(&parts);
    return rc;
}
