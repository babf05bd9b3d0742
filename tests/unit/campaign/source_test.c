/* What a source file is called: the same in every checkout, and from every folder of it. */
#include "campaign/source.h"

#include <criterion/criterion.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"

/* TOP stands for a folder that is made: TOP/project is a repository, TOP/plain is none. */
static const struct {
    const char *working, *folder, *file, *name, *reason;
} rows[] = {
    {"TOP/project", NULL, "TOP/project/src/a/util.c", "src/a/util.c", "by its path in the repository"},
    {"TOP/project/build", NULL, "TOP/project/src/a/util.c", "src/a/util.c",
     "wherever exeunt is started in it"},
    {"TOP", NULL, "TOP/project/src/a/util.c", "src/a/util.c", "or outside of it"},
    {"TOP/project", "TOP/project/build", "../src/a/util.c", "src/a/util.c", "as build tools name it"},
    {"TOP/project", NULL, "TOP/project/build/../src/./a//util.c", "src/a/util.c", "or so"},
    {"TOP/project", NULL, "TOP/project/inner/util.c", "util.c", "the nearest repository counts"},
    {"TOP/plain", NULL, "TOP/plain/src/util.c", "src/util.c", "below the working folder"},
    {"TOP/plain", "TOP/plain", "util.c", "util.c", "the same"},
    {"TOP/plain", NULL, "TOP/plainer/util.c", "TOP/plainer/util.c", "a folder whose name only begins so"},
    {"TOP/plain", NULL, "workloads/upload.c", "workloads/upload.c", "somebody has shortened it already"},
    {"TOP/plain", "build/dev", "workloads/upload.c", "workloads/upload.c", "and its folder, too"},
    {"TOP/plain", NULL, "./a.c", "a.c", ""},
    {"TOP/plain", NULL, "../../a.c", "../../a.c", "nobody knows from where"},
    {"TOP/plain", NULL, "/../a.c", "/a.c", "nothing is above the root"},
};

static char top[PATH_MAX];

/* Puts the folder in the place of TOP. */
static const char *placed(const char *text, char out[PATH_MAX])
{
    bool named = text != NULL && strncmp(text, "TOP", 3) == 0;
    if (text != NULL)
        snprintf(out, PATH_MAX, "%s%s", named ? top : "", named ? text + 3 : text);
    return text != NULL ? out : NULL;
}

static void make(const char *folder)
{
    char path[PATH_MAX];
    cr_assert_eq(mkdir(placed(folder, path), 0700), 0, "%s", path);
}

Test(source, names)
{
    static const char *const folders[] = {"TOP/project",       "TOP/project/.git",       "TOP/project/build",
                                          "TOP/project/inner", "TOP/project/inner/.git", "TOP/plain"};
    char *scratch = scratch_make();
    cr_assert_not_null(realpath(scratch, top));
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        make(folders[i]);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char working[PATH_MAX], folder[PATH_MAX], file[PATH_MAX], expected[PATH_MAX], name[PATH_MAX];
        cr_assert_eq(chdir(placed(rows[i].working, working)), 0, "%s", working);
        source_name(placed(rows[i].folder, folder), placed(rows[i].file, file), name, sizeof name);
        cr_expect_str_eq(name, placed(rows[i].name, expected), "%s: %s", rows[i].file, rows[i].reason);
    }
    cr_assert_eq(chdir("/"), 0);
    scratch_remove(scratch);
}
