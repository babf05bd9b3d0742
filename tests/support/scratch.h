/* A folder of a test's own, removed at its end. */
#pragma once

/* Makes an empty folder and returns its path; the caller hands it to scratch_remove. */
char *scratch_make(void);
void scratch_remove(char *folder);
