/* The program: finds the command, and turns what comes back into one sentence and an exit status. */
#include <errno.h>
#include <fcntl.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"
#include "command.h"
#include "utf8.h"

static const struct command commands[] = {
    {"list", command_list, "show workloads, points and reports"},
    {"run", command_run, "run one variant of a workload, or a program of yours, under faults"},
    {"compare", command_compare, "run all variants of a workload under the same faults, side by side"},
    {"sweep", command_sweep, "fail every reachable fault point of a program once, each in a run of its own"},
    {"gate", command_gate, "fail on what has become worse since a baseline was recorded"},
    {"stress", command_stress, "run a campaign of these for hours, round after round: nights"},
    {"report", command_report,
     "show again what an earlier run gave: as text, as JSON, or as a page with charts"},
    {"replay", command_replay, "make a finding of a sweep again, and show its stacks"},
};
enum { COMMAND_COUNT = sizeof commands / sizeof *commands };

static const char *command_name(const void *of, size_t index)
{
    (void)of;
    return index < COMMAND_COUNT ? commands[index].name : NULL;
}

static void show_commands(FILE *out)
{
    fputs("Usage: exeunt COMMAND [OPTION...]\n"
          "Fails a piece of code wherever the outside world can fail, and shows what it leaves behind.\n\n",
          out);
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        fprintf(out, "  %-10s %s\n", commands[i].name, commands[i].summary);
    fputs("\n'exeunt COMMAND --help' names the options of a command, 'exeunt --version' the version.\n\n"
          "Exit status: 0 what was expected holds, 1 a cleanup guarantee is broken, 2 the command line or a\n"
          "file is wrong, 3 exeunt could not do its work, or the run proves nothing, 4 a variant known to\n"
          "leak was not caught.\n",
          out);
}

static int dispatch(int argc, char **argv, struct error *error)
{
    static const char *const own_options[] = {"--help", "--version", NULL};
    char hint[96];
    if (argc < 2) {
        show_commands(stderr);
        return EXIT_USAGE;
    }
    const char *name = argv[1];
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) {
        show_commands(stdout);
        return 0;
    }
    if (strcmp(name, "--version") == 0) {
        puts("exeunt " EXEUNT_VERSION);
        return 0;
    }
    if (name[0] == '-')
        return error_usage(error, "unknown option '%.80s'%s; options of a command follow its name", name,
                           text_hint(hint, sizeof hint, name, text_of_array, own_options));
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        if (strcmp(name, commands[i].name) == 0)
            return commands[i].run(argc - 1, argv + 1, error);
    return error_usage(error, "unknown command '%.80s'%s", name,
                       text_hint(hint, sizeof hint, name, command_name, NULL));
}

/* Where to read on, for those who got the command line wrong. */
static void show_way(const char *typed)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(typed, commands[i].name) == 0) {
            fprintf(stderr, "Try 'exeunt %s --help'.\n", commands[i].name);
            return;
        }
    }
    fputs("Try 'exeunt --help'.\n", stderr);
}

/* A standard stream that the caller closed would be the first file that is opened, and get our output.
 * Opened the wrong way round, so that using it is an error as before. */
static void occupy_standard_streams(void)
{
    while (fcntl(STDIN_FILENO, F_GETFD) < 0 && open("/dev/null", O_WRONLY) == STDIN_FILENO)
        ;
    for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++)
        if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDONLY) < 0)
            return;
}

static void show_error(const struct error *error)
{
    fputs("exeunt: ", stderr);
    utf8_show(error->text, SIZE_MAX, utf8_locale(), stderr);
    putc('\n', stderr);
}

int main(int argc, char **argv)
{
    struct error error = {.text = ""};
    setlocale(LC_CTYPE, ""); /* only that: numbers are read and written the same everywhere */
    occupy_standard_streams();

    int status = dispatch(argc, argv, &error);
    errno = 0;
    if (fflush(stdout) != 0 || ferror(stdout)) {
        if (status < 0) /* it may say that something was shown */
            show_error(&error);
        status = error_not_done(&error, -EIO, "cannot write to standard output: %s",
                                strerror(errno != 0 ? errno : EIO));
    }
    if (status >= 0)
        return status;
    show_error(&error);
    if (error.exit_status == EXIT_USAGE)
        show_way(argc > 1 ? argv[1] : "");
    return (int)error.exit_status;
}
