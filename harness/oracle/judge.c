/* The verdict. A variant passes if it ended in order, all of it was seen, and it left nothing behind. A
 * positive control must be seen to leak: that it ended badly is not enough. A run that was cut short, did no
 * operation or was refused something by the whole system proves nothing, unless it broke a guarantee before.
 */
#include "oracle/judge.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* A guarantee was seen to be broken. Leaks are counted also where their events were lost. */
static bool is_broken(const struct variant_result *variant)
{
    for (size_t i = 0; i < variant->finding_count; i++)
        if (!variant->findings[i].informational)
            return true;
    return variant->fds.leaked > 0 || variant->heap.leaked > 0;
}

static bool is_seen_whole(const struct variant_result *variant)
{
    return variant->events_lost == 0 && variant->threads_unrecorded == 0 && !variant->end_unseen &&
           !variant->plan_unmet;
}

/* A program of the user's may well end with an error when it is failed: that is for him to judge. */
static enum verdict judge_variant(const struct variant_result *variant, bool is_program)
{
    if (is_broken(variant))
        return VERDICT_FAIL;
    switch (variant->ended) {
    case ENDED_EXITED:
        if (variant->system_exhausted)
            return VERDICT_INCONCLUSIVE;
        if (!is_program)
            return VERDICT_FAIL;
        return is_seen_whole(variant) ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
    case ENDED_COMPLETED:
        if (!is_program && variant->operations.succeeded + variant->operations.failed == 0)
            return VERDICT_INCONCLUSIVE;
        return is_seen_whole(variant) ? VERDICT_PASS : VERDICT_INCONCLUSIVE;
    case ENDED_INTERRUPTED:
    case ENDED_DISK_FULL:
    case ENDED_KILLED:
    case ENDED_OUTSTAYED:
        return VERDICT_INCONCLUSIVE;
    default:
        return VERDICT_FAIL;
    }
}

/* In the order of weight: a broken guarantee, then a control that was missed, then what is not known. */
static enum verdict judge_whole(const struct result *result)
{
    bool missed = false;
    bool unknown = result->variant_count == 0 || result->variant_count < result->variants_planned;
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct variant_result *variant = &result->variants[i];
        bool is_control = result->comparison && variant->leaks;
        if (variant->verdict == VERDICT_FAIL && !is_control)
            return VERDICT_FAIL;
        bool caught =
            is_broken(variant) || variant->ended == ENDED_EMFILE || variant->ended == ENDED_DEADLOCK;
        missed |= variant->verdict == VERDICT_PASS && is_control;
        unknown |= variant->verdict == VERDICT_INCONCLUSIVE || (is_control && !caught) ||
                   (result->comparison && variant->ended == ENDED_INTERRUPTED);
    }
    return missed ? VERDICT_CONTROL_MISSED : unknown ? VERDICT_INCONCLUSIVE : VERDICT_PASS;
}

enum exit_status judge_exit_status(enum verdict verdict)
{
    static const enum exit_status statuses[] = {
        [VERDICT_PASS] = EXIT_AS_EXPECTED,
        [VERDICT_FAIL] = EXIT_GUARANTEE_BROKEN,
        [VERDICT_CONTROL_MISSED] = EXIT_CONTROL_MISSED,
        [VERDICT_INCONCLUSIVE] = EXIT_NOT_DONE,
    };
    return statuses[verdict];
}

/* A sentence that grows. */
struct sentence {
    char *text;
    size_t size, length;
};

static void say(struct sentence *sentence, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void say(struct sentence *sentence, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int added =
        vsnprintf(sentence->text + sentence->length, sentence->size - sentence->length, format, arguments);
    va_end(arguments);
    if (added > 0)
        sentence->length += (size_t)added;
    if (sentence->length >= sentence->size)
        sentence->length = sentence->size - 1;
}

static uint64_t count_of(const struct variant_result *variant, enum finding_kind kind)
{
    uint64_t count = 0;
    for (size_t i = 0; i < variant->finding_count; i++)
        if (variant->findings[i].kind == kind)
            count += variant->findings[i].count;
    return count;
}

/* Things of one kind that a variant left behind. */
struct left {
    uint64_t count;
    const char *noun;
};
enum { LEFT_MAX = 8 };

/* Resources of the kinds that the program itself told of, each kind once. Returns the number in `list`. */
static size_t list_resources(const struct variant_result *variant, struct left *list, size_t count)
{
    size_t first = count;
    for (size_t i = 0; i < variant->finding_count; i++) {
        const struct finding *finding = &variant->findings[i];
        size_t at = first;
        if (finding->kind != FINDING_LEAKED_RESOURCE)
            continue;
        while (at < count && strcmp(list[at].noun, finding->resource) != 0)
            at++;
        if (at == LEFT_MAX)
            break;
        if (at == count)
            list[count++] = (struct left){.noun = finding->resource};
        list[at].count += finding->count;
    }
    return count;
}

static size_t list_left(const struct variant_result *variant, struct left list[LEFT_MAX])
{
    const struct left kinds[] = {
        {variant->fds.leaked, "descriptor"},
        {variant->temp_files > 0 ? (uint64_t)variant->temp_files : 0, "temporary file"},
        {count_of(variant, FINDING_LEFT_LOCK), "held lock"},
        {variant->heap.leaked, "allocated byte"},
    };
    size_t count = 0;
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].count > 0)
            list[count++] = kinds[i];
    return list_resources(variant, list, count);
}

/* "unguarded left 1011 descriptors and died of EMFILE after 3811 operations" */
static void say_variant(struct sentence *sentence, const struct variant_result *variant)
{
    static const char *const endings[] = {
        [ENDED_COMPLETED] = "",
        [ENDED_EMFILE] = " and died of EMFILE (too many open files)",
        [ENDED_DEADLOCK] = " and locked up",
        [ENDED_CRASH] = " and crashed",
        [ENDED_KILLED] = " and was killed from outside",
        [ENDED_EXITED] = " and exited too early",
        [ENDED_HANG] = " and hung",
        [ENDED_DISK_FULL] = " and met a full disk",
        [ENDED_INTERRUPTED] = " and was interrupted",
        [ENDED_OUTSTAYED] = " and did not end when it was asked to",
    };
    struct left list[LEFT_MAX];
    size_t count = list_left(variant, list);
    say(sentence, "%s left ", variant->name);
    if (count == 0)
        say(sentence, "%s", is_broken(variant) ? "other damage" : "nothing");
    for (size_t i = 0; i < count; i++)
        say(sentence, "%s%llu %s%s",
            i == 0           ? ""
            : i == count - 1 ? " and "
                             : ", ",
            (unsigned long long)list[i].count, list[i].noun, text_plural(list[i].count));
    uint64_t operations = variant->operations.succeeded + variant->operations.failed;
    say(sentence, " behind%s after %llu operation%s and %llu fault%s", endings[variant->ended],
        (unsigned long long)operations, text_plural(operations), (unsigned long long)variant->faults.injected,
        text_plural(variant->faults.injected));
}

static bool is_clean(const struct variant_result *variant)
{
    return variant->verdict == VERDICT_PASS;
}

/* "guarded and handwritten left nothing behind after at least 4312 operations and 1028 faults each" */
static void say_clean(struct sentence *sentence, const struct result *result, size_t clean)
{
    uint64_t operations = UINT64_MAX, faults = UINT64_MAX, operations_max = 0, faults_max = 0;
    size_t said = 0;
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct variant_result *variant = &result->variants[i];
        if (!is_clean(variant))
            continue;
        said++;
        say(sentence, "%s%s", said == 1 ? "" : said == clean ? " and " : ", ", variant->name);
        uint64_t done = variant->operations.succeeded + variant->operations.failed;
        operations = done < operations ? done : operations;
        faults = variant->faults.injected < faults ? variant->faults.injected : faults;
        operations_max = done > operations_max ? done : operations_max;
        faults_max = variant->faults.injected > faults_max ? variant->faults.injected : faults_max;
    }
    bool same = operations == operations_max && faults == faults_max;
    say(sentence, " left nothing behind after%s %llu operation%s and %llu fault%s%s",
        clean > 1 && !same ? " at least" : "", (unsigned long long)operations, text_plural(operations),
        (unsigned long long)faults, text_plural(faults), clean > 1 ? " each" : "");
}

/* Those that left something first, one by one; then the clean ones, together. */
static void say_whole(struct result *result)
{
    struct sentence sentence = {result->sentence, sizeof result->sentence, 0};
    result->sentence[0] = '\0';
    if (result->verdict == VERDICT_CONTROL_MISSED)
        say(&sentence, "the positive control was not caught, so this run proves nothing: ");
    if (result->verdict == VERDICT_INCONCLUSIVE)
        say(&sentence, "cut short or not seen whole, so this run proves nothing: ");
    size_t clean = 0;
    for (size_t i = 0; i < result->variant_count; i++) {
        if (is_clean(&result->variants[i])) {
            clean++;
            continue;
        }
        say(&sentence, "%s", i > clean ? "; " : "");
        say_variant(&sentence, &result->variants[i]);
    }
    if (clean > 0 && clean < result->variant_count)
        say(&sentence, "; ");
    if (result->variant_count == 0)
        say(&sentence, "no variant was run");
    if (clean > 0)
        say_clean(&sentence, result, clean);
    if (result->variant_count < result->variants_planned)
        say(&sentence, "; only %zu of %zu variants were run", result->variant_count,
            result->variants_planned);
    say(&sentence, ".");
}

/* "and left 2 open descriptors": what there is of it. */
static void say_left(struct sentence *sentence, bool *any, uint64_t count, const char *one, const char *many)
{
    if (count == 0)
        return;
    say(sentence, "%s%llu %s", *any ? ", " : "; it left ", (unsigned long long)count,
        count == 1 ? one : many);
    *any = true;
}

static void say_ending(struct sentence *sentence, const struct variant_result *variant)
{
    static const char *const endings[] = {
        [ENDED_COMPLETED] = "ended in order",
        [ENDED_EMFILE] = "died of EMFILE (too many open files)",
        [ENDED_DEADLOCK] = "locked up",
        [ENDED_CRASH] = "crashed",
        [ENDED_KILLED] = "was killed from outside",
        [ENDED_EXITED] = "ended with exit status",
        [ENDED_HANG] = "hung",
        [ENDED_DISK_FULL] = "met a full disk",
        [ENDED_INTERRUPTED] = "was interrupted",
        [ENDED_OUTSTAYED] = "did not end when it was asked to, and was killed,",
    };
    say(sentence, "%s %s", variant->name, endings[variant->ended]);
    if (variant->ended == ENDED_EXITED)
        say(sentence, " %d", variant->exit_status);
    const char *name = variant->signal != 0 ? sigabbrev_np(variant->signal) : NULL;
    if (variant->ended == ENDED_CRASH && name != NULL)
        say(sentence, " by SIG%s", name);
    say(sentence, " after %llu fault%s", (unsigned long long)variant->faults.injected,
        text_plural(variant->faults.injected));
}

static void say_program(struct result *result)
{
    const struct variant_result *variant = &result->variants[0];
    struct sentence sentence = {result->sentence, sizeof result->sentence, 0};
    bool any = false;
    say_ending(&sentence, variant);
    say_left(&sentence, &any, variant->unreleased, "open descriptor", "open descriptors");
    say_left(&sentence, &any, count_of(variant, FINDING_UNSEEN_DESCRIPTOR),
             "descriptor that no wrapper saw being taken", "descriptors that no wrapper saw being taken");
    say_left(&sentence, &any, count_of(variant, FINDING_UNRELEASED_LOCK), "held lock", "held locks");
    say_left(&sentence, &any, count_of(variant, FINDING_UNREAPED_CHILD), "child not waited for",
             "children not waited for");
    say_left(&sentence, &any, count_of(variant, FINDING_UNJOINED_THREAD), "thread never joined",
             "threads never joined");
    say_left(&sentence, &any, count_of(variant, FINDING_LEFT_TEMP_FILE), "temporary file", "temporary files");
    uint64_t broken = 0;
    for (size_t i = 0; i < variant->finding_count; i++)
        broken += !variant->findings[i].informational;
    if (variant->end_unseen)
        say(&sentence, "; what it still had open then is unknown, so 'unreleased' cannot be judged");
    if (variant->plan_unmet)
        say(&sentence, "; no call was made that the plan is about, so nothing is proven");
    if (broken > 0)
        say(&sentence, "; %llu finding%s break%s a guarantee", (unsigned long long)broken,
            text_plural(broken), broken == 1 ? "s" : "");
    else if (!any && variant->settled)
        say(&sentence, "; it left nothing behind");
    say(&sentence, ".");
}

void judge(struct result *result)
{
    for (size_t i = 0; i < result->variant_count; i++)
        result->variants[i].verdict = judge_variant(&result->variants[i], result->program != NULL);
    result->verdict = judge_whole(result);
    result->exit_status = judge_exit_status(result->verdict);
    if (result->program != NULL)
        say_program(result);
    else
        say_whole(result);
}

static uint64_t ended_operations(const struct variant_result *variant)
{
    return variant->operations.succeeded + variant->operations.failed;
}

static uint64_t between(uint64_t low, uint64_t high, double share)
{
    return low + (uint64_t)((double)(high > low ? high - low : 0) * share + 0.5);
}

/* Between two samples the figures are taken to change evenly. */
static struct level level_at(const struct series *series, uint64_t operations)
{
    struct level level = {.operations = operations, .fds = -1};
    const struct sample *before = NULL, *after = NULL;
    for (size_t i = 0; i < series->count && after == NULL; i++) {
        if (series->samples[i].operations > operations)
            after = &series->samples[i];
        else
            before = &series->samples[i];
        if (after == NULL && before->fds >= 0)
            level.fds = before->fds;
    }
    if (before == NULL)
        return level;
    level.faults = before->faults;
    level.t_ms = before->t_ms;
    if (after == NULL)
        return level;
    double share =
        (double)(operations - before->operations) / (double)(after->operations - before->operations);
    level.faults = between(before->faults, after->faults, share);
    level.t_ms = between(before->t_ms, after->t_ms, share);
    if (before->fds >= 0 && after->fds >= 0)
        level.fds = before->fds + (int64_t)((double)(after->fds - before->fds) * share);
    return level;
}

void judge_levels(struct result *result)
{
    uint64_t reached = UINT64_MAX;
    for (size_t i = 0; i < result->variant_count; i++)
        if (ended_operations(&result->variants[i]) < reached)
            reached = ended_operations(&result->variants[i]);
    for (size_t i = 0; i < result->variant_count; i++)
        result->variants[i].level = level_at(&result->variants[i].series, reached);
}
