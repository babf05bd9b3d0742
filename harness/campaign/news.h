/* What a campaign has found while it goes on, so that it can be kept whatever ends it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "oracle/result.h"

struct watch;

/* Of one campaign. */
struct news {
    struct result *result;  /* what its runs gave that are over */
    uint64_t due_ns;        /* not before */
    size_t told, told_runs; /* findings of the run that goes on, and runs that were over, by then */
};

/* Begins with the result that the campaign fills in. */
struct news news_of(struct result *result);

/* Calls the options' `news` if there is any and it is due. Called at each sample of a run. */
void news_tell(const struct watch *watch, const struct sample *sample);
