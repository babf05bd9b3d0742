/* Decides what is the same place in two runs: the same offset in a module of the same name. Its folder does
 * not count, since each run has a folder of its own, from which it may load plug-ins. */
#include "campaign/sweep/recording.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "ledger/trace_reader.h"

struct module {
    uint64_t start, end, bias, name;
    bool own;
};

struct modules {
    struct module list[LEDGER_MODULES_MAX];
    size_t count;
};

static bool is_system(const char *path)
{
    return ledger_is_system(path) || strstr(path, "libexeunt-preload") != NULL;
}

/* The first module is the program itself, wherever it lies. */
static void list_modules(const struct ledger_view *ledger, struct modules *out)
{
    struct ledger_module module;
    out->count = 0;
    for (uint32_t i = 0; ledger_module_at(ledger, i, &module); i++) {
        const char *slash = strrchr(module.path, '/');
        out->list[out->count++] = (struct module){.start = module.start,
                                                  .end = module.end,
                                                  .bias = module.bias,
                                                  .name = hash_text(slash != NULL ? slash + 1 : module.path),
                                                  .own = i == 0 || !is_system(module.path)};
    }
}

static struct record_frame frame_of(const struct modules *modules, const struct trace_frame *frame)
{
    for (size_t i = 0; i < modules->count; i++) {
        const struct module *module = &modules->list[i];
        if (frame->address > module->start && frame->address <= module->end)
            return (struct record_frame){.address = frame->address,
                                         .cfa = frame->cfa,
                                         .place = hash_add(module->name, frame->address - module->bias),
                                         .own = module->own};
    }
    return (struct record_frame){.address = frame->address, .cfa = frame->cfa, .place = 1};
}

/* Whose an event is, by its spawn path. */
struct identity {
    bool known;
    bool is_main;
    uint64_t who, process;
};

/* Where a record is while it is filled. Stacks of the trace get numbers of the record. */
struct filling {
    const struct ledger_view *ledger;
    struct record record;
    uint32_t *numbers; /* of the trace's stacks; 0: not read yet */
    size_t frame_room, stack_room;
    struct modules modules;
    struct identity identities[LEDGER_PATHS_MAX];
};

static int grow(void **list, size_t *room, size_t needed, size_t element)
{
    if (needed <= *room)
        return 0;
    size_t next = needed < 256 ? 256 : 2 * needed;
    void *grown = realloc(*list, next * element);
    if (grown == NULL)
        return -ENOMEM;
    *list = grown;
    *room = next;
    return 0;
}

static int add_stack(struct filling *filling, const struct trace_frame *frames, uint32_t depth, uint32_t *out)
{
    struct record *record = &filling->record;
    if (grow((void **)&record->frames, &filling->frame_room, record->frame_count + depth,
             sizeof *record->frames) != 0 ||
        grow((void **)&record->stacks, &filling->stack_room, record->stack_count + 1,
             sizeof *record->stacks) != 0)
        return -ENOMEM;
    record->stacks[record->stack_count] =
        (struct record_stack){.first = (uint32_t)record->frame_count, .depth = depth};
    for (uint32_t i = 0; i < depth; i++)
        record->frames[record->frame_count++] = frame_of(&filling->modules, &frames[i]);
    *out = (uint32_t)record->stack_count++;
    return 0;
}

static int stack_number(struct filling *filling, uint32_t stack, uint32_t *out)
{
    struct trace_frame frames[TRACE_DEPTH_MAX];
    *out = 0;
    if (stack == TRACE_STACK_NONE || stack >= TRACE_STACKS_MAX)
        return 0;
    if (filling->numbers[stack] == 0) {
        uint32_t depth = trace_stack(filling->ledger, stack, frames, TRACE_DEPTH_MAX);
        if (depth == 0)
            return 0;
        int failed = add_stack(filling, frames, depth, &filling->numbers[stack]);
        if (failed != 0)
            return failed;
    }
    *out = filling->numbers[stack];
    return 0;
}

/* A process begins with the last part of its threads' spawn paths that has an "f": its main thread. */
static struct identity identity_of(const char *path)
{
    char process[LEDGER_PATH_MAX] = "0";
    const char *forked = strrchr(path, 'f');
    if (forked != NULL)
        snprintf(process, sizeof process, "%.*s", (int)(forked + strcspn(forked, ".") - path), path);
    return (struct identity){.known = true,
                             .is_main = strcmp(process, path) == 0,
                             .who = plan_who_of_path(path).path,
                             .process = plan_who_of_path(process).path};
}

static const struct identity *whose(struct filling *filling, int32_t path)
{
    char text[LEDGER_PATH_MAX];
    struct identity *identity = &filling->identities[path];
    if (!identity->known) {
        ledger_spawn_path(filling->ledger, path, text);
        *identity = identity_of(text);
    }
    return identity;
}

static int add_event(struct filling *filling, const struct trace_event *event)
{
    struct record_event *made = &filling->record.events[filling->record.event_count];
    const struct identity *identity = whose(filling, event->path);
    *made = (struct record_event){.kind = (enum trace_kind)event->kind,
                                  .resource = (enum trace_resource)event->resource,
                                  .id = event->id,
                                  .who = event->operation != 0 ? event->operation : identity->who,
                                  .in_operation = event->operation != 0,
                                  .is_main = identity->is_main,
                                  .process = identity->process,
                                  .path = event->path,
                                  .point = event->point,
                                  .k = event->k};
    filling->record.event_count++;
    return stack_number(filling, event->stack, &made->stack);
}

static int fill(struct filling *filling)
{
    uint32_t count = trace_event_count(filling->ledger);
    filling->numbers = calloc(TRACE_STACKS_MAX, sizeof *filling->numbers);
    filling->record.events = malloc((count + 1) * sizeof *filling->record.events);
    uint32_t none;
    if (filling->numbers == NULL || filling->record.events == NULL || add_stack(filling, NULL, 0, &none) != 0)
        return -ENOMEM;
    list_modules(filling->ledger, &filling->modules);
    int failed = 0;
    struct trace_event event;
    for (uint32_t i = 0; failed == 0 && i < count; i++)
        if (trace_event(filling->ledger, i, &event))
            failed = add_event(filling, &event);
    return failed;
}

int recording_read(const struct ledger_view *ledger, struct record *out, struct error *error)
{
    struct filling *filling = calloc(1, sizeof *filling);
    if (filling == NULL)
        return error_not_done(error, -ENOMEM, "no memory for the record of a run");
    filling->ledger = ledger;
    int failed = fill(filling);
    free(filling->numbers);
    if (failed != 0) {
        record_clear(&filling->record);
        error_not_done(error, failed, "no memory for the record of a run");
    } else {
        filling->record.lost = trace_events_lost(ledger) + trace_stacks_lost(ledger) > 0;
        record_set_contexts(&filling->record);
        *out = filling->record;
    }
    free(filling);
    return failed;
}
