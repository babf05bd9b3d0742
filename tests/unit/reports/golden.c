/* Golden files: what a report looked like when somebody last read it. */
#include "golden.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char *contents(const char *path)
{
    FILE *file = fopen(path, "re");
    if (file == NULL)
        return strdup("");
    char *text = NULL;
    size_t size = 0;
    if (getdelim(&text, &size, '\0', file) < 0) {
        free(text);
        text = strdup("");
    }
    fclose(file);
    return text;
}

void golden_expect(const char *name, const char *text)
{
    char path[512];
    snprintf(path, sizeof path, "%s/%s.txt", GOLDEN_FOLDER, name);
    if (getenv("EXEUNT_UPDATE_GOLDEN") != NULL) {
        FILE *file = fopen(path, "we");
        cr_assert_not_null(file, "%s: %s", path, strerror(errno));
        fputs(text, file);
        cr_assert_eq(fclose(file), 0);
    }
    char *golden = contents(path);
    cr_expect_str_eq(text, golden, "golden/%s.txt differs; what was written:\n%s", name, text);
    free(golden);
}
