/* How a sweep judges: each row sweeps a mode of the target, and says the one finding that there must be, in
 * which mode of faults it is told, and what its detail tells; or that there is none. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "report.h"
#include "scratch.h"

struct row {
    const char *mode, *options;
    const char *kind; /* NULL: there must be no finding */
    const char *faults;
    const char *detail; /* part of it, with {WORD} for the line that is marked so; NULL: whatever */
    int status;
    const char *reason;
};

static const struct row rows[] = {
    {"relock", "--modes once", "hang", "once",
     "thread 0 waits for first ({WAITING}); thread 0 took it at {TAKEN}: it waits for itself", 1,
     "a lock that its holder wants again"},
    {"cycle", "--modes once", "hang", "once",
     "thread 0.1 waits for first ({OTHER_WAITING}); thread 0 took it at {ONE_TAKEN}", 1, "one way round"},
    {"cycle", "--modes once", "hang", "once",
     "thread 0 waits for second ({ONE_WAITING}); thread 0.1 took it at {OTHER_TAKEN}", 1,
     "and the other way"},
    {"silent", "--modes once", "silent", "once", NULL, 0, "status 0, and another output"},
    {"benign", "", NULL, NULL, NULL, 0, "that may fail unnoticed"},
    {"benign-ended", "--modes once", "silent", "once", NULL, 0, "the block is over"},
    {"benign-in-part", "--modes once", NULL, NULL, NULL, 0, "the one that fails is marked"},
    {"benign-in-part", "--modes persistent", "silent", "persistent", NULL, 0, "of two that fail one is"},
    {"benign-leak", "--modes once", "leak", "once", NULL, 1, "only what goes unnoticed may"},
    {"swallow", "", NULL, NULL, NULL, 0, "not asked for"},
    {"swallow", "--swallowed --modes once", "masked", "once", "as if nothing had failed", 0,
     "nobody would know"},
    {"swallow-benign", "--swallowed", NULL, NULL, NULL, 0, "and that is as it should be"},
    {"say", "--swallowed", NULL, NULL, NULL, 0, "standard error tells"},
    {"keep", "--modes persistent", "leak", "once", NULL, 1, "once is enough"},
    {"keep-and-clean", "", "leak", "once", NULL, 1, "whatever fails afterwards"},
    {"keep-and-clean", "--modes pair", "leak", "once", NULL, 1, "even if only pairs are asked for"},
    {"keep-if-both", "", "leak", "pair", NULL, 1, "it takes two"},
};

static int line_of(const char *word)
{
    char line[256], marked[64];
    int number = 0, found = 0;
    FILE *source = fopen(SOURCE, "re");
    cr_assert_not_null(source);
    snprintf(marked, sizeof marked, "/* %s */", word);
    while (fgets(line, sizeof line, source) != NULL) {
        number++;
        if (strstr(line, marked) != NULL)
            found = number;
    }
    fclose(source);
    cr_assert_neq(found, 0, "no line is marked %s", word);
    return found;
}

/* Puts "judged_target.c:17" for each {WORD}. */
static void put_lines(const char *text, char *out, size_t size)
{
    size_t length = 0;
    while (*text != '\0' && length + 64 < size) {
        char word[32];
        int end = 0;
        if (sscanf(text, "{%31[A-Z_]}%n", word, &end) == 1 && end > 0) {
            length +=
                (size_t)snprintf(out + length, size - length, "tests/cli/judged_target.c:%d", line_of(word));
            text += end;
        } else {
            out[length++] = *text++;
        }
    }
    out[length] = '\0';
}

static void expect_finding(const struct row *row, json_t *findings, const char *told)
{
    json_t *finding = json_array_get(findings, 0);
    char detail[512];
    cr_expect_eq(json_array_size(findings), 1, "%s %s (%s): %s", row->mode, row->options, row->reason, told);
    if (finding == NULL)
        return;
    cr_expect_str_eq(report_text(finding, "kind"), row->kind, "%s (%s): %s", row->mode, row->reason, told);
    cr_expect_str_eq(report_text(finding, "mode"), row->faults, "%s (%s): %s", row->mode, row->reason, told);
    cr_expect_str_eq(report_text(finding, "reproduced"), "3/3", "%s (%s)", row->mode, row->reason);
    if (row->detail == NULL)
        return;
    put_lines(row->detail, detail, sizeof detail);
    cr_expect_not_null(strstr(report_text(finding, "detail"), detail), "%s (%s): '%s' is not in %s",
                       row->mode, row->reason, detail, told);
}

/* In a folder of its own, which is copied for the runs. */
static json_t *sweep(const struct row *row, int *status, char **said)
{
    char *folder = scratch_make();
    struct command_result ran =
        command_run("cd %s && exec %s sweep --results none --points "
                    "posix/io/stat/stat,posix/io/dir/unlink %s --json - --quiet -- %s %s",
                    folder, EXEUNT, row->options, TARGET, row->mode);
    json_t *root = json_loads(ran.out, JSON_REJECT_DUPLICATES, NULL);
    *status = ran.status;
    *said = strdup(ran.err);
    command_free(&ran);
    scratch_remove(folder);
    return root;
}

static void expect_row(const struct row *row)
{
    int status;
    char *said;
    json_t *root = sweep(row, &status, &said);
    json_t *findings = json_object_get(root, "findings");
    cr_assert_not_null(findings, "%s: %s", row->mode, said);
    char *told = json_dumps(findings, JSON_INDENT(1));
    cr_expect_eq(status, row->status, "%s (%s): status %d: %s", row->mode, row->reason, status, told);
    if (row->kind == NULL)
        cr_expect_eq(json_array_size(findings), 0, "%s %s (%s): %s", row->mode, row->options, row->reason,
                     told);
    else
        expect_finding(row, findings, told);
    free(told);
    free(said);
    json_decref(root);
}

Test(judged, each_row_as_it_says, .timeout = 180)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect_row(&rows[i]);
}
