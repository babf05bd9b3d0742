/* Puts a job into words that exeunt-host reads. */
#include "campaign/command.h"

#include <stdio.h>

static void add(struct command *command, const char *name, const char *value)
{
    command->arguments[command->count++] = (char *)name;
    command->arguments[command->count++] = (char *)value;
}

static void add_number(struct command *command, const char *name, uint64_t value)
{
    char *text = command->numbers[command->numbers_used++];
    snprintf(text, COMMAND_NUMBER_MAX, "%llu", (unsigned long long)value);
    add(command, name, text);
}

/* A process does no more of them than there is room for (see PLAN_SCHEDULE_MAX), with numbers this short. */
static void add_jobs(struct command *command, const struct command_job *job)
{
    size_t length = 0;
    for (uint64_t i = 0; i < job->operations && length + 1 < COMMAND_JOBS_MAX; i++)
        length += (size_t)snprintf(command->jobs + length, COMMAND_JOBS_MAX - length, "%s%u",
                                   i > 0 ? "," : "", job->jobs[i]);
    add(command, "--jobs", command->jobs);
}

void command_build(const struct setup *setup, const struct command_job *job, struct command *out)
{
    const struct campaign_options *options = setup->options;
    *out = (struct command){0};
    out->arguments[out->count++] = (char *)setup->host;
    add(out, options->workload->name, job->variant);
    add(out, "--folder", job->folder);
    add_number(out, "--seed", options->seed);
    add_number(out, "--workers", job->workers);
    if (job->first != 0)
        add_number(out, "--first", job->first);
    if (job->jobs != NULL)
        add_jobs(out, job);
    else if (job->operations != 0)
        add_number(out, "--operations", job->operations);
    if (options->for_ns != 0)
        add_number(out, "--for-ns", options->for_ns);
    const struct exeunt_setting *settings = options->workload->settings;
    for (size_t i = 0; settings[i].key != NULL && i < EXEUNT_SETTINGS_MAX; i++) {
        snprintf(out->settings[i], COMMAND_SETTING_MAX, "%s=%llu", settings[i].key,
                 (unsigned long long)options->settings[i]);
        add(out, "--set", out->settings[i]);
    }
}
