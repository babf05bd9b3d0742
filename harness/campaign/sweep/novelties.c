/* Decides what is tried again, and whether it came again. */
#include "campaign/sweep/novelties.h"

#include <errno.h>
#include <stdlib.h>

static struct shown_first *find(const struct novelties *novelties, uint64_t key)
{
    for (size_t i = 0; i < novelties->count; i++)
        if (novelties->list[i].novelty.key == key)
            return &novelties->list[i];
    return NULL;
}

bool novelties_want(const struct novelties *novelties, uint64_t key, const struct sighting *sighting)
{
    const struct shown_first *known = find(novelties, key);
    return known == NULL || (known->astray && sighting->state == SIGHTING_COMPLETE);
}

static struct shown_first *append(struct novelties *novelties)
{
    struct shown_first *list = realloc(novelties->list, (novelties->count + 1) * sizeof *list);
    if (list == NULL)
        return NULL;
    novelties->list = list;
    return &list[novelties->count++];
}

int novelties_add(struct novelties *novelties, const struct duty *duty, const struct sighting *sighting,
                  uint64_t key, struct sweep_finding *finding, struct error *error)
{
    struct shown_first *place = find(novelties, key);
    if (place != NULL)
        sweep_finding_clear(&place->novelty.finding);
    else
        place = append(novelties);
    if (place == NULL) {
        sweep_finding_clear(finding);
        return error_not_done(error, -ENOMEM, "no memory for the findings");
    }
    *place = (struct shown_first){.novelty = {.key = key, .finding = *finding},
                                  .duty = *duty,
                                  .astray = sighting->state == SIGHTING_ASTRAY};
    place->duty.task.calls[0].context = sighting->context; /* that showed it, whichever was meant */
    return 0;
}

struct novelty *novelties_by(const struct novelties *novelties, uint64_t key)
{
    struct shown_first *known = find(novelties, key);
    return known != NULL ? &known->novelty : NULL;
}

void novelty_take_stacks(struct novelty *novelty, struct sweep_finding *from)
{
    struct sweep_finding *finding = &novelty->finding;
    sweep_finding_clear(finding);
    finding->stack = from->stack;
    finding->stack_depth = from->stack_depth;
    finding->taking = from->taking;
    finding->released = from->released;
    finding->again = from->again;
    finding->end = from->end;
}

static bool is_same(const struct duty *a, const struct duty *b)
{
    const struct call *one = &a->task.calls[0], *other = &b->task.calls[0];
    return a->job == b->job && one->point == other->point && one->k == other->k &&
           a->task.errors[0] == b->task.errors[0];
}

void novelties_tried(struct novelties *novelties, const struct duty *duty, const struct sighting *sighting)
{
    for (size_t i = 0; i < novelties->count; i++) {
        struct novelty *novelty = &novelties->list[i].novelty;
        if (!is_same(&novelties->list[i].duty, duty))
            continue;
        novelty->finding.replays++;
        novelty->finding.reproduced += sighting_shows(sighting, novelty->key);
    }
}

int novelties_roster(const struct novelties *novelties, struct roster *out)
{
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < novelties->count; i++) {
        struct duty duty = novelties->list[i].duty;
        bool is_listed = false;
        for (size_t j = 0; j < out->count; j++)
            is_listed |= is_same(&out->duties[j], &duty);
        duty.is_fixed = true;
        duty.over = false;
        duty.tries = duty.task.calls[0].k == 0 ? ROSTER_TRIES - 1 : 0; /* it may hang on the jobs before */
        if (!is_listed)
            failed = roster_add(out, &duty);
    }
    return failed;
}

void novelties_clear(struct novelties *novelties)
{
    for (size_t i = 0; i < novelties->count; i++)
        sweep_finding_clear(&novelties->list[i].novelty.finding);
    free(novelties->list);
    *novelties = (struct novelties){0};
}
