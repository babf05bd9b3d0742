/* Makes the spool: from a folder of real files, or from the seed; and spoils some of it on purpose. */
#include "spool.h"

#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/hash.h"

enum { MADE_COUNT = 256, MADE_LENGTH_MAX = 1 << 20, INPUT_FILES_MAX = 100000 };
#define INPUT_FILE_MAX  (UINT64_C(256) << 20)
#define INPUT_TOTAL_MAX (UINT64_C(1) << 30)

int folder_close(DIR *folder)
{
    return folder == NULL || closedir(folder) == 0 ? 0 : -errno;
}

uint32_t checksum_add(uint32_t checksum, const void *data, size_t size)
{
    return (uint32_t)crc32_z(checksum, data, size);
}

static uint32_t header_checksum(const struct upload_header *header)
{
    struct upload_header copy = *header;
    copy.header_checksum = 0;
    return checksum_add(0, &copy, sizeof copy);
}

int upload_header_check(const struct upload_header *header)
{
    bool right = memcmp(header->magic, UPLOAD_MAGIC, sizeof header->magic) == 0 &&
                 header->version == UPLOAD_VERSION && header->name_length <= UPLOAD_NAME_MAX &&
                 header->name_length > 0 &&
                 strnlen(header->name, sizeof header->name) == header->name_length &&
                 header->header_checksum == header_checksum(header);
    return right ? 0 : -EBADMSG;
}

static bool harmless(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
           byte == '-' || byte == '_' || byte == '.';
}

void store_name(const char *name, char out[STORE_NAME_MAX + 1])
{
    enum { HASH_LENGTH = 17 };
    size_t length = 0;
    for (const char *byte = name; *byte != '\0'; byte++) {
        if (length + 3 > STORE_NAME_MAX - HASH_LENGTH) {
            snprintf(out + length, HASH_LENGTH + 1, "-%016llx", (unsigned long long)hash_text(name));
            return;
        }
        if (harmless(*byte) && !(byte == name && *byte == '.'))
            out[length++] = *byte;
        else
            length += (size_t)snprintf(out + length, 4, "%%%02X", (unsigned char)*byte);
    }
    out[length] = '\0';
}

void spool_path(const char *folder, uint64_t index, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/spool/%06llu", folder, (unsigned long long)index);
}

static int write_all(int fd, const void *data, size_t size)
{
    const char *from = data;
    while (size > 0) {
        ssize_t moved = write(fd, from, size);
        if (moved < 0 && errno != EINTR)
            return -errno;
        if (moved > 0) {
            from += moved;
            size -= (size_t)moved;
        }
    }
    return 0;
}

/* The ways in which an upload is spoiled, in turn. The content's checksum is spoiled in the header, which
 * is otherwise right. */
static void spoil(struct upload_header *header, unsigned way)
{
    switch (way % 4) {
    case 0:
        header->magic[0] ^= 0x20;
        break;
    case 1:
        header->header_checksum ^= 1;
        break;
    case 2:
        header->content_checksum ^= 1;
        header->header_checksum = header_checksum(header);
        break;
    default:
        header->version = UPLOAD_VERSION + 1;
        header->header_checksum = header_checksum(header);
        break;
    }
}

/* An upload while it is written: content first, since the header holds its checksum. */
struct writing {
    const char *folder;
    uint64_t index;
    uint64_t count; /* of the whole spool, as far as it is known */
    uint64_t corrupt_percent;
    uint32_t checksum;
    uint64_t length;
    int fd;
};

static int writing_add(struct writing *writing, const void *data, size_t size)
{
    writing->checksum = checksum_add(writing->checksum, data, size);
    writing->length += size;
    return write_all(writing->fd, data, size);
}

/* Whether this upload is one of the corrupt percent: spread evenly, the first of them when the first hundred
 * are half through, so that of a few files none is spoiled. */
static bool is_corrupt(const struct writing *writing)
{
    uint64_t percent = writing->corrupt_percent;
    return ((writing->index + 1) * percent + 50) / 100 > (writing->index * percent + 50) / 100;
}

static int writing_end(struct writing *writing, const char *name)
{
    struct upload_header header = {.version = UPLOAD_VERSION,
                                   .length = writing->length,
                                   .content_checksum = writing->checksum,
                                   .name_length = (uint32_t)strlen(name)};
    memcpy(header.magic, UPLOAD_MAGIC, sizeof header.magic);
    memcpy(header.name, name, header.name_length);
    header.header_checksum = header_checksum(&header);
    if (is_corrupt(writing))
        spoil(&header, (unsigned)((writing->index * writing->corrupt_percent + 50) / 100));
    if (lseek(writing->fd, 0, SEEK_SET) != 0)
        return -errno;
    return write_all(writing->fd, &header, sizeof header);
}

/* Opens the upload for its content: the header's room is left free. */
static int writing_open(struct writing *writing)
{
    char path[PATH_MAX];
    spool_path(writing->folder, writing->index, path);
    writing->checksum = 0;
    writing->length = 0;
    int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0 && lseek(fd, sizeof(struct upload_header), SEEK_SET) < 0) {
        close(fd);
        return -1;
    }
    return fd;
}

/* Names as senders make them up: most are plain, some would leave the store if they were believed. */
static void made_name(uint64_t index, char name[UPLOAD_NAME_MAX + 1])
{
    static const char *const unusual[] = {"photo ", "../../escape-", "/etc/upload-", ".hidden-"};
    uint64_t form = index % 16;
    const char *start = form < sizeof unusual / sizeof *unusual ? unusual[form] : "upload-";
    snprintf(name, UPLOAD_NAME_MAX + 1, "%s%04llu.bin", start, (unsigned long long)index);
}

static int make_one(struct writing *writing, uint64_t seed)
{
    EXEUNT_GUARD(fd, fd, writing_open(writing));
    if (fd < 0)
        return -errno;
    writing->fd = fd;
    uint64_t state = hash_add(seed, writing->index);
    double share = (double)(hash_mix(state) >> 11) / (double)(UINT64_C(1) << 53);
    uint64_t left = (uint64_t)exp(share * log(MADE_LENGTH_MAX + 1.0)) - 1;
    while (left > 0) {
        uint64_t words[512];
        for (size_t i = 0; i < sizeof words / sizeof *words; i++)
            words[i] = hash_mix(state++);
        size_t size = left < sizeof words ? left : sizeof words;
        int failed = writing_add(writing, words, size);
        if (failed != 0)
            return failed;
        left -= size;
    }
    char name[UPLOAD_NAME_MAX + 1];
    made_name(writing->index, name);
    return writing_end(writing, name);
}

static int make_from_seed(const struct exeunt_job_site *site, uint64_t corrupt_percent,
                          struct exeunt_reason *reason)
{
    struct writing writing = {.folder = site->folder, .corrupt_percent = corrupt_percent};
    for (; writing.index < MADE_COUNT; writing.index++) {
        int failed = make_one(&writing, site->seed);
        if (failed != 0)
            return explain(reason, failed, "cannot make the spool in '%s': %s", site->folder,
                           strerror(-failed));
    }
    return 0;
}

static const char *type_name(mode_t mode)
{
    return S_ISFIFO(mode)                   ? "a FIFO"
           : S_ISCHR(mode) || S_ISBLK(mode) ? "a device"
           : S_ISSOCK(mode)                 ? "a socket"
                                            : "no regular file";
}

/* Looks at one entry of the input before it is opened: opening a FIFO would wait for ever.
 * Returns 1: take it, 0: leave it out (a subfolder), or -EINVAL with a reason. */
static int examine(int folder, const char *input, const char *name, uint64_t total,
                   struct exeunt_reason *reason)
{
    struct stat status;
    if (fstatat(folder, name, &status, 0) != 0)
        return explain(reason, -EINVAL, "--input: '%s/%s' cannot be read: %s", input, name,
                       errno == ENOENT ? "the link leads nowhere" : strerror(errno));
    if (S_ISDIR(status.st_mode))
        return 0;
    if (!S_ISREG(status.st_mode))
        return explain(reason, -EINVAL, "--input: '%s/%s' is %s; only regular files can be uploaded", input,
                       name, type_name(status.st_mode));
    if ((uint64_t)status.st_size > INPUT_FILE_MAX)
        return explain(reason, -EINVAL, "--input: '%s/%s' has %llu MiB; an upload has at most %llu MiB",
                       input, name, (unsigned long long)status.st_size >> 20,
                       (unsigned long long)INPUT_FILE_MAX >> 20);
    if (total + (uint64_t)status.st_size > INPUT_TOTAL_MAX)
        return explain(reason, -EINVAL,
                       "--input: '%s' has more than %llu MiB; give a folder with fewer files", input,
                       (unsigned long long)INPUT_TOTAL_MAX >> 20);
    return 1;
}

static int copy_content(int from, struct writing *writing)
{
    char chunk[CHUNK_SIZE];
    for (;;) {
        ssize_t size = read(from, chunk, sizeof chunk);
        if (size == 0)
            return 0;
        if (size < 0 && errno == EINTR)
            continue;
        int failed = size < 0 ? -errno : writing_add(writing, chunk, (size_t)size);
        if (failed != 0)
            return failed;
        if (writing->length > INPUT_FILE_MAX)
            return -EFBIG; /* it grew while it was read */
    }
}

static int take_one(struct writing *writing, int folder, const char *input, const char *name,
                    struct exeunt_reason *reason)
{
    EXEUNT_GUARD(fd, from, openat(folder, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    if (from < 0)
        return explain(reason, -EINVAL, "--input: '%s/%s' cannot be read: %s", input, name, strerror(errno));
    EXEUNT_GUARD(fd, fd, writing_open(writing));
    int failed = fd < 0 ? -errno : 0;
    writing->fd = fd;
    if (failed == 0)
        failed = copy_content(from, writing);
    if (failed == 0)
        failed = writing_end(writing, name);
    if (failed != 0)
        return explain(reason, failed, "cannot copy '%s/%s' to the spool: %s", input, name,
                       strerror(-failed));
    return 0;
}

static int make_from_input(const struct exeunt_job_site *site, uint64_t corrupt_percent,
                           struct exeunt_reason *reason)
{
    EXEUNT_GUARD(folder, folder, opendir(site->input));
    if (folder == NULL)
        return explain(reason, -EINVAL, "--input: the folder '%s' cannot be read: %s", site->input,
                       strerror(errno));
    struct writing writing = {.folder = site->folder, .corrupt_percent = corrupt_percent};
    uint64_t total = 0;
    struct dirent *entry;
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        int taken = examine(dirfd(folder), site->input, entry->d_name, total, reason);
        if (taken > 0 && writing.index == INPUT_FILES_MAX)
            taken = explain(reason, -EINVAL, "--input: '%s' has more than %d files", site->input,
                            INPUT_FILES_MAX);
        if (taken > 0)
            taken = take_one(&writing, dirfd(folder), site->input, entry->d_name, reason) ?: 1;
        if (taken < 0)
            return taken;
        writing.index += (uint64_t)taken;
        total += taken > 0 ? writing.length : 0;
    }
    if (writing.index == 0)
        return explain(reason, -EINVAL, "--input: '%s' holds no files to upload", site->input);
    return 0;
}

static int make_folder(const char *folder, const char *name, struct exeunt_reason *reason)
{
    char path[PATH_MAX];
    if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path - STORE_NAME_MAX - 2)
        return explain(reason, -ENAMETOOLONG, "the work folder's name '%.64s...' is too long", folder);
    if (mkdir(path, 0700) != 0)
        return explain(reason, -errno, "cannot make the folder '%s': %s", path, strerror(errno));
    return 0;
}

int spool_make(const struct exeunt_job_site *site, uint64_t corrupt_percent, struct exeunt_reason *reason)
{
    static const char *const folders[] = {"spool", STORE_OUTER, STORE_FOLDER};
    int failed = 0;
    for (size_t i = 0; failed == 0 && i < sizeof folders / sizeof *folders; i++)
        failed = make_folder(site->folder, folders[i], reason);
    if (failed != 0)
        return failed;
    return site->input != NULL ? make_from_input(site, corrupt_percent, reason)
                               : make_from_seed(site, corrupt_percent, reason);
}

int64_t spool_count(const char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/spool", folder);
    EXEUNT_GUARD(folder, spool, opendir(path));
    if (spool == NULL)
        return -errno;
    int64_t count = 0;
    for (struct dirent *entry; (entry = readdir(spool)) != NULL;)
        count += entry->d_name[0] != '.';
    return count;
}
