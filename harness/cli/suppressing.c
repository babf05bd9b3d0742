/* Decides how the file of suppressions is read, and what is said of those that are out of date. */
#include "suppressing.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "base/file.h"

int suppressing_read(const char *path, struct suppressions *out, struct error *error)
{
    *out = (struct suppressions){0};
    if (path == NULL)
        return 0;
    char *text;
    int rc = file_read("--suppress", path, FILE_MIB_TYPED, &text, error);
    if (rc != 0)
        return rc;
    rc = suppress_parse(path, text, out, error);
    free(text);
    return rc;
}

void suppressing_apply(struct suppressions *suppressions, struct sweep_finding *findings, size_t count)
{
    char today[16];
    time_t now = time(NULL);
    struct tm day;
    localtime_r(&now, &day);
    strftime(today, sizeof today, "%Y-%m-%d", &day);
    if (suppressions->file != NULL)
        suppress_apply(suppressions, today, findings, count);
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
