/* Starts nights, reads what they say, and asks their results. All waiting has an end. */
#include "drill.h"

#include <criterion/criterion.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "scratch.h"
#include "swept.h"

enum { PATIENCE_MS = 60000, STEP_MS = 5 };

unsigned drill_repetitions(void)
{
    const char *set = getenv("EXEUNT_DRILLS");
    return set != NULL ? (unsigned)atoi(set) : 3;
}

void drill_make(struct drill *drill, const char *campaign)
{
    char path[512];
    *drill = (struct drill){.folder = scratch_make(), .out = -1};
    struct command_result made =
        command_run("cd %s && mkdir temps input && echo one >input/one", drill->folder);
    cr_assert_eq(made.status, 0, "%s", made.err);
    command_free(&made);
    snprintf(path, sizeof path, "%s/campaign", drill->folder);
    FILE *file = fopen(path, "w");
    cr_assert_not_null(file);
    fputs(campaign, file);
    fclose(file);
}

void drill_start(struct drill *drill, const char *before, const char *options)
{
    char command[2048];
    int ends[2];
    snprintf(command, sizeof command,
             "cd %s && TMPDIR=%s/temps FOLDER=%s TARGET=%s exec %s %s stress campaign --results %s/nights %s",
             drill->folder, drill->folder, drill->folder, TARGET, before, EXEUNT, drill->folder, options);
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    fflush(NULL);
    drill->pid = fork();
    cr_assert_geq(drill->pid, 0);
    if (drill->pid == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL); /* a test that fails leaves nothing running */
        dup2(ends[1], STDOUT_FILENO);
        dup2(ends[1], STDERR_FILENO);
        execl("/bin/sh", "sh", "-c", command, (char *)NULL);
        _exit(127);
    }
    close(ends[1]);
    drill->out = ends[0];
    drill->length = 0;
    drill->said[0] = '\0';
}

/* False: it is at its end. */
static bool read_some(struct drill *drill)
{
    struct pollfd polled = {.fd = drill->out, .events = POLLIN};
    cr_assert_eq(poll(&polled, 1, PATIENCE_MS), 1, "nothing comes after: %s", drill->said);
    ssize_t length = read(drill->out, drill->said + drill->length, sizeof drill->said - 1 - drill->length);
    if (length <= 0)
        return false;
    drill->length += (size_t)length;
    drill->said[drill->length] = '\0';
    return true;
}

unsigned drill_said(const struct drill *drill, const char *beginning)
{
    unsigned count = 0;
    for (const char *line = drill->said; *line != '\0'; count++) {
        const char *end = strchr(line, '\n');
        if (strncmp(line, beginning, strlen(beginning)) != 0)
            count--;
        if (end == NULL)
            break;
        line = end + 1;
    }
    return count;
}

bool drill_read_lines(struct drill *drill, unsigned count)
{
    while (drill_said(drill, "") < count)
        if (!read_some(drill))
            return false;
    return true;
}

bool drill_read_until(struct drill *drill, const char *what)
{
    while (strstr(drill->said, what) == NULL)
        if (!read_some(drill))
            return false;
    return true;
}

int drill_end(struct drill *drill)
{
    int status;
    while (read_some(drill))
        ;
    close(drill->out);
    drill->out = -1;
    cr_assert_eq(waitpid(drill->pid, &status, 0), drill->pid);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

void drill_remove(struct drill *drill)
{
    drill_expect_no_process(drill);
    char *left = swept_leftovers(drill->folder);
    cr_expect_str_empty(left, "left behind: %s", left);
    free(left);
    scratch_remove(drill->folder);
}

static pid_t line_of(const struct drill *drill)
{
    char path[64], text[32];
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", drill->pid, drill->pid);
    FILE *file = fopen(path, "re");
    size_t length = file != NULL ? fread(text, 1, sizeof text - 1, file) : 0;
    text[length] = '\0';
    if (file != NULL)
        fclose(file);
    return (pid_t)strtol(text, NULL, 10);
}

pid_t drill_await_line(const struct drill *drill)
{
    pid_t line = line_of(drill);
    for (int waited = 0; line == 0 && waited < PATIENCE_MS; waited += STEP_MS) {
        poll(NULL, 0, STEP_MS);
        line = line_of(drill);
    }
    cr_assert_neq(line, 0, "no line runs: %s", drill->said);
    return line;
}

int64_t drill_number(const struct drill *drill, const char *sql)
{
    char path[512];
    sqlite3 *db;
    sqlite3_stmt *statement;
    snprintf(path, sizeof path, "%s/nights/exeunt.db", drill->folder);
    cr_assert_eq(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    sqlite3_busy_timeout(db, PATIENCE_MS);
    cr_assert_eq(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK, "%s: %s", sql,
                 sqlite3_errmsg(db));
    cr_assert_eq(sqlite3_step(statement), SQLITE_ROW, "%s: %s", sql, sqlite3_errmsg(db));
    int64_t number = sqlite3_column_int64(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(db);
    return number;
}

void drill_expect_no_process(const struct drill *drill)
{
    int pid;
    char *left = swept_processes(drill->folder);
    for (int waited = 0; left[0] != '\0' && waited < PATIENCE_MS; waited += STEP_MS) {
        poll(NULL, 0, STEP_MS);
        free(left);
        left = swept_processes(drill->folder);
    }
    cr_expect_str_empty(left, "still there: %s", left);
    for (const char *line = left; sscanf(line, "process %d", &pid) == 1; line = strchr(line, '\n') + 1)
        kill(pid, SIGKILL);
    free(left);
}
