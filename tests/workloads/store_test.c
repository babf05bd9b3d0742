/* The check after a run: it must catch what is torn, strange or left behind, and let pass what is whole. */
#include "store.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "scratch.h"
#include "spool.h"

/* A spool of one upload named "one" with content "hello", and an empty store. */
static struct exeunt_job_site make_site(char *input, char *folder)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/one", input);
    FILE *file = fopen(path, "w");
    fputs("hello", file);
    fclose(file);
    struct exeunt_job_site site = {.folder = folder, .input = input};
    struct exeunt_reason reason = {""};
    cr_assert_eq(spool_make(&site, 0, &reason), 0, "%s", reason.text);
    return site;
}

static void put(const char *folder, const char *name, const char *text)
{
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file, "%s", path);
    fputs(text, file);
    fclose(file);
}

Test(store, check_tells_whole_from_torn)
{
    static const struct {
        const char *name, *text;
        struct exeunt_check expected;
        const char *reason;
    } rows[] = {
        {NULL, NULL, {0, 0, 0}, "an empty store is in order"},
        {STORE_FOLDER "/one", "hello", {1, 0, 0}, "whole"},
        {STORE_FOLDER "/one", "hell", {0, 1, 0}, "cut short"},
        {STORE_FOLDER "/one", "", {0, 1, 0}, "empty, although it has a content"},
        {STORE_FOLDER "/one", "hallo", {0, 1, 0}, "right length, wrong content"},
        {STORE_FOLDER "/one", "hello!", {0, 1, 0}, "too long"},
        {STORE_FOLDER "/two", "hello", {0, 1, 0}, "nobody uploaded this name"},
        {STORE_FOLDER "/.upload-a1B2c3", "he", {0, 0, 1}, "a temporary file"},
        {STORE_FOLDER "/..upload", "", {0, 1, 0}, "hidden, but no temporary file of ours"},
        {STORE_OUTER "/escape", "hello", {0, 1, 0}, "beside the store"},
        {STORE_FOLDER "/../../escape", "hello", {0, 1, 0}, "as far up as the spool's names climb"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *input = scratch_make(), *folder = scratch_make();
        struct exeunt_job_site site = make_site(input, folder);
        if (rows[i].name != NULL)
            put(folder, rows[i].name, rows[i].text);
        struct exeunt_check seen;
        struct exeunt_reason reason = {""};
        cr_assert_eq(store_check(&site, &seen, &reason), 0, "%s", reason.text);
        cr_assert(seen.whole == rows[i].expected.whole && seen.torn == rows[i].expected.torn &&
                      seen.temp_files == rows[i].expected.temp_files,
                  "%s", rows[i].reason);
        scratch_remove(input);
        scratch_remove(folder);
    }
}

Test(store, names_never_leave_the_store)
{
    static const struct {
        const char *name, *stored;
    } rows[] = {
        {"plain-1.txt", "plain-1.txt"},
        {"../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"},
        {"/etc/passwd", "%2Fetc%2Fpasswd"},
        {".", "%2E"},
        {"..", "%2E."},
        {".upload-a1B2c3", "%2Eupload-a1B2c3"},
        {"a\nb", "a%0Ab"},
        {"%2E", "%252E"},
    };
    char stored[STORE_NAME_MAX + 1];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        store_name(rows[i].name, stored);
        cr_assert_str_eq(stored, rows[i].stored);
    }
}

Test(store, long_names_stay_apart_and_fit)
{
    char first[UPLOAD_NAME_MAX + 1], second[UPLOAD_NAME_MAX + 1];
    memset(first, '#', UPLOAD_NAME_MAX);
    first[UPLOAD_NAME_MAX] = '\0';
    memcpy(second, first, sizeof second);
    second[UPLOAD_NAME_MAX - 1] = '!';
    char stored[2][STORE_NAME_MAX + 1];
    store_name(first, stored[0]);
    store_name(second, stored[1]);
    cr_assert_leq(strlen(stored[0]), STORE_NAME_MAX);
    cr_assert_str_neq(stored[0], stored[1]);
}

Test(store, spool_of_one_seed_is_always_the_same)
{
    char *folders[2] = {scratch_make(), scratch_make()};
    for (int i = 0; i < 2; i++) {
        struct exeunt_job_site site = {.folder = folders[i], .seed = 42};
        struct exeunt_reason reason = {""};
        cr_assert_eq(spool_make(&site, 1, &reason), 0, "%s", reason.text);
        cr_assert_eq(spool_count(folders[i]), 256);
    }
    unsigned corrupt = 0;
    for (uint64_t upload = 0; upload < 256; upload++) {
        struct upload_header headers[2];
        for (int i = 0; i < 2; i++) {
            char path[PATH_MAX];
            spool_path(folders[i], upload, path);
            int fd = open(path, O_RDONLY);
            cr_assert_eq(read(fd, &headers[i], sizeof headers[i]), (ssize_t)sizeof headers[i]);
            close(fd);
        }
        cr_assert_eq(memcmp(&headers[0], &headers[1], sizeof headers[0]), 0);
        corrupt += upload_header_check(&headers[0]) != 0;
    }
    cr_assert(corrupt >= 1 && corrupt <= 4, "one percent of 256, of which some have a right header: %u",
              corrupt);
    scratch_remove(folders[0]);
    scratch_remove(folders[1]);
}
