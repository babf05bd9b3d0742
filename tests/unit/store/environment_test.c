/* The environment is the one that other programs see. */
#include <criterion/criterion.h>
#include <string.h>

#include "command.h"
#include "fixture.h"
#include "store/commit.h"

static void expect_as(const char *value, const char *command)
{
    struct command_result said = command_run("%s", command);
    said.out[strcspn(said.out, "\n")] = '\0';
    cr_expect_str_eq(value, said.out, "%s", command);
    command_free(&said);
}

Test(environment, as_other_programs_see_it)
{
    struct store_environment now;
    store_environment_now("/", &now);
    expect_as(now.kernel, "uname -r");
    expect_as(now.host, "uname -n");
    expect_as(now.machine, "uname -m");
    expect_as(now.libc, "getconf GNU_LIBC_VERSION");
    expect_as(now.folder, "pwd -P");
    cr_expect_str_eq(now.exeunt, EXEUNT_VERSION);
    cr_expect_str_eq(now.target_commit, "");

    char commit[COMMIT_MAX];
    commit_of(__FILE__, commit);
    store_environment_now(__FILE__, &now);
    cr_expect_str_eq(now.target_commit, commit);
}
