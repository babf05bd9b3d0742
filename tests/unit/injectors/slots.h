/* The ledger's descriptors and the kernel's, held against each other within the program under test. */
#pragma once

#include <stdbool.h>

#include "fixture.h"

enum { SLOTS_LOOKED_AT = 512 };

/* What the kernel has open. */
struct slots {
    bool open[SLOTS_LOOKED_AT];
};
struct slots slots_now(void);

/* Whether all that the ledger holds is open by the kernel. What was taken by raw system calls is not held. */
bool slots_agree(void);

/* Whether the ledger says that the fixture's locks are held if they are, and only then. */
bool locks_agree(const struct fixture *fixture);

/* Whether the ledger holds each descriptor that the kernel has and had not `before`. */
bool slots_taken_since(const struct slots *before);

/* Whether that child stands in the ledger. */
bool slots_hold_child(int pid);
