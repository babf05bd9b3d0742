/* A workload is swept operation by operation: what leaks is found at its line, what is guarded passes, what
 * is found comes again, and what one operation does to its process does not keep the others from their
 * faults. */
#include <criterion/criterion.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

#define KNOWN_TO_LEAK   "is known to leak"
#define FEW_DESCRIPTORS "sh -c 'ulimit -n 64; exec \"$@\"' sh"

/* How often calls of the point failed, with whatever errno. */
static json_int_t failed(const struct swept *swept, const char *point)
{
    json_int_t sum = 0;
    size_t i;
    json_t *row;
    json_array_foreach(json_object_get(swept->root, "coverage"), i, row)
    {
        if (strcmp(json_string_value(json_object_get(row, "point")), point) == 0)
            sum += json_integer_value(json_object_get(row, "failed"));
    }
    return sum;
}

static json_int_t number(const struct swept *swept, const char *key)
{
    return json_integer_value(json_object_get(swept->root, key));
}

struct row {
    const char *before, *target, *points;
    int status;
    const char *point; /* of which so many calls must have failed */
    json_int_t failed;
    const char *outcome; /* of which there must be one */
    const char *note;    /* a part of it; "": anything */
    const char *reason;
};

Test(sweep_workload, variants)
{
    static const struct row rows[] = {
        {"", "upload/guarded", "posix/io/rw/read,upload/metadata", 0, "upload/metadata", 1, "detected", "",
         "it undoes all that it did"},
        {"", "upload/unguarded", "posix/io/sync/fsync,upload/metadata", 1, "posix/io/sync/fsync", 3, "leak",
         "", "it returns early"},
        {FEW_DESCRIPTORS, "upload/unguarded --rounds 3", "posix/io/rw/write", 1, "posix/io/rw/write", 192,
         "leak", "ran out of descriptors", "a fresh process goes on where one ran out by what it had leaked"},
        {"", "transaction/unguarded", "transaction/*,posix/thread/rwlock/rdlock", 1, "transaction/connection",
         1, "leak", "Processes ended early", "who would wait for a lock that was left is not begun"},
        {"", "transaction/misordered", "transaction/*", 0, "transaction/connection", 1, "detected",
         KNOWN_TO_LEAK, "by one worker what takes two of them is not met"},
        {"", "session/guarded", "session/handshake,posix/io/net/accept4:*", 2, "", 0, "", "",
         "a point that there is not"},
        {"", "upload/guarded", "posix/io/net/*", 3, "posix/io/net/send", 0, "", "",
         "nothing is swept of what it does not call"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        const struct row *row = &rows[i];
        char *folder = swept_folder();
        struct swept swept = swept_in(folder, row->before, "%s --points '%s'", row->target, row->points);
        char *left = swept_leftovers(folder);
        const char *note = json_string_value(json_object_get(swept.root, "note"));
        cr_expect_eq(swept.status, row->status, "%s: status %d: %s", row->reason, swept.status, swept.err);
        cr_expect_eq(failed(&swept, row->point), row->failed, "%s: %" JSON_INTEGER_FORMAT, row->reason,
                     failed(&swept, row->point));
        cr_expect(row->outcome[0] == '\0' || swept_outcomes(&swept, row->outcome) > 0, "%s", row->reason);
        cr_expect(row->note[0] == '\0' || (note != NULL && strstr(note, row->note) != NULL), "%s: %s",
                  row->reason, note);
        cr_expect_eq(note != NULL && strstr(note, KNOWN_TO_LEAK) != NULL,
                     strcmp(row->note, KNOWN_TO_LEAK) == 0, "%s: %s", row->reason, note);
        cr_expect_eq(number(&swept, "runs"), number(&swept, "planned"), "%s", row->reason);
        cr_expect_eq(swept_outcomes(&swept, "drifted"), 0, "%s", row->reason);
        cr_expect_str_empty(left, "%s: something is left", row->reason);
        free(left);
        swept_free(&swept);
        scratch_remove(folder);
    }
}

static struct command_result replay(const char *folder, const char *what)
{
    return command_run("cd %s/work && TMPDIR=%s/temps exec %s replay %s", folder, folder, EXEUNT, what);
}

Test(sweep_workload, findings_come_again)
{
    char *folder = swept_folder();
    struct swept swept = swept_in(folder, "", "upload/unguarded --points posix/io/dir/rename");
    cr_expect_str_eq(swept_finding(&swept, 0, "kind"), "leak");
    cr_expect_str_eq(swept_finding(&swept, 0, "reproduced"), "3/3");
    cr_expect_eq(strncmp(swept_finding(&swept, 0, "taken_at"), "workloads/upload.c:", 19), 0);
    const char *command = swept_finding(&swept, 0, "replay");
    cr_assert_eq(strncmp(command, "exeunt replay ", 14), 0, "%s", command);
    struct command_result again = replay(folder, command + 14);
    cr_expect_eq(again.status, 1, "%s", again.err);
    cr_expect_not_null(strstr(again.out, swept_finding(&swept, 0, "signature")), "%s", again.out);
    cr_expect_not_null(
        strstr(again.out, "the call that failed\n        upload_unguarded (workloads/upload.c:"),
        "its stack is shown: %s", again.out);
    command_free(&again);
    swept_free(&swept);
    scratch_remove(folder);
}

Test(sweep_workload, tells_what_leaks_although_nothing_fails)
{
    char *folder = swept_folder();
    struct swept swept = swept_in(folder, "", "upload/unguarded --points posix/io/oc/open");
    cr_expect_eq(swept.status, 1, "nothing is open yet when open fails, but corrupt uploads leak: %s",
                 swept.err);
    cr_expect_eq(failed(&swept, "posix/io/oc/open"), 8);
    cr_expect_eq(swept_outcomes(&swept, "leak"), 0, "no fault is to blame");
    cr_expect_str_eq(swept_finding(&swept, 0, "kind"), "leak");
    cr_expect_str_eq(swept_finding(&swept, 0, "reproduced"), "3/3");
    cr_expect_str_eq(swept_finding(&swept, 0, "point"), "-");
    cr_expect_str_eq(swept_finding(&swept, 0, "replay"), "-");
    swept_free(&swept);
    swept = swept_in(folder, "", "upload/guarded --points posix/io/oc/open");
    cr_expect_eq(swept.status, 0, "its guarded twin does not: %s", swept.err);
    swept_free(&swept);
    scratch_remove(folder);
}

Test(sweep_workload, replays_of_coordinates)
{
    static const struct {
        const char *what;
        int status;
        const char *says, *reason;
    } rows[] = {
        {"17:upload/metadata#1 upload/unguarded", 1, "leak of a descriptor", "the operation leaks"},
        {"17:upload/metadata#1:EIO upload/guarded", 0, "\"detected: ended with an error",
         "its guarded twin does not"},
        {"17:upload/metadata#2 upload/guarded", 3, "did not come", "it is called but once"},
        {"17:upload/meta#1 upload/guarded", 2, "no point is called 'upload/meta'",
         "a point that there is not"},
        {"0.1:upload/metadata#1 upload/guarded", 2, "of an operation", "workloads have operations"},
        {"17:upload/metadata#1+:EIO upload/guarded", 2, "is of a program", "no later call fails, too"},
        {"17:upload/metadata#16abc upload/guarded", 2, "does not say which call", "half a number"},
        {"17:upload/metadata#4294967313 upload/guarded", 2, "at most 4294967295", "it would be the 17th"},
        {"4294967313:upload/metadata#1 upload/guarded", 2, "at most 4294967295", "it would be the 17th"},
        {"' +89:upload/metadata#1' upload/guarded", 2, "of an operation", "no more than a number"},
        {"17:upload/metadata#0 upload/guarded", 2, "counted from 1", "no call is the zeroth"},
        {"17:upload/metadata#1: upload/guarded", 2, "no errno is named ''", "an errno is missing"},
        {"17:upload/metadata#1 upload", 2, "which variant", "all at once cannot be replayed"},
    };
    char *folder = swept_folder();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct command_result ran = replay(folder, rows[i].what);
        cr_expect_eq(ran.status, rows[i].status, "%s: %d", rows[i].reason, ran.status);
        cr_expect(strstr(ran.out, rows[i].says) != NULL || strstr(ran.err, rows[i].says) != NULL, "%s: %s%s",
                  rows[i].reason, ran.out, ran.err);
        command_free(&ran);
    }
    scratch_remove(folder);
}

Test(sweep_workload, all_variants_side_by_side)
{
    char *folder = swept_folder();
    struct swept swept = swept_in(folder, "", "upload --points upload/metadata --rounds 3");
    cr_expect_eq(swept.status, 1, "%s", swept.err);
    cr_expect_null(swept.root, "a line for each variant is no one document");
    const char *row = strstr(swept.out, "upload/metadata  "), *end = row != NULL ? strchr(row, '\n') : NULL;
    unsigned columns[3] = {0};
    cr_assert_not_null(end, "%s", swept.out);
    cr_expect_eq(sscanf(row, "upload/metadata EIO %u %u %u", &columns[0], &columns[1], &columns[2]), 3, "%s",
                 row);
    cr_expect(columns[0] == 3 && columns[1] == 3 && columns[2] == 3, "each variant in each round: %s", row);
    swept_free(&swept);
    scratch_remove(folder);
}

Test(sweep_workload, wrong_commands)
{
    static const struct {
        const char *arguments, *says;
    } rows[] = {
        {"upload/guarded --modes once", "--modes is for programs"},
        {"upload/guarded --resume", "--resume is for programs"},
        {"--heap -- true", "--heap is for workloads"},
        {"--rounds 2 -- true", "--rounds is for workloads"},
        {"upload/guarded -- true", "stands before '--'"},
        {"upload/guarded upload/unguarded", "unexpected argument"},
        {"exits", "is measured, not swept"},
        {"uplaod", "there is no workload 'uplaod'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct command_result ran = command_run("exec %s sweep %s", EXEUNT, rows[i].arguments);
        cr_expect_eq(ran.status, 2, "%s: %d", rows[i].arguments, ran.status);
        cr_expect_not_null(strstr(ran.err, rows[i].says), "%s: %s", rows[i].arguments, ran.err);
        command_free(&ran);
    }
}
