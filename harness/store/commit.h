/* The commit that a git work tree stands at, by reading its files: git itself need not be there. */
#pragma once

enum { COMMIT_MAX = 64 + 1 }; /* SHA-256 in hexadecimal, with the closing NUL */

/* Of the work tree in which the file or folder `path` lies; "" if there is none, or it has no commit yet. */
void commit_of(const char *path, char out[COMMIT_MAX]);
