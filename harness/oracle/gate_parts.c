/* Decides in which order a baseline has its lines, what may become one, and what is taken out of it. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "oracle/gate.h"

static int first_difference(const char *const (*texts)[2], size_t count)
{
    int order = 0;
    for (size_t i = 0; order == 0 && i < count; i++)
        order = strcmp(texts[i][0], texts[i][1]);
    return order;
}

static int compare_findings(const void *a, const void *b)
{
    const struct gate_finding *left = a, *right = b;
    const char *const texts[][2] = {{left->kind, right->kind},   {left->resource, right->resource},
                                    {left->file, right->file},   {left->function, right->function},
                                    {left->point, right->point}, {left->error, right->error}};
    int order = first_difference(texts, sizeof texts / sizeof *texts);
    return order != 0 ? order : (left->line > right->line) - (left->line < right->line);
}

static int compare_covered(const void *a, const void *b)
{
    const struct gate_covered *left = a, *right = b;
    const char *const texts[][2] = {{left->point, right->point}, {left->error, right->error}};
    return first_difference(texts, sizeof texts / sizeof *texts);
}

void gate_sort(struct gate_subject *subject)
{
    if (subject->finding_count > 1)
        qsort(subject->findings, subject->finding_count, sizeof *subject->findings, compare_findings);
    if (subject->covered_count > 1)
        qsort(subject->covered, subject->covered_count, sizeof *subject->covered, compare_covered);
}

static int check_subject(const struct gate_part *part, const struct gate_subject *subject,
                         struct error *error)
{
    if (subject->faults == 0)
        return error_not_done(error, -ENODATA,
                              "'%s' made nothing of '%s' fail: a baseline of it would prove nothing",
                              part->command, subject->name);
    if (!subject->control || subject->caught)
        return 0;
    error_not_done(error, -ENODATA,
                   "'%s' did not catch '%s', which is known to leak: leave it out if this command cannot",
                   part->command, subject->name);
    error->exit_status = EXIT_CONTROL_MISSED;
    return -ENODATA;
}

int gate_check(const struct gate_parts *parts, struct error *error)
{
    int rc = 0;
    for (size_t i = 0; rc == 0 && i < parts->count; i++) {
        const struct gate_part *part = &parts->list[i];
        if (part->trouble != NULL && part->status == EXIT_USAGE)
            return error_usage(error, "'%s': %s", part->command, part->trouble);
        if (part->trouble != NULL)
            return error_not_done(error, -ENODATA, "'%s': %s", part->command, part->trouble);
        for (size_t j = 0; rc == 0 && j < part->subject_count; j++)
            rc = check_subject(part, &part->subjects[j], error);
    }
    return rc;
}

static bool is_gone(const struct gate_verdict *verdict, const struct gate_finding *finding)
{
    for (size_t i = 0; i < verdict->news_count; i++)
        if (verdict->news[i].age == GATE_GONE && verdict->news[i].finding == finding)
            return true;
    return false;
}

static size_t forget(struct gate_subject *subject, const struct gate_verdict *verdict)
{
    size_t count = 0;
    for (size_t i = 0; i < subject->finding_count; i++) {
        struct gate_finding *finding = &subject->findings[i];
        finding->forgotten = is_gone(verdict, finding);
        count += finding->forgotten;
    }
    return count;
}

size_t gate_forget_gone(struct gate_parts *before, const struct gate_verdict *verdict)
{
    size_t forgotten = 0;
    for (size_t i = 0; i < before->count; i++)
        for (size_t j = 0; j < before->list[i].subject_count; j++)
            forgotten += forget(&before->list[i].subjects[j], verdict);
    return forgotten;
}

static void clear_part(struct gate_part *part)
{
    for (size_t i = 0; i < part->subject_count; i++) {
        free(part->subjects[i].covered);
        free(part->subjects[i].findings);
    }
    free(part->subjects);
    free(part->command);
    free(part->trouble);
}

void gate_parts_clear(struct gate_parts *parts)
{
    for (size_t i = 0; i < parts->count; i++)
        clear_part(&parts->list[i]);
    free(parts->list);
    *parts = (struct gate_parts){0};
}
