/* What a file, link, folder or anything else in a folder is: copied, and told by a hash. */
#pragma once

#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

/* Hash of type, permissions and content of `name` in the folder, which reads `status` by lstat; of a link its
 * target, of a file at most `bytes_max` of its bytes, and none if it cannot be read. */
uint64_t content_hash(int folder, const char *name, const struct stat *status, uint64_t bytes_max);

/* Copies `size` bytes between places of two files; less if the source ends before. Returns 0 or a negative
 * errno. */
int content_copy(int from, off_t from_at, int to, off_t to_at, uint64_t size);
