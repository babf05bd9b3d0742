/* Decides how the file of suppressions is read, and what is said of those that are out of date. */
#include "suppressing.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { FILE_MAX = 1 << 20 };

static int read_file(const char *path, char *text, struct error *error)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return error_usage(error, "--suppress '%s': %s", path, strerror(errno));
    size_t length = fread(text, 1, FILE_MAX, file);
    bool failed = ferror(file) != 0;
    fclose(file);
    if (failed)
        return error_usage(error, "--suppress '%s' cannot be read", path);
    if (length == FILE_MAX)
        return error_usage(error, "--suppress '%s' is larger than %d MiB", path, FILE_MAX >> 20);
    text[length] = '\0';
    return 0;
}

int suppressing_read(const char *path, struct suppressions *out, struct error *error)
{
    *out = (struct suppressions){0};
    if (path == NULL)
        return 0;
    char *text = malloc(FILE_MAX + 1);
    if (text == NULL)
        return error_not_done(error, -ENOMEM, "no memory to read '%s'", path);
    int rc = read_file(path, text, error);
    if (rc == 0)
        rc = suppress_parse(path, text, out, error);
    free(text);
    return rc;
}

void suppressing_apply(struct suppressions *suppressions, struct sweep_result *result)
{
    char today[16];
    time_t now = time(NULL);
    struct tm day;
    localtime_r(&now, &day);
    strftime(today, sizeof today, "%Y-%m-%d", &day);
    if (suppressions->file != NULL)
        suppress_apply(suppressions, today, result->findings, result->finding_count);
}

void suppressing_remark(const struct suppressions *suppressions)
{
    char remark[512];
    for (size_t i = 0; i < suppressions->count; i++) {
        suppress_remark(suppressions, &suppressions->list[i], remark, sizeof remark);
        if (remark[0] != '\0')
            fprintf(stderr, "exeunt: %s\n", remark);
    }
}
