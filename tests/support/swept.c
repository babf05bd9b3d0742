/* Runs sweeps for tests, and looks at what they leave. */
#include "swept.h"

#include <ctype.h>
#include <dirent.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"

char *swept_folder(void)
{
    char *folder = scratch_make();
    struct command_result made =
        command_run("mkdir %s/work %s/temps && echo input >%s/work/input", folder, folder, folder);
    if (made.status != 0)
        abort();
    command_free(&made);
    return folder;
}

struct swept swept_in(const char *folder, const char *before, const char *format, ...)
{
    char *arguments;
    va_list list;
    va_start(list, format);
    if (vasprintf(&arguments, format, list) < 0)
        abort();
    va_end(list);
    struct command_result ran =
        command_run("cd %s/work && TMPDIR=%s/temps exec %s %s sweep --json ../result.json %s", folder, folder,
                    before, EXEUNT, arguments);
    free(arguments);
    char path[512];
    snprintf(path, sizeof path, "%s/result.json", folder);
    struct swept swept = {.status = ran.status, .out = ran.out, .err = ran.err};
    swept.root = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    remove(path);
    return swept;
}

void swept_free(struct swept *swept)
{
    json_decref(swept->root);
    free(swept->out);
    free(swept->err);
    *swept = (struct swept){0};
}

json_int_t swept_outcomes(const struct swept *swept, const char *kind)
{
    return json_integer_value(json_object_get(json_object_get(swept->root, "outcomes"), kind));
}

static const char *text_of(json_t *finding, const char *key)
{
    const char *text = json_string_value(json_object_get(finding, key));
    return text != NULL ? text : "-";
}

const char *swept_finding(const struct swept *swept, size_t index, const char *key)
{
    return text_of(json_array_get(json_object_get(swept->root, "findings"), index), key);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(a, b);
}

char *swept_findings(const struct swept *swept)
{
    json_t *findings = json_object_get(swept->root, "findings");
    size_t count = json_array_size(findings);
    char(*lines)[64] = calloc(count + 1, sizeof *lines), *text = calloc(count + 1, sizeof *lines);
    if (lines == NULL || text == NULL)
        abort();
    for (size_t i = 0; i < count; i++) {
        json_t *finding = json_array_get(findings, i);
        snprintf(lines[i], sizeof lines[i], "%s %s %s\n", text_of(finding, "kind"),
                 text_of(finding, "signature"), text_of(finding, "reproduced"));
    }
    qsort(lines, count, sizeof *lines, by_text);
    for (size_t i = 0; i < count; i++)
        strcat(text, lines[i]);
    free(lines);
    return text;
}

static char *said(struct command_result ran)
{
    char *text = ran.out;
    free(ran.err);
    return text;
}

char *swept_work(const char *folder)
{
    return said(command_run("cd %s/work && find . -printf '%%p %%m %%s %%T@\\n' | sort", folder));
}

static bool names(const char *process, const char *folder)
{
    char path[300], line[4096];
    snprintf(path, sizeof path, "/proc/%s/cmdline", process);
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(line, 1, sizeof line, file) : 0;
    if (file != NULL)
        fclose(file);
    return memmem(line, length, folder, strlen(folder)) != NULL;
}

char *swept_processes(const char *folder)
{
    char *text = strdup("");
    DIR *processes = opendir("/proc");
    if (text == NULL || processes == NULL)
        abort();
    for (struct dirent *entry; (entry = readdir(processes)) != NULL;)
        if (isdigit((unsigned char)entry->d_name[0]) && names(entry->d_name, folder)) {
            char *longer;
            if (asprintf(&longer, "%sprocess %s\n", text, entry->d_name) < 0)
                abort();
            free(text);
            text = longer;
        }
    closedir(processes);
    return text;
}

char *swept_leftovers(const char *folder)
{
    char *files = said(command_run("ls -A %s/temps", folder)), *processes = swept_processes(folder), *text;
    if (asprintf(&text, "%s%s", files, processes) < 0)
        abort();
    free(processes);
    free(files);
    return text;
}
