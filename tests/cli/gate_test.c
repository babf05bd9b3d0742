/* The gate from outside: what it says of a program that has become worse or better, of files that are wrong,
 * and of commands that cannot do their work. */
#include <criterion/criterion.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

/* Puts a build of the program into FOLDER/work as "program". */
static void put(const char *folder, const char *build)
{
    struct command_result ran = command_run("cp %s %s/work/program", build, folder);
    cr_assert_eq(ran.status, 0, "%s", ran.err);
    command_free(&ran);
}

static struct command_result gate(const char *folder, const char *arguments)
{
    return command_run("cd %s/work && TMPDIR=%s/temps exec %s gate %s", folder, folder, EXEUNT, arguments);
}

static void expect(const char *folder, const char *arguments, int status, const char *says,
                   const char *reason)
{
    struct command_result ran = gate(folder, arguments);
    cr_expect_eq(ran.status, status, "%s: %d\n%s%s", reason, ran.status, ran.out, ran.err);
    cr_expect(strstr(ran.out, says) != NULL || strstr(ran.err, says) != NULL, "%s: %s%s", reason, ran.out,
              ran.err);
    command_free(&ran);
    char *left = swept_leftovers(folder);
    cr_expect_str_eq(left, "", "%s", reason);
    free(left);
}

/* What stands on standard output is the document, and nothing else. */
static void expect_alone(const char *folder, const char *arguments, const char *begins, const char *ends,
                         const char *said)
{
    struct command_result ran = gate(folder, arguments);
    size_t length = strlen(ran.out), end = strlen(ends);
    cr_expect_eq(strncmp(ran.out, begins, strlen(begins)), 0, "%s: %s", arguments, ran.out);
    cr_expect(length >= end && strcmp(ran.out + length - end, ends) == 0, "%s: %s", arguments, ran.out);
    cr_expect_not_null(strstr(ran.err, said), "%s: %s", arguments, ran.err);
    command_free(&ran);
}

/* The result that is new has the line of the source. */
static void expect_sarif(const char *folder)
{
    char path[512];
    size_t index;
    json_t *result;
    snprintf(path, sizeof path, "%s/gate.sarif", folder);
    json_t *root = json_load_file(path, 0, NULL), *found = NULL;
    json_array_foreach(json_object_get(json_array_get(json_object_get(root, "runs"), 0), "results"), index,
                       result)
    {
        if (strcmp(json_string_value(json_object_get(result, "baselineState")), "new") == 0)
            found = result;
    }
    json_t *place =
        json_object_get(json_array_get(json_object_get(found, "locations"), 0), "physicalLocation");
    const char *uri = json_string_value(json_object_get(json_object_get(place, "artifactLocation"), "uri"));
    cr_expect_not_null(strstr(uri != NULL ? uri : "", "gate_target.c"));
    cr_expect_eq(json_integer_value(json_object_get(json_object_get(place, "region"), "startLine")),
                 LEAK_LINE);
    json_decref(root);
}

Test(gate, a_program_becomes_worse_and_better)
{
    char *folder = swept_folder();
    put(folder, CLEAN);
    expect(folder, "--record ../base -- ./program", 0, "Recorded in ../base: 1 command, 1 subject, 0 known",
           "none");
    expect(folder, "../base", 0, "PASS: 2 guarantees hold.", "nothing has changed");
    put(folder, LEAKS);
    expect(folder, "../base --junit ../gate.xml --sarif ../gate.sarif", 1, "leak of descriptor, at ",
           "where the second open fails");
    expect_sarif(folder);
    expect_alone(folder, "../base --junit -", "<?xml", "</testsuites>\n", "FAIL: ");
    put(folder, MUTE);
    expect(folder, "../base", 1, "posix/io/rw/write is not met any more", "it writes nothing any more");
    put(folder, LEAKS);
    expect(folder, "--record ../base -- ./program", 0, "1 known finding.", "the leak is known from now on");
    expect(folder, "../base", 0, "known from the baseline: 1", "so it fails nothing");
    put(folder, CLEAN);
    expect(folder, "../base --update", 0, "1 finding was taken out of ../base", "it is mended");
    put(folder, LEAKS);
    expect(folder, "../base", 1, "1 new finding", "and must not come back");
    scratch_remove(folder);
}

Test(gate, what_is_gone_is_taken_out_before_anything_is_said)
{
    char *folder = swept_folder();
    put(folder, LEAKS);
    expect_alone(folder, "--record - -- ./program | tee ../base", "{\"format\": ", "\n]}\n", "Recorded in -");
    put(folder, CLEAN);
    expect(folder, "../base --update >/dev/full", 3, "cannot write to standard output", "nobody reads it");
    expect(folder, "../base --update", 0, "0 findings were taken out", "but the baseline is without it");
    scratch_remove(folder);
}

#define BASELINE(version, command, rest)                                                                     \
    "{\"format\": \"exeunt-baseline\", \"version\": " version ", \"parts\": [{\"command\": \"" command       \
    "\", \"subjects\": [{\"subject\": \"x\", \"control\": " rest "}]}]}"
#define LONG "0123456789012345678901234567890123456789"
#define FOUND(kind)                                                                                          \
    "false, \"faults\": 1, \"covered\": {}, \"findings\": [{\"kind\": \"" kind "\", \"resource\": null,"     \
    "\"file\": null, \"function\": null, \"point\": null, \"errno\": null, \"line\": null, \"flaky\": "      \
    "false}]"
#define RIGHT "false, \"faults\": 1, \"covered\": {}, \"findings\": []"

Test(gate, files_and_commands_that_are_wrong)
{
    static const struct {
        const char *baseline, *arguments;
        int status;
        const char *says, *reason;
    } rows[] = {
        {"", "base", 2, "baseline 'base' is no JSON: line 1", "empty"},
        {"{}", "base", 2, "baseline 'base': 'format' is not \"exeunt-baseline\"", "another document"},
        {BASELINE("2", "run x", RIGHT), "base", 2, "'version' is not 1", "a newer one"},
        {BASELINE("1", "list", RIGHT), "base", 2, "base:1: 'list' is none of run, compare, sweep",
         "no such command"},
        {BASELINE("1", "run x", "0"), "base", 2, "'control' is neither true nor false in the part 'run x'",
         "a type"},
        {BASELINE("1", "run x", "false, \"faults\": 0, \"covered\": {}, \"findings\": []"), "base", 2,
         "'faults' is no number above 0", "an empty run proves nothing"},
        {BASELINE("1", "run x", "false, \"faults\": 1, \"covered\": {}, \"findings\": [{}]"), "base", 2,
         "'kind' is no text that fits", "a finding without a kind"},
        {BASELINE("1", "run x", FOUND("lek")), "base", 2,
         "'kind' is 'lek', which is no kind of finding (did you mean 'leak'?)", "it would pass for gone"},
        {BASELINE("1", "run x", FOUND("leak")), "base", 2, "base:1: 'run x' cannot be run", "one of a sweep"},
        {BASELINE("1", "run x", FOUND("double-unlock")), "base", 2, "base:1: ", "one of a comparison"},
        {BASELINE("1", "run x", FOUND("deadlock")), "base", 2, "base:1: ", "what a variant ended with"},
        {BASELINE("1", "run x", FOUND("differs")), "base", 2, "base:1: ", "what a cell of exit paths is"},
        {BASELINE("1", "run x",
                  "false, \"faults\": 1, \"covered\": {\"a\": [\"" LONG "\"]}, \"findings\": []"),
         "base", 2, "'a' has an errno that is no text that fits", "it would be cut, and not be met any more"},
        {BASELINE("1", "run x",
                  "false, \"faults\": 1, \"covered\": {\"" LONG LONG LONG "\": []}, \"findings\": []"),
         "base", 2, "is no point that fits", "nor would that be"},
        {BASELINE("1", "run nothing/guarded", RIGHT), "base", 2,
         "base:1: 'run nothing/guarded' cannot be run: there is no workload 'nothing'",
         "a command of another exeunt, or a misspelt one"},
        {BASELINE("1", "sweep --budgt 0s", RIGHT), "base", 2, "did you mean '--budget'", "an option, too"},
        {BASELINE("1", "run -- /sbin/ldconfig", RIGHT), "base", 3, "statically linked",
         "a command that cannot do its work"},
        {"run nothing/guarded # gone\n", "--record out --campaign base", 2,
         "base:1: 'run nothing/guarded' cannot be run: there is no workload 'nothing'",
         "in a campaign it is a wrong file"},
        {"run upload/guarded --faults none\nsweep -- ./nothing\n", "--record out --campaign base", 2,
         "base:2: 'sweep -- ./nothing' cannot be run: ", "before the first line makes nothing fail"},
        {"compare upload --json out.json\n", "--record out --campaign base", 2,
         "--json is not for a campaign", "its document is the gate's"},
        {"sweep upload --json out.json\n", "--record out --campaign base", 2, "--json is not for a campaign",
         "of a sweep as well"},
        {"report\n", "--record out --campaign base", 2, "base:1: 'report' is none of run, compare, sweep",
         "a command that runs nothing"},
        {"sweep -- ./caf\xe9\n", "--record out --campaign base", 2, "is not UTF-8", "Latin-1 is no JSON"},
        {"run upload/guarded --operations 20 --faults none\n", "--record out --campaign base", 3,
         "made nothing of 'upload/guarded' fail", "an empty run is no baseline"},
        {"sweep transaction/misordered --points transaction/validate\n", "--record out --campaign base", 4,
         "did not catch 'transaction/misordered'", "a dead control is no baseline"},
        {"", "none", 2, "baseline 'none': No such file or directory", "no file"},
        {"", "", 2, "say which baseline", "nothing"},
        {"", "--record out base", 2, "choose", "both"},
        {"", "--record out --update", 2, "--update is for judging", "update of what"},
        {"", "base --junit - --sarif -", 2, "standard output is for one of them", "both in one"},
        {"", "base -- ./program", 2, "holds its own commands", "a program besides"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *folder = swept_folder(), path[512];
        snprintf(path, sizeof path, "%s/work/base", folder);
        FILE *file = fopen(path, "we");
        cr_assert_not_null(file);
        fputs(rows[i].baseline, file);
        fclose(file);
        expect(folder, rows[i].arguments, rows[i].status, rows[i].says, rows[i].reason);
        scratch_remove(folder);
    }
}

Test(gate, a_control_that_is_not_caught_is_status_4)
{
    char *folder = swept_folder(), path[512];
    snprintf(path, sizeof path, "%s/work/base", folder);
    FILE *file = fopen(path, "we");
    cr_assert_not_null(file);
    fputs("{\"format\": \"exeunt-baseline\", \"version\": 1, \"parts\": [{\"command\": \"sweep "
          "transaction/misordered --points transaction/validate\", "
          "\"subjects\": [{\"subject\": \"transaction/misordered\", \"control\": true, \"faults\": 1, "
          "\"covered\": {}, \"findings\": []}]}]}",
          file);
    fclose(file);
    expect(folder, "base", 4, "CONTROL MISSED: 1 known leak was not caught.",
           "by one worker it leaks nothing");
    scratch_remove(folder);
}
