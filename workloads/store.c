/* Whether the store holds what it should: every stored file is an upload of the spool, whole; nothing lies
 * beside it; temporary files that were left behind are counted. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "spool.h"

/* What the store keeps an upload as. Two uploads may share a name: either is right. */
struct expected {
    char name[STORE_NAME_MAX + 1];
    uint64_t length;
    uint32_t checksum;
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct expected *)a)->name, ((const struct expected *)b)->name);
}

/* The uploads whose header is right, by name. Returns their number or a negative errno. */
static int64_t expect(const char *folder, int64_t count, struct expected *out)
{
    int64_t expected = 0;
    for (int64_t i = 0; i < count; i++) {
        char path[PATH_MAX];
        spool_path(folder, (uint64_t)i, path);
        EXEUNT_GUARD(fd, fd, open(path, O_RDONLY | O_CLOEXEC));
        struct upload_header header;
        if (fd < 0)
            return -errno;
        if (read(fd, &header, sizeof header) != sizeof header || upload_header_check(&header) != 0)
            continue;
        store_name(header.name, out[expected].name);
        out[expected].length = header.length;
        out[expected].checksum = header.content_checksum;
        expected++;
    }
    qsort(out, (size_t)expected, sizeof *out, by_name);
    return expected;
}

static int content_of(int folder, const char *name, struct expected *out)
{
    EXEUNT_GUARD(fd, fd, openat(folder, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (fd < 0)
        return -errno;
    char chunk[CHUNK_SIZE];
    ssize_t size;
    while ((size = read(fd, chunk, sizeof chunk)) > 0) {
        out->length += (uint64_t)size;
        out->checksum = checksum_add(out->checksum, chunk, (size_t)size);
    }
    return size == 0 ? 0 : -errno;
}

static bool is_whole(int folder, const char *name, const struct expected *expected, size_t count)
{
    struct expected stored = {.length = 0};
    snprintf(stored.name, sizeof stored.name, "%s", name);
    if (content_of(folder, name, &stored) != 0)
        return false;
    const struct expected *found = bsearch(&stored, expected, count, sizeof *expected, by_name);
    return found != NULL && found->length == stored.length && found->checksum == stored.checksum;
}

static int check_entries(int folder, DIR *listing, const struct expected *expected, size_t count,
                         struct exeunt_check *out)
{
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        const char *name = entry->d_name;
        if (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)
            continue;
        if (strncmp(name, TEMP_PREFIX, strlen(TEMP_PREFIX)) == 0)
            out->temp_files++;
        else if (is_whole(folder, name, expected, count))
            out->whole++;
        else
            out->torn++;
        if (unlinkat(folder, name, 0) != 0)
            return -errno;
    }
    return 0;
}

/* What lies in `folder` beside what belongs there came from an upload that left the store. */
static int count_strays(const char *folder, const char *const *known, struct exeunt_check *out)
{
    EXEUNT_GUARD(folder, listing, opendir(folder));
    if (listing == NULL)
        return -errno;
    for (struct dirent *entry; (entry = readdir(listing)) != NULL;) {
        bool belongs = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        for (size_t i = 0; known[i] != NULL; i++)
            belongs |= strcmp(entry->d_name, known[i]) == 0;
        out->torn += !belongs;
    }
    return 0;
}

static int count_all_strays(const char *folder, struct exeunt_check *out)
{
    static const char *const in_work[] = {"spool", STORE_OUTER, NULL};
    static const char *const in_outer[] = {"store", NULL};
    char outer[PATH_MAX];
    snprintf(outer, sizeof outer, "%s/" STORE_OUTER, folder);
    int failed = count_strays(folder, in_work, out);
    return failed != 0 ? failed : count_strays(outer, in_outer, out);
}

static int check(const struct exeunt_job_site *site, struct exeunt_check *out)
{
    int64_t uploads = spool_count(site->folder);
    if (uploads < 0)
        return (int)uploads;
    EXEUNT_GUARD(memory, memory, calloc((size_t)uploads, sizeof(struct expected)));
    struct expected *expected = memory;
    if (expected == NULL)
        return -ENOMEM;
    int64_t count = expect(site->folder, uploads, expected);
    if (count < 0)
        return (int)count;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/" STORE_FOLDER, site->folder);
    EXEUNT_GUARD(folder, listing, opendir(path));
    if (listing == NULL)
        return -errno;
    int failed = check_entries(dirfd(listing), listing, expected, (size_t)count, out);
    return failed != 0 ? failed : count_all_strays(site->folder, out);
}

int store_check(const struct exeunt_job_site *site, struct exeunt_check *out, struct exeunt_reason *reason)
{
    *out = (struct exeunt_check){0};
    int failed = check(site, out);
    if (failed != 0)
        return explain(reason, failed, "cannot check the store in '%s': %s", site->folder, strerror(-failed));
    return 0;
}
