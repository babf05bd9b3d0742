#include "records.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "ledger/layout.h"

static void add_stack(struct record *record, const char *text)
{
    struct record_stack *stack = &record->stacks[record->stack_count++];
    struct record_frame pairs[TRACE_DEPTH_MAX];
    uint32_t depth = 0;
    for (; *text != '\0'; text++, depth++) {
        uint64_t address = (unsigned char)*text;
        uint64_t cfa = 100000 - UINT64_C(64) * depth;
        bool other = isdigit((unsigned char)text[1]) != 0;
        pairs[depth] = (struct record_frame){
            .address = address, .cfa = other ? cfa + (uint64_t)(text[1] - '0') : cfa, .place = address};
        pairs[depth].own = *text != 'L';
        text += other;
    }
    *stack = (struct record_stack){.first = (uint32_t)record->frame_count, .depth = depth};
    while (depth > 0)
        record->frames[record->frame_count++] = pairs[--depth];
}

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static struct record_event event_of(const struct written *written)
{
    enum { THREAD = LEDGER_PATH_MAIN + 1, CHILD };
    bool in_thread = begins(written->stack, "t:"), in_child = begins(written->stack, "f:");
    int32_t path = in_thread ? THREAD : in_child ? CHILD : LEDGER_PATH_MAIN;
    return (struct record_event){.kind = written->kind,
                                 .resource = written->resource,
                                 .id = written->id,
                                 .who = hash_mix((uint64_t)path),
                                 .is_main = !in_thread,
                                 .process = in_child ? CHILD : LEDGER_PATH_MAIN,
                                 .path = path,
                                 .point = -1};
}

struct record record_of(const struct written *events, size_t count)
{
    size_t letters = 0;
    for (size_t i = 0; i < count; i++)
        letters += strlen(events[i].stack);
    struct record record = {.frames = calloc(letters + 1, sizeof *record.frames),
                            .stacks = calloc(count + 1, sizeof *record.stacks),
                            .events = calloc(count + 1, sizeof *record.events),
                            .event_count = count};
    add_stack(&record, "");
    for (size_t i = 0; i < count; i++) {
        const char *colon = strchr(events[i].stack, ':');
        const char *stack = colon != NULL ? colon + 1 : events[i].stack;
        record.events[i] = event_of(&events[i]);
        if (stack[0] == '\0')
            continue;
        record.events[i].stack = (uint32_t)record.stack_count;
        add_stack(&record, stack);
    }
    record_set_contexts(&record);
    return record;
}
