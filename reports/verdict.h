/* The word that a report begins with. */
#pragma once

#include "ink.h"
#include "oracle/result.h"

/* "PASS: " */
void verdict_write(const struct ink *ink, enum verdict verdict);
