/* What the rest of the library asks of throw. */
#pragma once

#include "exeunt/scope.h"

/* Why a block is being left before its end: the failure that is on its way through the calling thread's
 * frames, otherwise -ECANCELED at `place`. */
struct exeunt_failure throw_why(const struct exeunt_place *place);
