/* A file is written whole or not at all, and what cannot work is found before. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output.h"

static char folder[64];
static char file[128];

static void make_folder(void)
{
    snprintf(folder, sizeof folder, "/tmp/exeunt-test-XXXXXX");
    cr_assert_not_null(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/result.json", folder);
}

/* Number of entries, which are removed. */
static size_t clear_folder(void)
{
    size_t count = 0;
    DIR *entries = opendir(folder);
    for (struct dirent *entry; (entry = readdir(entries)) != NULL;) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        unlinkat(dirfd(entries), entry->d_name, 0);
        count++;
    }
    closedir(entries);
    return count;
}

static void remove_folder(void)
{
    clear_folder();
    rmdir(folder);
}

TestSuite(output, .init = make_folder, .fini = remove_folder);

static int write_text(const char *path, const char *text, int rc)
{
    struct output output;
    struct error error;
    int failed = output_prepare(&output, "--json", path, &error);
    if (failed == 0)
        failed = output_open(&output, &error);
    if (failed != 0)
        return failed;
    fputs(text, output.stream);
    return output_finish(&output, rc, &error);
}

static void expect_text(const char *path, const char *expected)
{
    char text[64] = "";
    FILE *in = fopen(path, "re");
    cr_assert_not_null(in, "%s", path);
    cr_expect(fgets(text, sizeof text, in) != NULL || expected[0] == '\0');
    fclose(in);
    cr_expect_str_eq(text, expected);
}

Test(output, is_written_and_leaves_nothing_else)
{
    struct stat status;
    umask(027);
    cr_expect_eq(write_text(file, "new", 0), 0);
    expect_text(file, "new");
    cr_expect_eq(stat(file, &status), 0);
    cr_expect_eq(status.st_mode & 07777, 0640, "as the umask wants it, not as a temporary file");
    cr_expect_eq(clear_folder(), 1);
}

Test(output, what_was_there_stays_if_writing_fails)
{
    cr_expect_eq(write_text(file, "old", 0), 0);
    cr_expect_eq(write_text(file, "half", -ENOMEM), -ENOMEM);
    expect_text(file, "old");
    cr_expect_eq(clear_folder(), 1);
}

Test(output, preparing_leaves_no_trace)
{
    struct output output;
    struct error error;
    cr_expect_eq(output_prepare(&output, "--json", file, &error), 0);
    cr_expect_eq(clear_folder(), 0);
}

Test(output, follows_a_symbolic_link)
{
    char target[128];
    snprintf(target, sizeof target, "%s/target.json", folder);
    cr_expect_eq(write_text(target, "old", 0), 0);
    cr_assert_eq(symlink("target.json", file), 0);
    cr_expect_eq(write_text(file, "new", 0), 0);
    expect_text(target, "new");
    cr_expect_eq(clear_folder(), 2);
}

Test(output, in_the_current_folder_needs_no_slash)
{
    cr_assert_eq(chdir(folder), 0);
    cr_expect_eq(write_text("result.json", "here", 0), 0);
    expect_text(file, "here");
}

Test(output, what_cannot_be_written_is_found_before)
{
    static const struct {
        const char *path, *sentence, *why;
    } cases[] = {
        {"/nowhere/x.json", "its folder does not exist", "missing folder"},
        {"/dev/null/x.json", "its folder cannot be written to: Not a directory", "no folder"},
        {"/proc/self/x.json", "its folder", "a folder that takes no files, not even from root"},
        {"/tmp", "it is a folder", "a folder"},
        {"/tmp/", "it is a folder", "a folder"},
        {"/tmp/nosuchfolder/", "it names no file", "no name after the slash"},
        {"", "it names no file", "empty"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct output output;
        struct error error = {.text = ""};
        cr_expect_lt(output_prepare(&output, "--json", cases[i].path, &error), 0, "%s", cases[i].why);
        cr_expect_eq(error.exit_status, EXIT_USAGE, "%s", cases[i].why);
        cr_expect_not_null(strstr(error.text, cases[i].sentence), "%s: %s", cases[i].why, error.text);
    }
}

Test(output, a_device_is_written_to_and_not_replaced)
{
    struct stat status;
    cr_expect_eq(write_text("/dev/full", "x", 0), -ENOSPC);
    cr_expect_eq(stat("/dev/full", &status), 0);
    cr_expect(S_ISCHR(status.st_mode));
}

Test(output, nothing_wanted_is_nothing_done)
{
    struct output output;
    struct error error;
    cr_expect_eq(output_prepare(&output, "--json", NULL, &error), 0);
    cr_expect_eq(output_open(&output, &error), 0);
    cr_expect_null(output.stream);
    cr_expect_eq(output_finish(&output, 0, &error), 0);
}
