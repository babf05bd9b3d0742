/* Reads the row of one target, and finds the lines that its source marks. */
#include "table.h"

#include <err.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SKIPPED = 77 }; /* as CTest has it */

static void find_row(const char *name, struct target *out)
{
    FILE *table = fopen(SWEEP_SOURCE "/targets.txt", "re");
    char line[1024];
    int columns = 0;
    if (table == NULL)
        err(1, "%s", SWEEP_SOURCE "/targets.txt");
    while (fgets(line, sizeof line, table) != NULL) {
        *out = (struct target){0};
        columns = sscanf(line, "%63s %63s %31s %63s %255s %255[^\n]", out->name, out->kind, out->resource,
                         out->modes, out->fault, out->arguments);
        if (strcmp(out->name, name) == 0)
            break;
        columns = 0;
    }
    fclose(table);
    if (columns < 5)
        errx(1, "targets.txt has no whole row for '%s': give it a name, kind, resource, modes and fault",
             name);
}

static void find_marks(struct target *target, FILE *source)
{
    char text[256];
    int marks = 0;
    for (int line = 1; fgets(text, sizeof text, source) != NULL; line++)
        if (strstr(text, "/* blamed */") != NULL || strstr(text, "// blamed") != NULL) {
            if (marks == TABLE_LINES_MAX)
                errx(1, "%s marks more than %d lines", target->file, TABLE_LINES_MAX);
            target->lines[marks++] = line;
        }
    if ((marks == 0) != table_near_miss(target))
        errx(1, "%s, of the kind '%s', marks %d lines", target->file, target->kind, marks);
}

void table_find(const char *name, struct target *out)
{
    FILE *source = NULL;
    char path[512];
    find_row(name, out);
    for (size_t i = 0; i < 2 && source == NULL; i++) {
        snprintf(out->file, sizeof out->file, "%s%s", name, i == 0 ? ".c" : ".cpp");
        snprintf(path, sizeof path, "%s/targets/%s", SWEEP_SOURCE, out->file);
        source = fopen(path, "re");
    }
    if (source == NULL)
        err(1, "%s", path);
    find_marks(out, source);
    fclose(source);
}

bool table_near_miss(const struct target *target)
{
    return strcmp(target->kind, "none") == 0;
}

char *table_program(const struct target *target, bool mended)
{
    char *path;
    if (asprintf(&path, "%s/%s%s", SWEEP_PROGRAMS, target->name, mended ? "_mended" : "") < 0)
        err(1, "%s", target->name);
    if (access(path, X_OK) != 0) {
        fprintf(stderr, "skipped: %s is not built; a compiler for %s is missing\n", path, target->file);
        exit(SKIPPED);
    }
    return path;
}
