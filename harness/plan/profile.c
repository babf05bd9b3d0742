/* Looks up errnos in a profile. */
#include "plan/profile.h"

const struct fault_errno *fault_errno_of(const struct fault_point *point, int error)
{
    for (const struct fault_errno *known = point->errnos; known->error != 0; known++)
        if (known->error == error)
            return known;
    return NULL;
}

const struct fault_errno *fault_realistic(const struct fault_point *point, uint64_t choice)
{
    unsigned count = 0;
    for (const struct fault_errno *known = point->errnos; known->error != 0; known++)
        count += known->realistic;
    if (count == 0)
        return NULL;
    uint64_t wanted = choice % count;
    for (const struct fault_errno *known = point->errnos; known->error != 0; known++)
        if (known->realistic && wanted-- == 0)
            return known;
    return NULL;
}
