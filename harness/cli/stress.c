/* `exeunt stress`: nights. Told line by line, so that a log of it can be read while it goes on. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "arguments.h"
#include "base/text.h"
#include "campaign/stress/place.h"
#include "check.h"
#include "command.h"
#include "ink.h"
#include "signals.h"
#include "stress_options.h"
#include "utf8.h"

enum { LINES_SHOWN = 3 };

static void show(const char *text)
{
    utf8_show(text, SIZE_MAX, utf8_locale(), stdout);
}

static void begun(void *context, const struct store_night *night, bool resumed, const char *why_not)
{
    const struct stress_command *command = context;
    char time[INK_NUMBER_MAX];
    if (command->quiet)
        return;
    if (why_not[0] != '\0')
        puts(why_not);
    printf("night %" PRIu64 " %s · seed %" PRIu64 " · %s%s · results in ", night->id,
           resumed ? "goes on" : "begins", night->seed, ink_duration(time, night->for_ms - night->spent_ms),
           resumed ? " left" : "");
    show(command->stress.folder);
    putchar('\n');
    if (command->control_added) {
        fputs("the campaign begins with no comparison, so a positive control comes first: ", stdout);
        printf("%.*s\n", (int)strcspn(night->campaign, "\n"), night->campaign);
    }
    fflush(stdout);
}

static void news(void *context, const struct store_news *news)
{
    const struct stress_command *command = context;
    if (command->quiet)
        return;
    fputs("  found: ", stdout);
    show(news->subject);
    printf(": %s%s", news->kind, news->resource[0] != '\0' ? " of " : "");
    show(news->resource);
    if (news->place[0] != '\0') {
        fputs(" at ", stdout);
        show(news->place);
    }
    if (news->point[0] != '\0') {
        fputs(", when ", stdout);
        show(news->point);
        fputs(" failed", stdout);
    }
    putchar('\n');
    fflush(stdout);
}

/* What an exit status says of a line, and of a night, which has none of a command line that is wrong. */
static const struct {
    const char *line, *verdict, *night;
} sentences[] = {
    [EXIT_AS_EXPECTED] = {"holds", "PASS", "what was expected holds"},
    [EXIT_GUARANTEE_BROKEN] = {"a guarantee is broken", "FAIL", "a guarantee is broken"},
    [EXIT_USAGE] = {"cannot be run", "", ""},
    [EXIT_NOT_DONE] = {"nothing is proven", "INCONCLUSIVE", "not all is proven"},
    [EXIT_CONTROL_MISSED] = {"a known leak was not caught", "FAIL", "a known leak was not caught"},
};

static void ended(void *context, const struct stress_line *line)
{
    const struct stress_command *command = context;
    char time[INK_NUMBER_MAX];
    if (command->quiet)
        return;
    printf("round %" PRIu64 ": ", line->round);
    show(line->text);
    bool was_cut = line->cut && line->status == EXIT_NOT_DONE;
    printf(": %s, %s", was_cut ? "cut short" : sentences[line->status].line,
           ink_duration(time, line->duration_ms));
    if (line->status == EXIT_NOT_DONE && !line->cut && line->last_words[0] != '\0') {
        fputs(": ", stdout);
        show(line->last_words);
    }
    putchar('\n');
    fflush(stdout);
}

/* The line of a campaign with that number, from 1. */
static void show_line(const char *campaign, uint64_t number)
{
    while (number > 1 && strchr(campaign, '\n') != NULL) {
        campaign = strchr(campaign, '\n') + 1;
        number--;
    }
    utf8_show(campaign, strcspn(campaign, "\n"), utf8_locale(), stdout);
}

/* What a night comes to, and what it leaves open. */
static void show_sentence(const struct store_night *night)
{
    uint64_t lines = stress_lines(night), unended = stress_unended(night);
    fputs(sentences[stress_status(night)].night, stdout);
    if (!night->complete || unended == 0)
        return;
    printf("; %" PRIu64 " of %" PRIu64 " line%s never came to %s end: ", unended, lines, text_plural(lines),
           unended == 1 ? "its" : "their");
    for (uint64_t i = 0; i < unended && i < LINES_SHOWN; i++) {
        fputs(i > 0 ? ", " : "", stdout);
        show_line(night->campaign, lines - unended + i + 1);
    }
    if (unended > LINES_SHOWN)
        printf(" and %" PRIu64 " more", unended - LINES_SHOWN);
}

/* The last line, also in a log. */
static void summarize(const struct store_night *night)
{
    char spent[INK_NUMBER_MAX], wanted[INK_NUMBER_MAX];
    printf("%s: ", sentences[stress_status(night)].verdict);
    show_sentence(night);
    printf("; night %" PRIu64 ": %" PRIu64 " line%s in %s", night->id, night->done, text_plural(night->done),
           ink_duration(spent, night->spent_ms));
    if (!night->complete)
        printf(" of %s ('--resume' goes on)", ink_duration(wanted, night->for_ms));
    printf(", %" PRIu64 " finding%s\n", night->findings, text_plural(night->findings));
}

static int run(struct stress_command *command, struct error *error)
{
    struct store_night night;
    command->stress.begun = begun;
    command->stress.news = news;
    command->stress.ended = ended;
    command->stress.context = command;
    command->stress.interrupted = signals_catch();
    int rc = check_script(command->stress.file, &command->script, error);
    if (rc == 0)
        rc = campaign_stress(&command->stress, &night, error);
    signals_release();
    if (rc != 0)
        return rc;
    if (!command->quiet)
        summarize(&night);
    rc = (int)stress_status(&night);
    store_night_clear(&night);
    return rc;
}

static void show_night(const struct store_night *night, pid_t owner)
{
    char left[INK_NUMBER_MAX];
    uint64_t left_ms = night->spent_ms < night->for_ms ? night->for_ms - night->spent_ms : 0;
    printf("night %" PRIu64 ", round %" PRIu64 ", line %" PRIu64 " (", night->id, night->round, night->line);
    show_line(night->campaign, night->line);
    printf("), %" PRIu64 " finding%s, %s left: ", night->findings, text_plural(night->findings),
           ink_duration(left, left_ms));
    if (owner != 0)
        printf("goes on, process %d\n", (int)owner);
    else if (!night->complete)
        puts("cut short, '--resume' goes on");
    else {
        fputs("ended, ", stdout);
        show_sentence(night);
        putchar('\n');
    }
}

static int show_status(const char *folder, struct error *error)
{
    char results[PATH_MAX];
    struct store *store;
    struct store_night night;
    pid_t owner;
    int rc = place_owner(folder, &owner, error);
    if (rc == 0)
        rc = place_results(folder, results, error);
    if (rc == 0)
        rc = store_open(results, STORE_READ, &store, error);
    if (rc != 0)
        return rc;
    rc = store_last_night(store, &night, error);
    if (rc == 0 && night.id == 0)
        rc = error_usage(error, "no night has begun in '%s' yet", folder);
    if (rc == 0)
        show_night(&night, owner);
    store_night_clear(&night);
    store_close(store);
    return rc;
}

int command_stress(int argc, char **argv, struct error *error)
{
    struct stress_command command;
    int rc = stress_options_parse(argc, argv, &command, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    rc = command.status ? show_status(command.stress.folder, error) : run(&command, error);
    stress_options_clear(&command);
    return rc;
}
