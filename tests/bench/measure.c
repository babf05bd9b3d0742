/* Runs what is measured in a child, by itself or under callgrind, whose one number is read. */
#include "measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "ledger/layout.h"

static void give_up(const char *what, const char *of)
{
    fprintf(stderr, "bench: %s '%s'\n", what, of);
    exit(3);
}

static void set(const char *name, const char *value)
{
    if (value != NULL)
        setenv(name, value, 1);
    else
        unsetenv(name);
}

_Noreturn static void execute(const struct measured *measured, const char *const *arguments)
{
    set("LD_PRELOAD", measured->preload);
    set(LEDGER_ENVIRONMENT, measured->ledger);
    set("FIU_ENABLE", measured->enable);
    if (freopen("/dev/null", "w", stdout) == NULL)
        _exit(126);
    execvp(arguments[0], (char *const *)arguments);
    _exit(127);
}

static void await(pid_t child, const char *of)
{
    int status;
    if (waitpid(child, &status, 0) != child || status != 0)
        give_up("this did not run to its end:", of);
}

/* The command behind valgrind's own arguments. */
static void wrap(const struct measured *measured, const char *log, const char **out)
{
    static const char *const tool[] = {"valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null"};
    size_t count = 0;
    for (size_t i = 0; i < sizeof tool / sizeof *tool; i++)
        out[count++] = tool[i];
    out[count++] = log;
    for (size_t i = 0; measured->arguments[i] != NULL; i++)
        out[count++] = measured->arguments[i];
    out[count] = NULL;
}

static uint64_t read_collected(FILE *log, const char *of)
{
    char line[512];
    unsigned long long collected;
    rewind(log);
    while (fgets(line, sizeof line, log) != NULL) {
        const char *found = strstr(line, "Collected : ");
        if (found != NULL && sscanf(found, "Collected : %llu", &collected) == 1)
            return collected;
    }
    give_up("callgrind told nothing of", of);
    return 0;
}

uint64_t measure_instructions(const struct measured *measured)
{
    FILE *log = tmpfile();
    if (log == NULL)
        give_up("no temporary file for the log of", measured->arguments[0]);
    char log_argument[64];
    snprintf(log_argument, sizeof log_argument, "--log-fd=%d", fileno(log));
    const char *arguments[MEASURE_ARGUMENTS_MAX + 8];
    wrap(measured, log_argument, arguments);
    fflush(NULL);
    pid_t child = fork();
    if (child == 0)
        execute(measured, arguments);
    await(child, measured->arguments[0]);
    uint64_t instructions = read_collected(log, measured->arguments[0]);
    fclose(log);
    return instructions;
}

uint64_t measure_ns(const struct measured *measured)
{
    fflush(NULL);
    uint64_t start = clock_now_ns();
    pid_t child = fork();
    if (child == 0)
        execute(measured, measured->arguments);
    await(child, measured->arguments[0]);
    return clock_now_ns() - start;
}
