/* Measures which exit path runs which kind of cleanup, each cell in a child process, and compares with the
 * table in the comment of scope.h, whose path is the argument: the one copy there is. */
#include "exit_paths.h"

#include <exeunt/scope.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { COLUMNS_MAX = 8, DONE = 7 };

static const char *const path_names[PATHS] = {
    [BY_RETURN] = "return",
    [BY_GOTO] = "goto",
    [BY_BREAK] = "break",
    [BY_CONTINUE] = "continue",
    [BY_THROW] = "throw",
    [BY_CANCEL] = "deferred cancel",
    [BY_PTHREAD_EXIT] = "pthread_exit",
    [BY_LONGJMP] = "longjmp",
    [BY_EXIT] = "exit",
    [BY_SIGKILL] = "SIGKILL",
};

static int witness; /* of the child: a byte is written when the cleanup runs */
static jmp_buf outside;

struct task {
    scene *scene;
    enum path path;
};

void cleanup_ran(void)
{
    if (write(witness, "C", 1) != 1)
        _exit(1);
}

void leave_by(enum path path)
{
    switch (path) {
    case BY_THROW:
        exeunt_throw(-EIO, "thrown");
    case BY_CANCEL:
        pthread_cancel(pthread_self());
        pthread_testcancel();
        break;
    case BY_PTHREAD_EXIT:
        pthread_exit(NULL);
    case BY_LONGJMP:
        longjmp(outside, 1);
    case BY_EXIT:
        exit(DONE);
    case BY_SIGKILL:
        kill(getpid(), SIGKILL);
        break;
    default:
        break;
    }
    abort();
}

static int run_block(void *arg)
{
    struct task *task = arg;
    task->scene(task->path);
    return 0;
}

static void *run_thread(void *arg)
{
    run_block(arg);
    return NULL;
}

static _Noreturn void run_child(struct task *task)
{
    pthread_t thread;
    switch (task->path) {
    case BY_THROW:
        if (exeunt_try(run_block, task, NULL) != -EIO)
            _exit(1);
        break;
    case BY_CANCEL:
    case BY_PTHREAD_EXIT:
        if (pthread_create(&thread, NULL, run_thread, task) != 0 || pthread_join(thread, NULL) != 0)
            _exit(1);
        break;
    case BY_LONGJMP:
        if (setjmp(outside) == 0)
            run_block(task);
        break;
    default:
        run_block(task);
    }
    _exit(DONE);
}

/* "runs" or "no"; "broken" if the child did not end as the path has it. */
static const char *measure(struct task task)
{
    int ends[2], status = 0;
    if (pipe(ends) < 0)
        return "broken";
    pid_t child = fork();
    if (child == 0) {
        witness = ends[1];
        run_child(&task);
    }
    close(ends[1]);
    char bytes[4];
    ssize_t ran = read(ends[0], bytes, sizeof bytes);
    close(ends[0]);
    if (child < 0 || waitpid(child, &status, 0) != child || ran < 0 || ran > 1)
        return "broken";
    bool ended = task.path == BY_SIGKILL ? WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL
                                         : WIFEXITED(status) && WEXITSTATUS(status) == DONE;
    if (!ended)
        return "broken";
    return ran == 1 ? "runs" : "no";
}

/* The documented table: the lines ` * | cell | cell | ...` of a header. */
struct table {
    char headings[COLUMNS_MAX][32];
    char cells[PATHS][COLUMNS_MAX][32];
    int rows, columns;
};

/* Splits a line at its bars into trimmed cells. Returns their number, 0 if it is no line of the table. */
static int split(const char *line, char cells[COLUMNS_MAX][32])
{
    if (strncmp(line, " * |", 4) != 0 || line[4] == '-')
        return 0;
    int count = 0;
    for (const char *bar = line + 3; bar && bar[1] != '\n' && bar[1] && count < COLUMNS_MAX;
         bar = strchr(bar + 1, '|')) {
        if (sscanf(bar + 1, " %31[^|\n]", cells[count]) != 1)
            break;
        for (size_t end = strlen(cells[count]); end > 0 && cells[count][end - 1] == ' '; end--)
            cells[count][end - 1] = '\0';
        count++;
    }
    return count;
}

/* Reads into `table`, which is zeroed. */
static int table_read(const char *path, struct table *table)
{
    EXEUNT_GUARD(file, header, fopen(path, "re"));
    if (!header)
        return -errno;
    char line[256];
    while (fgets(line, sizeof line, header)) {
        if (table->columns == 0)
            table->columns = split(line, table->headings);
        else if (table->rows < PATHS && split(line, table->cells[table->rows]) == table->columns)
            table->rows++;
    }
    return table->rows == PATHS ? 0 : -EINVAL;
}

static const char *documented(const struct table *table, const char *path, const char *column)
{
    for (int row = 0; row < table->rows; row++)
        for (int i = 1; i < table->columns; i++)
            if (strcmp(table->cells[row][0], path) == 0 && strcmp(table->headings[i], column) == 0)
                return table->cells[row][i];
    return "not in the table";
}

static int compare_columns(const struct table *table, const struct column *column)
{
    int wrong = 0;
    for (; column->name; column++) {
        for (enum path path = BY_RETURN; path < PATHS; path++) {
            const char *measured = measure((struct task){column->scene, path});
            const char *expected = documented(table, path_names[path], column->name);
            bool agree = strcmp(measured, expected) == 0;
            printf("%-15s | %-11s | %-6s%s%s\n", path_names[path], column->name, measured,
                   agree ? "" : "   documented: ", agree ? "" : expected);
            fflush(stdout);
            wrong += !agree;
        }
    }
    return wrong;
}

int main(int argc, char **argv)
{
    struct table table = {0};
    if (argc != 2 || table_read(argv[1], &table) < 0) {
        fprintf(stderr, "usage: exit_table SCOPE_H, with a table of %d rows\n", PATHS);
        return 2;
    }
    int wrong = compare_columns(&table, columns) + compare_columns(&table, columns_plain);
    printf("%d cells differ from the table\n", wrong);
    return wrong ? 1 : 0;
}
