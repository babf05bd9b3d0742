/* Decides what of names and places is the same on another machine and after an unrelated edit. */
#include "campaign/gate/subject.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"

static const char *base_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash != NULL ? slash + 1 : path;
}

/* A longer list, its new last element zeroed; NULL: memory is short, and *list is as it was. */
static void *grow(void **list, size_t *count, size_t size)
{
    char *longer = realloc(*list, (*count + 1) * size);
    if (longer == NULL)
        return NULL;
    *list = longer;
    return memset(longer + size * (*count)++, 0, size);
}

struct gate_subject *subject_add(struct gate_part *part, const char *name, const char *variant)
{
    void *list = part->subjects;
    struct gate_subject *added = grow(&list, &part->subject_count, sizeof *added);
    part->subjects = list;
    if (added == NULL)
        return NULL;
    if (variant != NULL)
        snprintf(added->name, sizeof added->name, "%s/%s", name, variant);
    else if (name != NULL)
        snprintf(added->name, sizeof added->name, "%s", base_name(name));
    return added;
}

struct gate_finding *subject_finding(struct gate_subject *subject)
{
    void *list = subject->findings;
    struct gate_finding *added = grow(&list, &subject->finding_count, sizeof *added);
    subject->findings = list;
    return added;
}

int subject_cover(struct gate_subject *subject, const char *point, const char *error)
{
    void *list = subject->covered;
    struct gate_covered *added = grow(&list, &subject->covered_count, sizeof *added);
    subject->covered = list;
    if (added == NULL)
        return -ENOMEM;
    snprintf(added->point, sizeof added->point, "%s", point);
    snprintf(added->error, sizeof added->error, "%s", error);
    return 0;
}

void subject_place(struct gate_finding *finding, const char *place)
{
    const char *colon = strrchr(place, ':'), *plus = strstr(place, "+0x");
    size_t length = strlen(place);
    finding->line = 0;
    if (colon != NULL && colon[1] != '\0' && colon[1 + strspn(colon + 1, "0123456789")] == '\0') {
        finding->line = (unsigned)strtoul(colon + 1, NULL, 10);
        length = (size_t)(colon - place);
    } else if (plus != NULL) {
        length = (size_t)(plus - place);
    }
    text_copy(finding->file, sizeof finding->file, place, length);
}
