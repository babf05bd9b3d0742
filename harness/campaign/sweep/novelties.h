/* What operations were the first to show, with the faults that make them show it again. */
#pragma once

#include "campaign/sweep/sighting.h"
#include "campaign/sweep/tally.h"

struct novelties {
    struct shown_first {
        struct novelty novelty;
        struct duty duty; /* whose fault showed it, with the context that this came in */
        bool astray;      /* that was meant for another call: of a fault that was not, it is shown better */
    } * list;             /* owned */
    size_t count;
};

/* Whether what the sighting shows by that key is new, or better than what is known of it. */
bool novelties_want(const struct novelties *novelties, uint64_t key, const struct sighting *sighting);

/* Adds a finding, which is its from now on, or takes it instead of one of the same key. Returns 0 or -ENOMEM
 * with `error`. */
int novelties_add(struct novelties *novelties, const struct duty *duty, const struct sighting *sighting,
                  uint64_t key, struct sweep_finding *finding, struct error *error);

/* The one of that key; NULL: there is none. */
struct novelty *novelties_by(const struct novelties *novelties, uint64_t key);

/* Takes over the stacks of a finding that was made of the same thing, and ends that. */
void novelty_take_stacks(struct novelty *novelty, struct sweep_finding *from);

/* The duty was tried again: counts whether what it had shown came again. */
void novelties_tried(struct novelties *novelties, const struct duty *duty, const struct sighting *sighting);

/* Lists each duty once, for the job that met it. Returns 0 or -ENOMEM. */
int novelties_roster(const struct novelties *novelties, struct roster *out);
void novelties_clear(struct novelties *novelties);
