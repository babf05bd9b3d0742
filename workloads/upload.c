/* The upload worker: takes an upload from the spool, checks its metadata, and stores its content under its
 * name, whole or not at all.
 *
 * Written three times, one under the other: they do the same in the same order, and differ only in what
 * becomes of the two descriptors and the temporary file when a step fails. */
#include <errno.h>
#include <fcntl.h>
#include <fiu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/hash.h"
#include "exeunt/scope.h"
#include "exeunt/workload.h"
#include "spool.h"
#include "store.h"

enum setting { SETTING_FSYNC, SETTING_CORRUPT };

enum { FOLDER_MAX = PATH_MAX - STORE_NAME_MAX - 32 };

/* What all operations share; only read while they run. */
struct service {
    char folder[FOLDER_MAX];
    char store[FOLDER_MAX + sizeof STORE_FOLDER + 1];
    uint64_t seed;
    uint64_t uploads;
    bool sync;
};

/* Reads up to `size` bytes, less at the end of the file. Returns their number or a negative errno. */
static int read_full(int fd, void *buffer, int size)
{
    int done = 0;
    while (done < size) {
        ssize_t moved = read(fd, (char *)buffer + done, (size_t)(size - done));
        if (moved == 0)
            break;
        if (moved < 0 && errno != EINTR)
            return -errno;
        done += moved > 0 ? (int)moved : 0;
    }
    return done;
}

static int write_full(int fd, const void *buffer, size_t size)
{
    size_t done = 0;
    while (done < size) {
        ssize_t moved = write(fd, (const char *)buffer + done, size - done);
        if (moved < 0 && errno != EINTR)
            return -errno;
        done += moved > 0 ? (size_t)moved : 0;
    }
    return 0;
}

/* Reads and checks an upload's metadata. -EBADMSG: it is corrupt. */
static int read_metadata(int in, struct upload_header *out)
{
    int injected = fiu_fail("upload/metadata");
    if (injected != 0)
        return -injected;
    int size = read_full(in, out, sizeof *out);
    if (size < 0)
        return size;
    return size == sizeof *out ? upload_header_check(out) : -EBADMSG;
}

/* Streams the content from `in` to `out`. -EBADMSG: it is not what the metadata says. */
static int copy_content(int in, int out, const struct upload_header *metadata)
{
    char chunk[CHUNK_SIZE];
    uint64_t length = 0;
    uint32_t checksum = 0;
    int size;
    while ((size = read_full(in, chunk, sizeof chunk)) > 0) {
        checksum = checksum_add(checksum, chunk, (size_t)size);
        length += (uint64_t)size;
        int failed = write_full(out, chunk, (size_t)size);
        if (failed != 0)
            return failed;
    }
    if (size < 0)
        return size;
    return length == metadata->length && checksum == metadata->content_checksum ? 0 : -EBADMSG;
}

static int make_durable(const struct service *service, int out)
{
    return service->sync && fsync(out) != 0 ? -errno : 0;
}

/* Path of the upload that job `number` takes: as many jobs in a row as there are uploads take each once. */
static void upload_path(const struct service *service, uint64_t number, char path[PATH_MAX])
{
    spool_path(service->folder, (hash_mix(service->seed) + number) % service->uploads, path);
}

static void stored_path(const struct service *service, const struct upload_header *metadata,
                        char path[PATH_MAX])
{
    char name[STORE_NAME_MAX + 1];
    store_name(metadata->name, name);
    snprintf(path, PATH_MAX, "%s/%s", service->store, name);
}

static void temp_path(const struct service *service, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/" TEMP_PREFIX "XXXXXX", service->store);
}

/* As one finds it in services: right as long as all goes well. */
static int upload_unguarded(void *state, uint64_t number)
{
    const struct service *service = state;
    char path[PATH_MAX], temp[PATH_MAX], stored[PATH_MAX];
    struct upload_header metadata = {.version = 0};

    upload_path(service, number, path);
    int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return -errno;
    int failed = read_metadata(in, &metadata);
    if (failed != 0)
        return failed;

    temp_path(service, temp);
    int out = mkostemp(temp, O_CLOEXEC);
    if (out < 0)
        return -errno;
    failed = copy_content(in, out, &metadata);
    if (failed != 0)
        return failed;
    failed = make_durable(service, out);
    if (failed != 0)
        return failed;
    if (close(out) != 0)
        return -errno;
    stored_path(service, &metadata, stored);
    if (rename(temp, stored) != 0)
        return -errno;

    close(in);
    return 0;
}

/* The same with scoped guards: nothing to remember. */
static int upload_guarded(void *state, uint64_t number)
{
    const struct service *service = state;
    char path[PATH_MAX], stored[PATH_MAX];
    struct upload_header metadata = {.version = 0};

    upload_path(service, number, path);
    EXEUNT_GUARD(fd, in, open(path, O_RDONLY | O_CLOEXEC));
    if (in < 0)
        return -errno;
    int failed = read_metadata(in, &metadata);
    if (failed != 0)
        return failed;

    EXEUNT_GUARD(temp, out, exeunt_temp_make(service->store, TEMP_PREFIX));
    if (out.fd < 0)
        return -errno;
    failed = copy_content(in, out.fd, &metadata);
    if (failed != 0)
        return failed;
    failed = make_durable(service, out.fd);
    if (failed != 0)
        return failed;
    stored_path(service, &metadata, stored);
    return exeunt_temp_rename(&out, stored);
}

/* The same by hand: every failure leaves through the label that undoes what was done until there. */
static int upload_handwritten(void *state, uint64_t number)
{
    const struct service *service = state;
    char path[PATH_MAX], temp[PATH_MAX], stored[PATH_MAX];
    struct upload_header metadata = {.version = 0};

    upload_path(service, number, path);
    int in = open(path, O_RDONLY | O_CLOEXEC);
    if (in < 0)
        return -errno;
    int failed = read_metadata(in, &metadata);
    if (failed != 0)
        goto close_in;

    temp_path(service, temp);
    int out = mkostemp(temp, O_CLOEXEC);
    if (out < 0) {
        failed = -errno;
        goto close_in;
    }
    failed = copy_content(in, out, &metadata);
    if (failed != 0)
        goto close_out;
    failed = make_durable(service, out);
    if (failed != 0)
        goto close_out;
    failed = close(out) != 0 ? -errno : 0;
    out = -1;
    if (failed != 0)
        goto close_out;
    stored_path(service, &metadata, stored);
    if (rename(temp, stored) == 0)
        goto close_in;
    failed = -errno;

close_out:
    if (out >= 0)
        close(out);
    unlink(temp);
close_in:
    close(in);
    return failed;
}

static int prepare(const struct exeunt_job_site *site, struct exeunt_reason *reason)
{
    return spool_make(site, site->settings[SETTING_CORRUPT], reason);
}

static int open_service(const struct exeunt_job_site *site, void **state, struct exeunt_reason *reason)
{
    int64_t uploads = spool_count(site->folder);
    if (uploads <= 0)
        return explain(reason, uploads < 0 ? (int)uploads : -ENOENT, "the spool in '%s' is empty or missing",
                       site->folder);
    struct service *service = calloc(1, sizeof *service);
    if (service == NULL)
        return explain(reason, -ENOMEM, "out of memory");
    snprintf(service->folder, sizeof service->folder, "%s", site->folder);
    snprintf(service->store, sizeof service->store, "%s/" STORE_FOLDER, site->folder);
    service->seed = site->seed;
    service->uploads = (uint64_t)uploads;
    service->sync = site->settings[SETTING_FSYNC] != 0;
    *state = service;
    return 0;
}

EXEUNT_WORKLOAD(upload) = {
    .name = "upload",
    .summary = "takes uploads from a spool, checks their metadata, stores them whole or not at all",
    .faults = "upload/metadata,posix/io/oc/open,posix/io/oc/mkostemp,posix/io/oc/close,posix/io/rw/read,"
              "posix/io/rw/write,posix/io/sync/fsync,posix/io/dir/rename@p=0.02",
    .fds_per_operation = 2,
    .repeatable = true,
    .variants =
        (const struct exeunt_variant[]){
            {"unguarded", "returns early on errors and leaks what it held", true, upload_unguarded},
            {"guarded", "scoped guards: exeunt/scope.h", false, upload_guarded},
            {"handwritten", "goto cleanup, with care", false, upload_handwritten},
            {NULL, NULL, false, NULL},
        },
    .points =
        (const struct exeunt_point[]){
            {"upload/metadata", EIO, "reading an upload's metadata"},
            {NULL, 0, NULL},
        },
    .settings =
        (const struct exeunt_setting[]){
            [SETTING_FSYNC] = {"fsync", 1, 0, 1, "1: sync each stored file to disk, 0: leave that out"},
            [SETTING_CORRUPT] = {"corrupt", 1, 0, 100, "percent of the spool that really is corrupt"},
            {NULL, 0, 0, 0, NULL},
        },
    .prepare = prepare,
    .open = open_service,
    .close = free,
    .check = store_check,
};
