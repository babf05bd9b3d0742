/* Runs a program under the preload with a ledger but no plan, as a bare run of it: same status, same output.
 * Usage: idle [--heap] PRELOAD PROGRAM [ARGUMENT...]: with its heap watched. Exit status as the program's,
 * 125 if it did not attach. */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "ledger/reader.h"

enum { SLOTS = 1024, STATUS_NOT_ATTACHED = 125 };

int main(int argc, char **argv)
{
    struct plan plan = {0};
    struct plan_points points = {0};
    struct ledger_view ledger;
    struct error error = {.text = "no program is named"};
    bool heap = argc > 1 && strcmp(argv[1], "--heap") == 0;
    argc -= heap;
    argv += heap;
    if (argc < 3 || ledger_create(SLOTS, &plan, &points, &ledger, &error) != 0) {
        fprintf(stderr, "idle: %s\n", error.text);
        return STATUS_NOT_ATTACHED;
    }
    ledger.ledger->watch_heap = heap;
    char path[64];
    ledger_path(&ledger, path, sizeof path);
    pid_t child = fork();
    if (child == 0) {
        setenv("LD_PRELOAD", argv[1], 1);
        setenv(LEDGER_ENVIRONMENT, path, 1);
        execvp(argv[2], argv + 2);
        _exit(127);
    }
    int status;
    if (child < 0 || waitpid(child, &status, 0) != child)
        return STATUS_NOT_ATTACHED;
    bool attached = ledger.ledger->attached != 0;
    ledger_close(&ledger);
    if (!attached)
        return STATUS_NOT_ATTACHED;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
