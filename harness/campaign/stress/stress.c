/* Decides what runs next, with which seed, for how long, and when a night is over. All that must outlive this
 * process stands in the file of results: a night that goes on begins with what it finds there. */
#include "campaign/stress/stress.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/text.h"
#include "campaign/process.h"
#include "campaign/stress/place.h"
#include "exeunt/scope.h"

static const uint64_t tick_ns = 1000000000u;

/* For a line that was asked to end: longer than exeunt takes for that. */
static const uint64_t patience_ns = 60000000000u;

struct stress {
    const struct stress_options *options;
    struct stress_place place;
    struct store *store;
    struct store_night night;
    uint64_t begun_ns, spent_before_ms; /* of the night's time, by an earlier process */
    uint64_t runs_before;               /* the last run before the line */
    size_t undone;                      /* lines in a row that could not do their work */
};

static uint64_t left_ms(const struct stress *stress)
{
    const struct store_night *night = &stress->night;
    return night->spent_ms < night->for_ms ? night->for_ms - night->spent_ms : 0;
}

static bool is_over(const struct stress *stress)
{
    return *stress->options->interrupted != 0 || left_ms(stress) == 0;
}

/* ---- The line that runs ----------------------------------------------------------------------------- */

static void tell_news(void *context, const struct store_news *news)
{
    const struct stress *stress = context;
    stress->options->news(stress->options->context, news);
}

/* Time passes; what the line has found is told, once it is kept. */
static int tick(struct stress *stress, struct error *error)
{
    struct store_night *night = &stress->night;
    uint64_t told = night->findings;
    night->spent_ms = stress->spent_before_ms + (clock_now_ns() - stress->begun_ns) / 1000000;
    int failed = store_is_there(stress->store, error);
    if (failed == 0)
        failed = store_note_news(stress->store, night->id, stress->runs_before, &night->findings, error);
    if (failed == 0)
        failed = store_save_night(stress->store, night, error);
    return failed == 0 ? store_tell_news(stress->store, told, tell_news, stress, error) : failed;
}

/* When to look again: after a second, or when the time is over. */
static uint64_t next_tick_ns(const struct stress *stress, bool cut)
{
    uint64_t left_ns = cut ? tick_ns : left_ms(stress) * 1000000;
    return clock_now_ns() + (left_ns < tick_ns ? left_ns : tick_ns);
}

/* Awaits the line's end, and ends it when the time is over. *cut: that was done. Returns a failure of the
 * results, or 0. */
static int await(struct stress *stress, struct process *process, struct process_end *end, bool *cut,
                 struct error *error)
{
    int failed = tick(stress, error);
    uint64_t kill_ns = UINT64_MAX, due_ns = next_tick_ns(stress, *cut), now_ns;
    do {
        now_ns = clock_now_ns();
        if (failed == 0 && now_ns >= due_ns)
            failed = tick(stress, error);
        if (!*cut && (failed != 0 || is_over(stress))) {
            process_signal(process, SIGTERM);
            kill_ns = now_ns + patience_ns;
            *cut = true;
        }
        if (now_ns >= kill_ns)
            process_signal(process, SIGKILL);
        if (now_ns >= due_ns)
            due_ns = next_tick_ns(stress, *cut);
    } while (!process_await(process, due_ns > now_ns ? due_ns - now_ns : 0, end));
    *cut |= *stress->options->interrupted != 0; /* a terminal's signal goes to the line, too */
    return failed == 0 ? tick(stress, error) : failed;
}

/* The line's own seed counts; where it is kept, nothing in the line does. */
static int start(struct stress *stress, char *const *line, struct process *out, struct error *error)
{
    const struct store_night *night = &stress->night;
    char seed[24], number[24];
    bool takes_seed = strcmp(line[0], "sweep") != 0;
    snprintf(seed, sizeof seed, "%" PRIu64, hash_add(hash_add(night->seed, night->round), night->line) >> 1);
    snprintf(number, sizeof number, "%" PRIu64, night->id);
    char *const seed_words[] = {takes_seed ? "--seed" : NULL, seed, NULL};
    char *const kept_words[] = {"--quiet", "--results", stress->place.results, "--night", number, NULL};
    EXEUNT_GUARD(memory, words, script_command(line, seed_words, kept_words));
    if (words == NULL)
        return error_not_done(error, -ENOMEM, "no memory to start a line of the campaign");
    return process_start(words, stress->place.scratch, SIGKILL, out, error);
}

/* ---- What it comes to ------------------------------------------------------------------------------- */

/* A command line that is wrong: at first it is told at once; what goes wrong later, as with a program that is
 * gone, is no reason to lose the night. */
static int check_usage(const struct stress *stress, struct stress_line *line, struct error *error)
{
    if (line->status != EXIT_USAGE)
        return 0;
    if (stress->night.round == 1)
        return error_usage(error, "%s:%u: '%.200s' cannot be run: %s", stress->options->file,
                           stress->options->script->lines[stress->night.line - 1].number, line->text,
                           line->last_words);
    line->status = EXIT_NOT_DONE;
    return 0;
}

/* A line that was cut short comes first again when the night goes on. What proves all, though it was asked to
 * end, was at its end. */
static void advance(struct stress *stress, const struct stress_line *line)
{
    struct store_night *night = &stress->night;
    if (line->cut && line->status != EXIT_AS_EXPECTED)
        return;
    night->line = night->line % stress->options->script->count + 1;
    night->round += night->line == 1;
}

/* What was proven counts, also if the line was cut. */
static int conclude(struct stress *stress, const struct stress_line *line, struct error *error)
{
    struct store_night *night = &stress->night;
    bool proves = !line->cut || line->status != EXIT_NOT_DONE;
    if (proves)
        night->status = exit_status_worse(line->status, night->status);
    night->done += proves && line->status != EXIT_NOT_DONE;
    stress->undone = line->status == EXIT_NOT_DONE && !line->cut ? stress->undone + 1 : 0;
    advance(stress, line);
    int failed = store_save_night(stress->store, night, error);
    if (failed == 0)
        failed = store_thin_night(stress->store, night->id, error);
    if (failed != 0)
        return failed;
    stress->options->ended(stress->options->context, line);
    if (stress->undone < stress->options->script->count)
        return 0;
    return error_not_done(error, -ECHILD,
                          "no line of a whole round could do its work; the last, '%.200s': %s", line->text,
                          line->last_words);
}

static int run_line(struct stress *stress, struct error *error)
{
    const struct script_line *next = &stress->options->script->lines[stress->night.line - 1];
    struct process process;
    struct process_end end;
    EXEUNT_GUARD(memory, text, text_joined(next->words));
    if (text == NULL)
        return error_not_done(error, -ENOMEM, "no memory to run a line of the campaign");
    uint64_t started_ns = clock_now_ns();
    struct stress_line line = {.round = stress->night.round, .text = text};
    int failed = store_last_run(stress->store, &stress->runs_before, error);
    if (failed == 0)
        failed = start(stress, next->words, &process, error);
    if (failed != 0)
        return failed;
    failed = await(stress, &process, &end, &line.cut, error);
    if (failed == 0)
        failed = place_clean(&stress->place, error);
    if (failed != 0)
        return failed;
    line.status = end.status;
    line.duration_ms = (clock_now_ns() - started_ns) / 1000000;
    line.last_words = end.words;
    failed = check_usage(stress, &line, error);
    return failed != 0 ? failed : conclude(stress, &line, error);
}

/* ---- The night -------------------------------------------------------------------------------------- */

static int run_all(struct stress *stress, struct error *error)
{
    struct store_night *night = &stress->night;
    int failed = 0;
    if (night->line == 0)
        night->line = 1;
    while (failed == 0 && !is_over(stress))
        failed = run_line(stress, error);
    if (failed != 0)
        return failed;
    night->complete = left_ms(stress) == 0;
    return store_save_night(stress->store, night, error);
}

/* The lines as they are run, one on each line: an end of line within a word, from a variable, is a blank. */
static char *campaign_text(const struct script *script)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    bool whole = out != NULL;
    for (size_t i = 0; whole && i < script->count; i++) {
        EXEUNT_GUARD(memory, line, text_joined(script->lines[i].words));
        for (char *end = line; end != NULL && (end = strchr(end, '\n')) != NULL;)
            *end = ' ';
        whole = line != NULL && fprintf(out, "%s\n", (char *)line) > 0;
    }
    if (out != NULL && fclose(out) == 0 && whole)
        return text;
    free(text);
    return NULL;
}

static int describe(const struct stress_options *options, struct store_night *night, struct error *error)
{
    *night = (struct store_night){.campaign = campaign_text(options->script),
                                  .folder = getcwd(NULL, 0),
                                  .seed = options->seed,
                                  .for_ms = options->for_ns / 1000000,
                                  .started_s = (uint64_t)time(NULL),
                                  .round = 1};
    if (night->campaign == NULL)
        return error_not_done(error, -ENOMEM, "no memory for the campaign");
    if (night->folder == NULL)
        return error_not_done(error, -errno, "cannot tell the working folder: %s", strerror(errno));
    if (night->seed == 0 && getrandom(&night->seed, sizeof night->seed, 0) != sizeof night->seed)
        return error_not_done(error, -errno, "no fresh seed can be had: %s; give one with --seed",
                              strerror(errno));
    night->seed &= INT64_MAX;
    return 0;
}

/* Why the last night, which was cut short, is not gone on with, in `out`. False: it can be. */
static bool is_other(const struct stress_options *options, const struct store_night *last,
                     const struct store_night *wanted, char *out, size_t size)
{
    char time[64], what[128] = "";
    if (strcmp(last->campaign, wanted->campaign) != 0 || last->line > options->script->count)
        snprintf(what, sizeof what, "of other lines");
    else if (strcmp(last->folder, wanted->folder) != 0)
        snprintf(what, sizeof what, "of another working folder");
    else if (last->for_ms != wanted->for_ms)
        snprintf(what, sizeof what, "of --for %s",
                 text_of_duration(time, sizeof time, last->for_ms * 1000000));
    else if (options->seed != 0 && options->seed != last->seed)
        snprintf(what, sizeof what, "of --seed %" PRIu64, last->seed);
    else
        return false;
    snprintf(out, size, "night %" PRIu64 " was cut short, but is %s: it is not gone on with", last->id, what);
    return true;
}

/* The night that is gone on with, or a new one. What it has told before is not told again. */
static int begin_night(struct stress *stress, struct error *error)
{
    struct store_night last, *night = &stress->night;
    int failed = describe(stress->options, night, error);
    if (failed == 0)
        failed = store_last_night(stress->store, &last, error);
    if (failed != 0)
        return failed;
    char why_not[192] = "";
    bool resumed = stress->options->resume && last.id != 0 && !last.complete &&
                   !is_other(stress->options, &last, night, why_not, sizeof why_not);
    if (resumed) {
        struct store_night fresh = *night;
        *night = last;
        last = fresh;
    } else {
        failed = store_begin_night(stress->store, night, error);
        if (failed == 0)
            failed = store_keep_nights(stress->store, stress->options->keep, error);
    }
    store_night_clear(&last);
    stress->begun_ns = clock_now_ns();
    stress->spent_before_ms = night->spent_ms;
    if (failed == 0)
        failed = store_note_news(stress->store, night->id, 0, &night->findings, error);
    if (failed == 0)
        stress->options->begun(stress->options->context, night, resumed, why_not);
    return failed;
}

int campaign_stress(const struct stress_options *options, struct store_night *out, struct error *error)
{
    struct stress stress = {.options = options};
    int failed = place_open(options->folder, &stress.place, error);
    if (failed != 0)
        return failed;
    failed = store_open(stress.place.results, STORE_WRITE, &stress.store, error);
    if (failed == 0)
        failed = begin_night(&stress, error);
    if (failed == 0)
        failed = run_all(&stress, error);
    store_close(stress.store);
    place_close(&stress.place);
    if (failed != 0)
        store_night_clear(&stress.night);
    else
        *out = stress.night;
    return failed;
}

uint64_t stress_lines(const struct store_night *night)
{
    uint64_t count = 0;
    for (const char *end = night->campaign; (end = strchr(end, '\n')) != NULL; end++)
        count++;
    return count;
}

uint64_t stress_unended(const struct store_night *night)
{
    uint64_t lines = stress_lines(night), ended = night->line > 0 ? night->line - 1 : 0;
    return night->round > 1 || ended > lines ? 0 : lines - ended;
}

/* A night that was cut short, or of which a line never came to its end, proves nothing by what did not come.
 * What was found counts, also if its line came to no end. */
enum exit_status stress_status(const struct store_night *night)
{
    bool proves = night->complete && night->done > 0 && stress_unended(night) == 0;
    enum exit_status status = proves ? night->status : exit_status_worse(night->status, EXIT_NOT_DONE);
    return night->findings > 0 ? exit_status_worse(status, EXIT_GUARANTEE_BROKEN) : status;
}
