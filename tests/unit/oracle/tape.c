/* Reads what tape.h describes. A tape that is written wrong ends the test program. */
#include "tape.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "ledger/layout.h"

static void *grown(void *list, size_t count, size_t element)
{
    void *made = realloc(list, count * element);
    if (made == NULL)
        abort();
    return made;
}

static struct record_frame frame_of(char letter, uint64_t cfa)
{
    uint64_t address = (uint64_t)letter;
    return (struct record_frame){
        .address = address, .cfa = cfa, .place = hash_mix(address), .own = islower(letter) != 0};
}

uint32_t tape_stack(struct record *record, const char *stack)
{
    struct record_frame outermost_first[64];
    uint32_t depth = 0;
    for (; isalpha(*stack); stack++) {
        uint64_t cfa = isdigit(stack[1]) ? 1000 + (uint64_t)stack[1] : depth;
        outermost_first[depth++] = frame_of(*stack, cfa);
        stack += isdigit(stack[1]) != 0;
    }
    record->frames = grown(record->frames, record->frame_count + depth + 1, sizeof *record->frames);
    record->stacks = grown(record->stacks, record->stack_count + 1, sizeof *record->stacks);
    record->stacks[record->stack_count] =
        (struct record_stack){.first = (uint32_t)record->frame_count, .depth = depth};
    while (depth > 0)
        record->frames[record->frame_count++] = outermost_first[--depth];
    return (uint32_t)record->stack_count++;
}

static enum trace_resource resource_of(char letter)
{
    switch (letter) {
    case 'd':
        return TRACE_DESCRIPTOR;
    case 'l':
        return TRACE_LOCK;
    case 'f':
        return TRACE_FILE;
    default:
        abort();
    }
}

static struct record_event event_of(const char *text)
{
    char letter = text[0] == '\0' ? '\0' : text[1];
    uint32_t number = letter == '\0' ? 0 : (uint32_t)strtoul(text + 2, NULL, 10);
    switch (text[0]) {
    case '?':
    case '!':
        return (struct record_event){
            .kind = text[0] == '?' ? TRACE_CALL : TRACE_FAULT, .point = letter, .k = number};
    case '+':
    case '-':
        return (struct record_event){.kind = text[0] == '+' ? TRACE_TOOK : TRACE_GAVE,
                                     .point = -1,
                                     .resource = resource_of(letter),
                                     .id = number};
    case 'x':
        return (struct record_event){.kind = TRACE_EXITING, .point = -1};
    case '.':
        return (struct record_event){.kind = TRACE_THREAD_ENDED, .point = -1};
    default:
        abort();
    }
}

static void add_event(struct record *record, const char *text)
{
    int32_t thread = isdigit(text[0]) ? text[0] - '0' : 0;
    text += thread != 0 ? 2 : 0;
    const char *stack = strchr(text, ' ');
    struct record_event event = event_of(text);
    event.path = LEDGER_PATH_MAIN + thread;
    event.who = hash_mix((uint64_t)event.path);
    event.is_main = event.path == LEDGER_PATH_MAIN;
    event.process = LEDGER_PATH_MAIN;
    event.stack = stack == NULL ? 0 : tape_stack(record, stack + 1);
    record->events = grown(record->events, record->event_count + 1, sizeof *record->events);
    record->events[record->event_count++] = event;
}

struct record tape_record(const char *tape)
{
    struct record record = {0};
    char copy[1024], *rest = copy;
    tape_stack(&record, ""); /* the one that stands for none */
    if (snprintf(copy, sizeof copy, "%s", tape) >= (int)sizeof copy)
        abort();
    for (char *text; copy[0] != '\0' && (text = strsep(&rest, ";")) != NULL;)
        add_event(&record, text + strspn(text, " "));
    record_set_contexts(&record);
    return record;
}
