/* How each variant ended, and what was found in it, in sentences. */
#pragma once

#include "ink.h"

/* Writes a paragraph per variant. Of many findings only the most frequent are shown. */
void findings_write(const struct ink *ink, const struct result *result);
