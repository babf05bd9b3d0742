/* A sighting: what one operation of a row showed under its fault. */
#pragma once

#include "campaign/sweep/roster.h"
#include "campaign/sweep/row.h"
#include "oracle/sweep.h"

enum { SIGHTING_SHOWN_MAX = 32 };

/* How far the operation came. */
enum sighting_state {
    SIGHTING_NONE,     /* not at all: the process had ended before */
    SIGHTING_SPOILT,   /* the process ended in it, or had nothing left for it: by what came before, perhaps */
    SIGHTING_IN_VAIN,  /* to its end, but its fault did not come */
    SIGHTING_ASTRAY,   /* its fault came, but to another call than it was meant for; all else as below */
    SIGHTING_COMPLETE, /* what became of it is known */
};

struct sighting {
    enum sighting_state state;
    enum sweep_kind outcome;          /* once it is complete */
    const struct ledger_event *fault; /* the row's; NULL: nothing failed */
    uint64_t context;                 /* of the call that failed; 0: not known */
    struct sighting_shown {
        uint64_t key;                     /* the same for the same thing by the same point, in every run */
        const struct ledger_event *wrong; /* the row's; NULL: the outcome itself */
    } shown[SIGHTING_SHOWN_MAX];
    size_t shown_count;
};

/* Looks at operation `index` of the row, which was to meet duties[index]. */
void sighting_make(const struct row *row, size_t index, struct duty *const duties[ROW_MAX],
                   struct sighting *out);

/* Whether nothing was to fail before that operation: so it answers for the end of its process. */
bool sighting_answers(size_t index, struct duty *const duties[ROW_MAX]);

/* The workload's own check found something wrong after the operation, which shows nothing else. */
void sighting_is_silent(const struct row *row, struct sighting *sighting);

bool sighting_shows(const struct sighting *sighting, uint64_t key);

/* Puts what it shows into words, without id, count and replays; with the stacks if the row was traced.
 * Returns 0 with *out the caller's (sweep_finding_clear), or -ENOMEM with `error`. */
int sighting_name(struct row *row, size_t index, const struct duty *duty, const struct sighting *sighting,
                  const struct sighting_shown *shown, struct sweep_finding *out, struct error *error);
