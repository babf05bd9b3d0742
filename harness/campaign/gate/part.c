/* Decides with which words a part is run, and where its document goes. */
#include "campaign/gate/part.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "campaign/script.h"
#include "exeunt/scope.h"

static const uint64_t look_ns = 250000000;

/* The words may choose where results are kept, but not where the document goes. */
static int start(char *const *words, char *document, struct process *out, struct error *error)
{
    char *const before[] = {"--results=none", NULL};
    char *const after[] = {"--quiet", "--json", document, NULL};
    EXEUNT_GUARD(memory, command, script_command(words, before, after));
    if (command == NULL)
        return error_not_done(error, -ENOMEM, "no memory for a command");
    return process_start(command, NULL, SIGTERM, out, error);
}

/* It ends in order when it is asked to, so it is waited for however long that takes. */
static void await(struct process *process, const volatile int *interrupted, struct process_end *end)
{
    bool asked = false;
    while (!process_await(process, look_ns, end))
        if (!asked && interrupted != NULL && *interrupted != 0) {
            process_signal(process, SIGTERM);
            asked = true;
        }
}

int part_run(char *const *words, const char *folder, const volatile int *interrupted, struct part *out,
             struct error *error)
{
    struct process process;
    struct part part;
    snprintf(part.document, sizeof part.document, "%s/document", folder);
    unlink(part.document);
    int failed = start(words, part.document, &process, error);
    if (failed != 0)
        return failed;
    await(&process, interrupted, &part.end);
    *out = part;
    return 0;
}
