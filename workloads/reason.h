/* Why a function of a workload failed, said in one sentence. */
#pragma once

#include "exeunt/workload.h"

/* Sets the reason to a formatted sentence and returns `code`. */
int explain(struct exeunt_reason *reason, int code, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
