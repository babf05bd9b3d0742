/* The spool: uploads as they wait on disk, each a header (metadata) and then its content. Made by the
 * supervisor, read by the worker, and afterwards the measure of what the store must hold. */
#pragma once

#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdint.h>

#include "exeunt/scope.h"
#include "exeunt/workload.h"
#include "reason.h"

enum {
    UPLOAD_NAME_MAX = 255,
    STORE_NAME_MAX = 255,
    UPLOAD_VERSION = 1,
    CHUNK_SIZE = 64 * 1024,
};

/* The header of an upload, as it stands on disk (native byte order: a spool does not travel). */
struct upload_header {
    char magic[8]; /* UPLOAD_MAGIC */
    uint32_t version;
    uint32_t name_length;
    uint64_t length;           /* of the content, bytes */
    uint32_t content_checksum; /* CRC-32 */
    uint32_t header_checksum;  /* CRC-32 of the header with this field 0 */
    char name[UPLOAD_NAME_MAX + 1];
};
#define UPLOAD_MAGIC "EXUPLOAD"

/* CRC-32 carried on over `size` bytes; starts with 0. Source: zlib. */
uint32_t checksum_add(uint32_t checksum, const void *data, size_t size);

/* 0 if the header is right in itself, otherwise -EBADMSG. */
int upload_header_check(const struct upload_header *header);

/* The name under which the store keeps an upload that calls itself `name`: whatever that is, one file name
 * of harmless characters, never hidden, never a path. */
void store_name(const char *name, char out[STORE_NAME_MAX + 1]);

/* Path of upload `index` of the spool in `folder`. */
void spool_path(const char *folder, uint64_t index, char path[PATH_MAX]);

/* Makes the spool in site->folder from site->input, or else from the seed: 256 uploads, log-uniform from 0
 * bytes to 1 MiB. `corrupt_percent` of them cannot be read whole. Returns 0 or a negative errno with a
 * reason; -EINVAL: the input cannot be used. */
int spool_make(const struct exeunt_job_site *site, uint64_t corrupt_percent, struct exeunt_reason *reason);

/* Number of uploads in the spool of `folder`, or a negative errno. */
int64_t spool_count(const char *folder);

/* Guard of a folder that is listed. */
int folder_close(DIR *folder);
EXEUNT_DEFINE_GUARD(folder, DIR *, NULL, folder_close);
