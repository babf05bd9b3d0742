/* The ledger and its trace as the supervisor reads them, whatever the child wrote there. An input is what is
 * written: a place, the number of an element there, an offset in it, and bytes; or that the supervisor looks.
 */
#include "campaign/seen.h"
#include "campaign/sweep/recording.h"
#include "campaign/waits.h"
#include "input.h"
#include "ledger/trace_reader.h"
#include "oracle/contexts.h"
#include "oracle/owner.h"
#include "oracle/release.h"

#include <stddef.h>

enum { FDS = 64, LOOK = 0xff };

static struct watch watch;
static struct detector detector;
static struct error error;

/* Where is written: arrays of the ledger and of the trace behind it, and what stands before them. */
#define ARRAY(field)                                                                                         \
    {                                                                                                        \
        offsetof(struct ledger, field), sizeof *((struct ledger *)NULL)->field,                              \
            sizeof((struct ledger *)NULL)->field, false                                                      \
    }
#define TRACED(field)                                                                                        \
    {                                                                                                        \
        offsetof(struct trace, field), sizeof *((struct trace *)NULL)->field,                                \
            sizeof((struct trace *)NULL)->field, true                                                        \
    }
static const struct place {
    size_t offset, element, size;
    bool traced;
} places[] = {
    {offsetof(struct ledger, point_count), 4,
     offsetof(struct ledger, modules) - offsetof(struct ledger, point_count), false},
    {offsetof(struct ledger, attached), 4,
     offsetof(struct ledger, modules) - offsetof(struct ledger, attached), false},
    {offsetof(struct ledger, event_count), 8, 8, false},
    {offsetof(struct trace, event_count), 4, offsetof(struct trace, stacks), true},
    ARRAY(modules),
    ARRAY(points),
    ARRAY(threads),
    ARRAY(locks),
    ARRAY(paths),
    ARRAY(resource_kinds),
    ARRAY(events),
    TRACED(stacks),
    TRACED(frames),
    TRACED(events),
};

static void write_place(struct input *input, const struct place *place)
{
    size_t number = input_number(input, 2), within = input_number(input, 1), length = input_number(input, 1);
    size_t at = number * place->element % place->size + within;
    char *base = place->traced ? (char *)watch.ledger.trace : (char *)watch.ledger.ledger;
    for (size_t i = 0; i < length && at + i < place->size; i++)
        base[place->offset + at + i] = (char)input_number(input, 1);
}

static void look_at_events(void)
{
    struct ledger_event event;
    for (int left = LEDGER_EVENTS_MAX; left > 0; left--) {
        if (!ledger_next_event(&watch.ledger, &event, &watch.events_lost))
            return;
        MUST(event.kind >= LEDGER_FAULT && event.kind < LEDGER_EVENT_KINDS);
        findings_add(&watch.findings, &event);
        if (event.kind == LEDGER_FAULT)
            memcpy(&watch.last_fault, &event, sizeof event);
    }
}

static void look(void)
{
    struct deadlock *found = &watch.outcome.deadlock;
    struct ledger_totals totals;
    char note[128] = "";
    ledger_totals(&watch.ledger, &totals);
    look_at_events();
    waits_list(&watch.ledger, NULL, note, sizeof note);
    if (detector_look(&detector, &watch.ledger, 1000000000, found)) {
        MUST(found->edge_count > 0 && found->edge_count <= DEADLOCK_EDGES_MAX);
        watch.outcome.ended = ENDED_DEADLOCK;
    }
}

static void see_variant(void)
{
    struct variant_result variant = {.name = ""};
    seen_fill(&watch, &variant);
    MUST(seen_findings(&watch, 1, &variant, &error) == 0);
    seen_add_counted(&variant, FINDING_LEAKED_DESCRIPTOR, seen_unaccounted(&watch, &variant));
    variant.finding_count = findings_join(variant.findings, variant.finding_count);
    free(variant.findings);
    free(variant.series.samples);
}

static void judge_leaks(const struct record *record, const struct owners *owners, const struct passed *passed)
{
    struct leak *leaks;
    size_t count;
    MUST(owners_judge(owners, passed, record, &leaks, &count) == 0);
    for (size_t i = 0; i < count; i++)
        MUST(record->events[leaks[i].event].kind == TRACE_TOOK);
    free(leaks);
}

static void judge_calls(const struct record *record)
{
    struct contexts contexts;
    struct call *calls;
    size_t count;
    MUST(contexts_learn(record, record, &contexts) == 0);
    MUST(contexts_after_fault(record, &contexts, &calls, &count) == 0);
    contexts_clear(&contexts);
    free(calls);
}

static void judge_record(const struct record *record)
{
    struct owners owners;
    struct passed passed;
    struct release *releases;
    size_t *unreleased, count;
    judge_calls(record);
    MUST(owners_learn(record, &owners) == 0 && passed_learn(record, &passed) == 0);
    judge_leaks(record, &owners, &passed);
    owners_clear(&owners);
    passed_clear(&passed);
    MUST(owners_unreleased(record, &unreleased, &count) == 0 &&
         releases_judge(record, &releases, &count) == 0);
    free(unreleased);
    free(releases);
}

static void see_record(void)
{
    struct record record;
    MUST(recording_read(&watch.ledger, &record, &error) == 0);
    judge_record(&record);
    record_clear(&record);
}

static void begin(void)
{
    static const char *const names[] = {"posix/io/oc/open", "upload/metadata"};
    static const struct plan_points points = {.count = 2, .names = names};
    static struct campaign_options options = {.limit_fds = FDS};
    static struct setup setup = {.options = &options};
    static const struct plan plan;
    struct ledger_view view = watch.ledger;
    if (view.ledger == NULL)
        MUST(ledger_create_traced(FDS, &plan, &points, &view, &error) == 0);
    else
        MUST(ledger_reset(&view, &plan, &error) == 0);
    findings_clear(&watch.findings);
    watch = (struct watch){.setup = &setup, .name = "a", .ledger = view};
    detector = (struct detector){.left = {false}};
    view.ledger->points[0].injected = 1;
    view.ledger->point_count = 2;
    view.ledger->thread_count = 4;
    view.ledger->path_count = 8;
    view.ledger->module_count = 2;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {bytes, size};
    begin();
    while (input.size > 0) {
        size_t place = input_number(&input, 1);
        if (place == LOOK) {
            look();
            continue;
        }
        write_place(&input, &places[place % (sizeof places / sizeof *places)]);
    }
    look();
    watch.ledger.child_ended = true;
    look();
    see_variant();
    see_record();
    return 0;
}
