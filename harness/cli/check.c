/* Decides how a line is checked: by its command's own options and preparations, up to where it would begin.
 */
#include "check.h"

#include <errno.h>
#include <string.h>

#include "arguments.h"
#include "campaign/executable.h"
#include "execute.h"
#include "exeunt/scope.h"
#include "suppressing.h"
#include "sweep_options.h"

/* Each round, and each gate, would write it anew. */
static int refuse_json(const char *json, struct error *error)
{
    if (json == NULL)
        return 0;
    return error_usage(error,
                       "--json is not for a campaign: 'exeunt report --json FILE' gives what stress keeps, "
                       "'exeunt gate --junit FILE' or --sarif what a gate finds");
}

/* Whoever comes here has found nothing wrong. */
static int stop(void *context, struct error *error)
{
    (void)error;
    bool *fits = context;
    *fits = true;
    return -ECANCELED;
}

static int check_executed(const struct execution *execution, int argc, char **argv, struct error *error)
{
    struct options options;
    struct result result;
    struct suite suite;
    bool fits = false;
    int rc = options_parse(&execution->form, argc, argv, &options, error);
    if (rc == 0)
        rc = refuse_json(options.json, error);
    if (rc != 0)
        return rc;
    options.campaign.begin = stop;
    options.campaign.keeping_context = &fits;
    rc = options.all ? execution->all(&options.campaign, &suite, error)
                     : execution->one(&options.campaign, &result, error);
    return fits ? 0 : rc;
}

static int check_swept(int argc, char **argv, struct error *error)
{
    struct sweep_command command;
    struct suppressions suppressions = {0};
    struct executable executable;
    int rc = sweep_options_parse(argc, argv, &command, error);
    if (rc == 0)
        rc = refuse_json(command.json, error);
    if (rc == 0)
        rc = suppressing_read(command.suppress, &suppressions, error);
    suppressions_clear(&suppressions);
    if (rc == 0 && command.target == NULL)
        rc = executable_find(command.sweep.program[0], &executable, error);
    return rc;
}

static int check_words(int argc, char **argv, struct error *error)
{
    int rc = strcmp(argv[0], "run") == 0       ? check_executed(&execution_run, argc, argv, error)
             : strcmp(argv[0], "compare") == 0 ? check_executed(&execution_compare, argc, argv, error)
                                               : check_swept(argc, argv, error);
    return rc == ARGUMENTS_HELP_SHOWN ? error_usage(error, "it asks for help, and runs nothing") : rc;
}

/* In a copy, since reading the options puts them in front of the operand. */
static int check_line(const struct script_line *line, struct error *error)
{
    char *const none[] = {NULL};
    EXEUNT_GUARD(memory, all, script_command(line->words, none, none));
    if (all == NULL)
        return error_not_done(error, -ENOMEM, "no memory to check a campaign");
    char **words = (char **)all + 1; /* behind "exeunt" */
    int count = 1;                   /* its command */
    while (words[count] != NULL)
        count++;
    return check_words(count, words, error);
}

int check_script(const char *file, const struct script *script, struct error *error)
{
    for (size_t i = 0; i < script->count; i++) {
        const struct script_line *line = &script->lines[i];
        struct error why;
        if (check_line(line, &why) == 0 || why.exit_status != EXIT_USAGE)
            continue;
        return error_usage(error, "%s:%u: '%.200s' cannot be run: %.4000s", file, line->number, line->text,
                           why.text);
    }
    return 0;
}
