/* `exeunt gate`: what has become worse since a baseline was recorded. */
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "campaign/gate/baseline.h"
#include "campaign/gate/gate.h"
#include "check.h"
#include "command.h"
#include "gate_options.h"
#include "looks.h"
#include "output.h"
#include "progress.h"
#include "report.h"
#include "signals.h"

/* The files that it may write. */
enum { OUTPUTS = 3 };

struct outputs {
    struct output baseline, junit, sarif;
};

static void show_progress(void *progress, size_t index, size_t count, const char *command)
{
    progress_show_part(progress, index, count, command);
}

static int run(const char *file, const struct script *script, bool quiet, struct gate_parts *out,
               struct error *error)
{
    struct progress progress = progress_start(!quiet);
    const struct gate_options options = {
        .interrupted = signals_catch(), .progress = show_progress, .context = &progress};
    int rc = check_script(file, script, error);
    if (rc == 0)
        rc = gate_run(script, &options, out, error);
    signals_release();
    progress_clear(&progress);
    return rc;
}

static int write_baseline(const struct gate_parts *parts, struct output *output, struct error *error)
{
    int rc = output_open(output, error);
    return rc != 0 ? rc : output_finish(output, baseline_write(parts, output->stream), error);
}

static int read_script(const struct gate_command *command, struct script *out, struct error *error)
{
    if (command->campaign != NULL)
        return script_read(command->campaign, out, error);
    return command->program != NULL ? gate_of_program(command->program, out, error)
                                    : gate_of_workloads(out, error);
}

/* What the script to be recorded was read from. */
static const char *source_of(const struct gate_command *command)
{
    return command->campaign != NULL ? command->campaign : "the command line";
}

/* Where words for people go: not into a file that is written to standard output. */
static FILE *words_of(const struct outputs *outputs)
{
    const struct output *const all[OUTPUTS] = {&outputs->baseline, &outputs->junit, &outputs->sarif};
    for (size_t i = 0; i < OUTPUTS; i++)
        if (all[i]->typed != NULL && strcmp(all[i]->typed, "-") == 0)
            return stderr;
    return stdout;
}

static void tell_recorded(const struct gate_parts *parts, const char *name, FILE *out)
{
    size_t subjects = 0, findings = 0;
    for (size_t i = 0; i < parts->count; i++)
        for (size_t j = 0; j < parts->list[i].subject_count; j++) {
            subjects++;
            findings += parts->list[i].subjects[j].finding_count;
        }
    fprintf(out, "Recorded in %s: %zu command%s, %zu subject%s, %zu known finding%s.\n", name, parts->count,
            text_plural(parts->count), subjects, text_plural(subjects), findings, text_plural(findings));
}

static int record(const struct gate_command *command, struct outputs *outputs, struct error *error)
{
    struct script script;
    struct gate_parts parts;
    int rc = read_script(command, &script, error);
    if (rc != 0)
        return rc;
    rc = baseline_check(&script, error);
    if (rc == 0)
        rc = run(source_of(command), &script, command->quiet, &parts, error);
    script_clear(&script);
    if (rc != 0)
        return rc;
    rc = gate_check(&parts, error);
    if (rc == 0)
        rc = write_baseline(&parts, &outputs->baseline, error);
    if (rc == 0 && !command->quiet)
        tell_recorded(&parts, command->record, words_of(outputs));
    gate_parts_clear(&parts);
    return rc;
}

static int write_report(const char *name, const struct gate_verdict *verdict, struct output *output,
                        struct error *error)
{
    if (output->typed == NULL)
        return 0;
    int rc = output_open(output, error);
    if (rc != 0)
        return rc;
    struct report_options looks = looks_of(output->stream);
    return output_finish(output, report_named(name)->write_gate(verdict, &looks, output->stream), error);
}

static int show(const struct gate_command *command, const struct gate_verdict *verdict, size_t forgotten,
                FILE *out, struct error *error)
{
    if (command->quiet) {
        looks_quiet(verdict->exit_status, verdict->sentence);
        return 0;
    }
    struct report_options looks = looks_of(out);
    int rc = report_named("terminal")->write_gate(verdict, &looks, out);
    if (rc != 0)
        return error_not_done(error, rc, "cannot write to standard %s: %s",
                              out == stderr ? "error" : "output", strerror(-rc));
    if (command->update)
        fprintf(out, "\n%zu finding%s taken out of %s\n", forgotten, forgotten == 1 ? " was" : "s were",
                command->baseline);
    return 0;
}

/* Files first: whoever reads the report may close its pipe early, and end us. */
static int deliver(const struct gate_command *command, struct gate_parts *before,
                   const struct gate_verdict *verdict, struct outputs *outputs, struct error *error)
{
    size_t forgotten = command->update ? gate_forget_gone(before, verdict) : 0;
    int rc = write_report("junit", verdict, &outputs->junit, error);
    if (rc == 0)
        rc = write_report("sarif", verdict, &outputs->sarif, error);
    if (rc == 0 && forgotten > 0)
        rc = write_baseline(before, &outputs->baseline, error);
    return rc != 0 ? rc : show(command, verdict, forgotten, words_of(outputs), error);
}

static int judge_by(const struct gate_command *command, struct gate_parts *before, struct outputs *outputs,
                    struct error *error)
{
    struct script script;
    struct gate_parts now;
    struct gate_verdict verdict;
    int rc = gate_of_baseline(command->baseline, before, &script, error);
    if (rc != 0)
        return rc;
    rc = run(command->baseline, &script, command->quiet, &now, error);
    script_clear(&script);
    if (rc != 0)
        return rc;
    rc = gate_judge(before, &now, &verdict);
    if (rc != 0)
        error_not_done(error, rc, "no memory for a verdict");
    if (rc == 0) {
        rc = deliver(command, before, &verdict, outputs, error);
        if (rc == 0)
            rc = (int)verdict.exit_status;
        gate_verdict_clear(&verdict);
    }
    gate_parts_clear(&now);
    return rc;
}

static int gate(const struct gate_command *command, struct outputs *outputs, struct error *error)
{
    if (command->record != NULL)
        return record(command, outputs, error);
    struct gate_parts before;
    int rc = baseline_read(command->baseline, &before, error);
    if (rc != 0)
        return rc;
    rc = judge_by(command, &before, outputs, error);
    gate_parts_clear(&before);
    return rc;
}

static int prepare(const struct gate_command *command, struct outputs *out, struct error *error)
{
    const char *written = command->update ? command->baseline : command->record;
    int rc = output_prepare(&out->baseline, command->update ? "--update" : "--record", written, error);
    if (rc == 0)
        rc = output_prepare(&out->junit, "--junit", command->junit, error);
    return rc != 0 ? rc : output_prepare(&out->sarif, "--sarif", command->sarif, error);
}

int command_gate(int argc, char **argv, struct error *error)
{
    struct gate_command command;
    struct outputs outputs = {0};
    int rc = gate_options_parse(argc, argv, &command, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    rc = prepare(&command, &outputs, error);
    if (rc == 0)
        rc = gate(&command, &outputs, error);
    struct output *const all[OUTPUTS] = {&outputs.baseline, &outputs.junit, &outputs.sarif};
    for (size_t i = 0; i < OUTPUTS; i++)
        if (all[i]->stream != NULL && all[i]->stream != stdout)
            fclose(all[i]->stream);
    return rc;
}
