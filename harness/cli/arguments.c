/* argp finds the options and lays out the help; what it would say about errors, and its exit statuses, are
 * replaced by one sentence and ours. */
#include "arguments.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

struct parse {
    const struct arguments *arguments;
    void *into;
    struct error *error;
    bool help_shown;
    bool told; /* error is set */
};

static const struct argp_option help_option[] = {
    {"help", 'h', NULL, 0, "Show this help", -1},
    {0},
};

/* --help first, then the command's own. */
static const char *option_name(const void *of, size_t index)
{
    return index == 0 ? help_option->name : ((const struct argp_option *)of)[index - 1].name;
}

/* What the first `length` bytes at `typed` can stand for among `options`: an exact name, or all names that
 * begin so. */
struct matches {
    size_t count;
    const struct argp_option *last;
    char names[160]; /* "--seed, --set" */
};

static void match(struct matches *matches, const struct argp_option *options, const char *typed,
                  size_t length)
{
    for (; options->name != NULL; options++) {
        if (strncmp(options->name, typed, length) != 0)
            continue;
        bool exact = options->name[length] == '\0';
        size_t end = exact ? 0 : strlen(matches->names);
        snprintf(matches->names + end, sizeof matches->names - end, "%s--%s", end > 0 ? ", " : "",
                 options->name);
        matches->last = options;
        matches->count = exact ? 1 : matches->count + 1;
        if (exact)
            return;
    }
}

static int unknown(const struct parse *parse, const char *typed)
{
    const char *name = typed + strspn(typed, "-");
    char bare[64];
    snprintf(bare, sizeof bare, "%.*s", (int)strcspn(name, "="), name);
    const char *nearest = text_nearest(bare, option_name, parse->arguments->options);
    if (nearest != NULL)
        return error_usage(parse->error, "unknown option '%.80s' (did you mean '--%s'?)", typed, nearest);
    return error_usage(parse->error, "unknown option '%.80s'", typed);
}

/* Says what is wrong with the option `typed`. Returns 0 if nothing is. */
static int complain(const struct parse *parse, const char *typed)
{
    if (strncmp(typed, "--", 2) != 0)
        return 0;
    const char *name = typed + 2;
    size_t length = strcspn(name, "=");
    struct matches matches = {.count = 0};
    match(&matches, help_option, name, length);
    match(&matches, parse->arguments->options, name, length);
    if (matches.count == 0)
        return unknown(parse, typed);
    if (matches.count > 1)
        return error_usage(parse->error, "option '%.80s' can mean %s: write more of it", typed,
                           matches.names);
    const struct argp_option *option = matches.last;
    if (option->arg == NULL && name[length] == '=')
        return error_usage(parse->error, "option '--%s' takes no value", option->name);
    if (option->arg != NULL && name[length] == '\0')
        return error_usage(parse->error, "option '--%s' needs a value: --%s %s", option->name, option->name,
                           option->arg);
    return 0;
}

/* argp has met an option it cannot read. A long one has been passed over by then; a short one has not if
 * more letters follow it. */
static void find_fault(const struct parse *parse, const struct argp_state *state)
{
    const char *passed = state->argv[state->next - 1];
    if (complain(parse, passed) != 0)
        return;
    unknown(parse, passed[0] == '-' && passed[1] != '-' ? passed : state->argv[state->next]);
}

static error_t parse_root(int key, char *value, struct argp_state *state)
{
    (void)value;
    struct parse *parse = state->input;
    switch (key) {
    case ARGP_KEY_INIT:
        state->child_inputs[0] = parse;
        return 0;
    case 'h':
        argp_help(state->root_argp, stdout, ARGP_HELP_STD_HELP, state->name);
        parse->help_shown = true;
        return ECANCELED;
    case ARGP_KEY_ERROR:
        if (!parse->told && !parse->help_shown)
            find_fault(parse, state);
        return 0;
    default:
        return ARGP_ERR_UNKNOWN;
    }
}

static error_t parse_own(int key, char *value, struct argp_state *state)
{
    struct parse *parse = state->input;
    if (key >= ARGP_KEY_END)
        return ARGP_ERR_UNKNOWN;
    int rc = parse->arguments->take(parse->into, key, value, parse->error);
    parse->told = rc < 0;
    return -rc;
}

int arguments_parse(const struct arguments *arguments, int argc, char **argv, void *into, struct error *error)
{
    const struct argp own = {.options = arguments->options, .parser = parse_own};
    const struct argp_child children[] = {{.argp = &own}, {0}};
    const struct argp root = {help_option, parse_root, arguments->operands, arguments->doc, children,
                              NULL,        NULL};
    struct parse parse = {.arguments = arguments, .into = into, .error = error};

    /* argp takes the name in its help from argv[0]. */
    char name[64], *first = argv[0];
    snprintf(name, sizeof name, "exeunt %s", arguments->command);
    argv[0] = name;
    error_t rc =
        argp_parse(&root, (unsigned)argc, argv, ARGP_NO_ERRS | ARGP_NO_EXIT | ARGP_NO_HELP, NULL, &parse);
    argv[0] = first;
    if (parse.help_shown)
        return ARGUMENTS_HELP_SHOWN;
    if (rc == ENOMEM)
        return error_not_done(error, -ENOMEM, "no memory to read the command line");
    return -rc;
}

int arguments_before_program(int argc, char **argv, char *const **program)
{
    for (int i = 1; i < argc; i++) {
        if (strcmp(argv[i], "--") != 0)
            continue;
        *program = argv + i + 1;
        return i + 1 < argc ? i : -1;
    }
    return argc;
}
