/* The story of a deadlock: who waits for what, and who has it. */
#pragma once

#include "ink.h"

/* Nothing if there was none. */
void deadlock_write(const struct ink *ink, const struct deadlock_result *deadlock);
