/* Stress: the lines of a campaign in turn, round after round, until the time is over. A night of it can be
 * cut short by anything and gone on with. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "campaign/script.h"
#include "store/store.h"

/* A line that has come to its end. */
struct stress_line {
    uint64_t round;
    const char *text;
    enum exit_status status;
    bool cut; /* it was ended, since the time was over or the user wanted it */
    uint64_t duration_ms;
    const char *last_words; /* if exeunt could not do it; "" */
};

struct stress_options {
    const char *file; /* of the campaign, as the user knows it */
    const struct script *script;
    const char *folder; /* of the results */
    uint64_t for_ns;
    uint64_t seed; /* 0: a fresh one */
    uint64_t keep; /* nights that stay */
    bool resume;   /* go on with the last night if it was one of this campaign and was cut short */
    const volatile int *interrupted;
    /* Calls as things happen; what they tell is in the file of results already. */
    /* why_not: why a night that was cut short is not resumed though that was wished, or "". */
    void (*begun)(void *context, const struct store_night *night, bool resumed, const char *why_not);
    void (*news)(void *context, const struct store_news *news);
    void (*ended)(void *context, const struct stress_line *line);
    void *context;
};

/* Runs the campaign. Returns 0 with *out as the night ended (the caller's to store_night_clear; complete
 * unless it was interrupted), or a negative errno with `error`: what was found until then is kept. One at a
 * time per process. */
int campaign_stress(const struct stress_options *options, struct store_night *out, struct error *error);

/* Lines of the night's campaign; those of them, the last ones, that never came to their end in it. */
uint64_t stress_lines(const struct store_night *night);
uint64_t stress_unended(const struct store_night *night);

/* What a night comes to. */
enum exit_status stress_status(const struct store_night *night);
