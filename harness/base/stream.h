/* Streams that are written to. */
#pragma once

#include <stdio.h>

/* Flushes it. Returns 0, or the negative errno of the first write that failed, if errno was set to 0 before
 * the first and nothing else has set it; -EIO if it says nothing. */
int stream_finish(FILE *stream);
