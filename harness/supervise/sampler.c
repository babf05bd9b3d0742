/* Decides whose word on the number of descriptors is taken: that of the first task of the process which
 * still has a table of descriptors. An ended main task reads 0 while others live on, and so does a zombie:
 * 0 therefore means "ask another", and 0 from all means "unknown". */
#include "supervise/sampler.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

struct names {
    _Alignas(struct dirent64) char bytes[16 * 1024];
};

/* Kernels before 6.2 give 0 for any process: ours has the descriptors that it is asking about. */
static bool counts_by_size(void)
{
    struct stat status;
    return stat("/proc/self/fd", &status) == 0 && status.st_size > 0;
}

int sampler_open(pid_t pid, struct sampler *out)
{
    char path[32];
    snprintf(path, sizeof path, "/proc/%d", pid);
    int process = pid > 0 ? open(path, O_PATH | O_DIRECTORY | O_CLOEXEC) : -1;
    if (process < 0)
        return pid > 0 ? -errno : -ENOENT;
    *out = (struct sampler){.process = process, .main_task = pid, .by_size = counts_by_size()};
    return 0;
}

static int64_t count_names(int process, const char *path)
{
    int directory = openat(process, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return 0;
    struct names names;
    int64_t count = 0;
    ssize_t length;
    while ((length = getdents64(directory, &names, sizeof names)) > 0)
        for (ssize_t at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(names.bytes + at);
            count += entry->d_name[0] != '.';
            at += entry->d_reclen;
        }
    close(directory);
    return length < 0 ? 0 : count;
}

/* Descriptors by the word of one task, 0 if it has none or cannot be asked. */
static int64_t count_of_task(const struct sampler *sampler, const char *task)
{
    char path[280];
    snprintf(path, sizeof path, "task/%s/fd", task);
    if (!sampler->by_size)
        return count_names(sampler->process, path);
    struct stat status;
    return fstatat(sampler->process, path, &status, 0) == 0 ? status.st_size : 0;
}

static int64_t count_of_any_task(const struct sampler *sampler)
{
    int directory = openat(sampler->process, "task", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (directory < 0)
        return 0;
    struct names names;
    int64_t count = 0;
    ssize_t length;
    while (count == 0 && (length = getdents64(directory, &names, sizeof names)) > 0)
        for (ssize_t at = 0; count == 0 && at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(names.bytes + at);
            if (entry->d_name[0] != '.')
                count = count_of_task(sampler, entry->d_name);
            at += entry->d_reclen;
        }
    close(directory);
    return count;
}

int64_t sampler_count(const struct sampler *sampler)
{
    if (sampler->process < 0)
        return -1;
    char main_task[16];
    snprintf(main_task, sizeof main_task, "%d", sampler->main_task);
    int64_t count = count_of_task(sampler, main_task);
    if (count == 0)
        count = count_of_any_task(sampler);
    return count > 0 ? count : -1;
}

void sampler_close(struct sampler *sampler)
{
    if (sampler->process >= 0)
        close(sampler->process);
    sampler->process = -1;
}
