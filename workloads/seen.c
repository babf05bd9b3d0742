/* Decides what of all that clients can see is whole, and what breaks a guarantee. */
#include "seen.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exeunt/scope.h"

#define SEEN_FILE "seen"

static const char *const words[] = {"whole", "closed", "misbehaved", "torn", "abandoned", "ghost"};

static void seen_path(const char *folder, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/" SEEN_FILE, folder);
}

int seen_open(const char *folder)
{
    char path[PATH_MAX];
    seen_path(folder, path);
    int file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    return file >= 0 ? file : -errno;
}

int seen_add(int file, uint64_t number, enum seen seen)
{
    char line[48];
    int length = snprintf(line, sizeof line, "%llu %s\n", (unsigned long long)number, words[seen]);
    return write(file, line, (size_t)length) == length ? 0 : -errno;
}

/* A line that says nothing known is torn as well. */
static void count(const char *line, struct exeunt_check *out)
{
    const char *word = strchr(line, ' ');
    enum seen seen = SEEN_TORN;
    for (enum seen i = 0; word != NULL && i < sizeof words / sizeof *words; i++)
        if (strncmp(word + 1, words[i], strlen(words[i])) == 0 && word[1 + strlen(words[i])] == '\n')
            seen = i;
    out->whole += seen == SEEN_WHOLE;
    out->torn += seen == SEEN_TORN || seen == SEEN_ABANDONED || seen == SEEN_GHOST;
}

int seen_check(const char *folder, struct exeunt_check *out)
{
    *out = (struct exeunt_check){0};
    char path[PATH_MAX], line[64];
    seen_path(folder, path);
    EXEUNT_GUARD(file, file, fopen(path, "re"));
    if (file == NULL)
        return errno == ENOENT ? 0 : -errno;
    while (fgets(line, sizeof line, file) != NULL)
        count(line, out);
    if (ferror(file) != 0)
        return -EIO;
    return unlink(path) == 0 ? 0 : -errno;
}
