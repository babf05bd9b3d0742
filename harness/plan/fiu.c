/* Reads the commands of libfiu's fiu-run and fiu-ctrl as rules of a plan. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "plan/plan.h"

enum { WORD_MAX = 128 };
#define FIU_MARK "fiu:"

/* A command while it is read. Words are "" where they are not given. */
struct fiu_command {
    bool random, once;
    char name[WORD_MAX], probability[WORD_MAX];
    int failnum, failinfo;
};

/* The name of an errno stands for its number. */
static int read_number(const char *key, const char *value, int *out, struct error *error)
{
    char *end;
    errno = 0;
    long number = strtol(value, &end, 0);
    bool is_number = end != value && *end == '\0' && errno == 0 && number >= INT32_MIN && number <= INT32_MAX;
    *out = is_number ? (int)number : plan_errno_value(value);
    if (is_number || *out != 0)
        return 0;
    return error_usage(error, "plan: fiu: %s '%s' is neither a number nor an errno", key, value);
}

static int read_parameter(struct fiu_command *command, char *parameter, struct error *error)
{
    char *value = strchr(parameter, '=');
    if (strcmp(parameter, "onetime") == 0) {
        command->once = true;
        return 0;
    }
    if (value == NULL)
        return error_usage(error, "plan: fiu: '%s' is no parameter; write name=POINT", parameter);
    *value++ = '\0';
    if (strcmp(parameter, "name") == 0)
        snprintf(command->name, sizeof command->name, "%s", value);
    else if (strcmp(parameter, "probability") == 0)
        snprintf(command->probability, sizeof command->probability, "%s", value);
    else if (strcmp(parameter, "failnum") == 0)
        return read_number(parameter, value, &command->failnum, error);
    else if (strcmp(parameter, "failinfo") == 0)
        return read_number(parameter, value, &command->failinfo, error);
    else
        return error_usage(error,
                           "plan: fiu: '%s' is not known; there are name, probability, failnum, failinfo, "
                           "onetime",
                           parameter);
    return 0;
}

/* Reads "enable_random name=posix/io/STAR,probability=0.1". */
static int read_command(char *text, struct fiu_command *out, struct error *error)
{
    char *rest = NULL;
    const char *verb = strtok_r(text, " ", &rest);
    if (verb == NULL || (strcmp(verb, "enable") != 0 && strcmp(verb, "enable_random") != 0))
        return error_usage(error,
                           "plan: fiu: '%s' is no command that a plan can hold; there are 'enable' and "
                           "'enable_random'",
                           verb != NULL ? verb : "");
    bool is_random = strcmp(verb, "enable_random") == 0;
    *out = (struct fiu_command){.random = is_random, .failnum = 1};
    for (char *parameter; (parameter = strtok_r(NULL, " ,", &rest)) != NULL;) {
        int failed = read_parameter(out, parameter, error);
        if (failed != 0)
            return failed;
    }
    if (out->name[0] == '\0')
        return error_usage(error, "plan: fiu: '%s' names no point; write name=POINT", verb);
    bool has_probability = strlen(out->probability) > 0;
    if (is_random != has_probability)
        return error_usage(error, "plan: fiu: '%s' %s a probability", verb, is_random ? "needs" : "has not");
    return 0;
}

/* The rule in the plan's own grammar. */
static void write_rule(const struct fiu_command *command, FILE *out)
{
    fprintf(out, "%s:fiu=%d/%d", command->name, command->failnum, command->failinfo);
    if (command->random)
        fprintf(out, "@p=%s", command->probability);
    else if (command->once)
        fputs("@1", out);
}

static int translate_rule(const char *rule, size_t length, FILE *out, struct error *error)
{
    char text[512];
    struct fiu_command command = {.random = false};
    size_t blanks = strspn(rule, " ");
    if (strncmp(rule + blanks, FIU_MARK, strlen(FIU_MARK)) != 0) {
        fprintf(out, "%.*s", (int)length, rule);
        return 0;
    }
    size_t skipped = blanks + strlen(FIU_MARK);
    if (length - skipped >= sizeof text)
        return error_usage(error, "plan: fiu: '%.64s...' is too long", rule);
    snprintf(text, sizeof text, "%.*s", (int)(length - skipped), rule + skipped);
    int failed = read_command(text, &command, error);
    if (failed == 0)
        write_rule(&command, out);
    return failed;
}

int plan_from_fiu(const char *text, char **out, struct error *error)
{
    size_t size = 0;
    char *translated = NULL;
    FILE *stream = open_memstream(&translated, &size);
    if (stream == NULL)
        return error_not_done(error, -ENOMEM, "out of memory");
    int failed = 0;
    for (const char *rule = text; failed == 0;) {
        size_t length = strcspn(rule, ";");
        failed = translate_rule(rule, length, stream, error);
        if (rule[length] == '\0')
            break;
        putc(';', stream);
        rule += length + 1;
    }
    if (fclose(stream) != 0 && failed == 0)
        failed = error_not_done(error, -ENOMEM, "out of memory");
    if (failed != 0) {
        free(translated);
        return failed;
    }
    *out = translated;
    return 0;
}
