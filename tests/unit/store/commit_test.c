/* The commit of a work tree, against git's own word. */
#include "store/commit.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "scratch.h"

Test(commit, is_what_git_says)
{
    static const struct {
        const char *prepare; /* in an empty folder, with a repository's identity set */
        const char *path;    /* whose commit is asked for; git is asked in the folder it lies in */
        bool known;
        const char *reason;
    } rows[] = {
        {"git init -q . && git commit -q --allow-empty -m a", "/.", true, "the folder itself"},
        {"git init -q . && git commit -q --allow-empty -m a && mkdir -p b/c && touch b/c/prog", "/b/c/prog",
         true, "a file deep below"},
        {"git init -q . && git commit -q --allow-empty -m a && git pack-refs --all", "/.", true,
         "a branch that is packed"},
        {"git init -q . && git commit -q --allow-empty -m a && git checkout -q --detach", "/.", true,
         "no branch"},
        {"git init -q a && cd a && git commit -q --allow-empty -m a && git worktree add -q ../b", "/b/.",
         true, "a further work tree"},
        {"git init -q . && mkdir -p sub && git -C sub init -q --object-format=sha256 . && "
         "git -C sub commit -q --allow-empty -m a",
         "/sub/.", true, "the innermost repository, by SHA-256"},
        {"git init -q .", "/.", false, "no commit yet"},
        {"true", "/.", false, "no repository"},
        {"mkdir .git && printf 'ref: ../secret\\n' >.git/HEAD && printf 'no commit\\n' >secret", "/.", false,
         "what HEAD names is no commit"},
        {"mkdir .git && echo abc123 >.git/HEAD", "/.", false, "a number that is cut off"},
        {"printf 'gitdir: /nowhere\\n' >.git", "/.", false, "the repository is gone"},
        {"true", "/gone", false, "no such file"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *folder = scratch_make();
        struct command_result prepared =
            command_run("cd '%s' && export GIT_AUTHOR_NAME=a GIT_AUTHOR_EMAIL=a GIT_COMMITTER_NAME=a "
                        "GIT_COMMITTER_EMAIL=a GIT_CONFIG_GLOBAL=/dev/null && %s",
                        folder, rows[i].prepare);
        cr_assert_eq(prepared.status, 0, "%s: %s", rows[i].reason, prepared.err);
        command_free(&prepared);
        char path[512], commit[COMMIT_MAX] = "unset", expected[COMMIT_MAX + 1] = "";
        snprintf(path, sizeof path, "%s%s", folder, rows[i].path);
        if (rows[i].known) {
            struct command_result said = command_run("git -C \"$(dirname '%s')\" rev-parse HEAD", path);
            snprintf(expected, sizeof expected, "%.*s", (int)strcspn(said.out, "\n"), said.out);
            command_free(&said);
        }
        commit_of(path, commit);
        cr_expect_str_eq(commit, expected, "%s", rows[i].reason);
        cr_expect(rows[i].known == (commit[0] != '\0'), "%s", rows[i].reason);
        scratch_remove(folder);
    }
}
