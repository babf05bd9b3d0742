/* Makes parts out of rows. */
#include "gates.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *checked(void *memory)
{
    if (memory == NULL)
        abort();
    return memory;
}

static void fill(struct gate_subject *subject, const struct gates_row *row)
{
    *subject = (struct gate_subject){.name = "x",
                                     .control = row->control,
                                     .caught = row->caught,
                                     .by_chance = row->by_chance,
                                     .measured = row->measured,
                                     .faults = row->faults,
                                     .covered = checked(calloc(GATES_MAX, sizeof *subject->covered)),
                                     .findings = checked(calloc(GATES_MAX, sizeof *subject->findings))};
    for (size_t i = 0; i < GATES_MAX && row->covered[i] != NULL; i++) {
        struct gate_covered *covered = &subject->covered[subject->covered_count++];
        size_t length = strcspn(row->covered[i], ":");
        snprintf(covered->point, sizeof covered->point, "%.*s", (int)length, row->covered[i]);
        snprintf(covered->error, sizeof covered->error, "%s",
                 row->covered[i] + length + (row->covered[i][length] != 0));
    }
    for (size_t i = 0; i < GATES_MAX && row->findings[i].kind[0] != '\0'; i++)
        subject->findings[subject->finding_count++] = row->findings[i];
    gate_sort(subject);
}

struct gate_parts gates_of(const struct gates_row *row)
{
    struct gate_parts parts = {.count = 1, .list = checked(calloc(1, sizeof *parts.list))};
    struct gate_part *part = &parts.list[0];
    part->command = checked(strdup("sweep x"));
    part->trouble = row->trouble != NULL ? checked(strdup(row->trouble)) : NULL;
    part->subjects = checked(calloc(1, sizeof *part->subjects));
    part->subject_count = !row->gone;
    if (!row->gone)
        fill(&part->subjects[0], row);
    return parts;
}
