/* Which stacks are the same context, and which frames are still active at another event. */
#include "oracle/record.h"

#include <criterion/criterion.h>

#include "tape.h"

Test(record, contexts)
{
    static const struct {
        const char *first, *second;
        bool same;
        const char *reason;
    } rows[] = {
        {"sLLmf", "sLLmf", true, "the same stack"},
        {"sLLmf", "sLLmg", false, "another call in the same function"},
        {"sLLmf", "sLLnf", false, "called elsewhere"},
        {"sLLmf", "sLLmfg", false, "one frame more"},
        {"sLLmf9", "sLLm7f8", true, "at other places of the stack: not what was done"},
        {"sLLmrf", "sLLmrrrrf", true, "a function that calls itself, however deep"},
        {"sLLmr", "sLLmrr", true, "also at the inner end"},
        {"sLLmrf", "sLLmrtf", false, "called itself by another line in between"},
        {"sLLmrtf", "sLLmrtrtf", false, "two that call each other: only what calls itself counts once"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record record = tape_record("");
        uint32_t first = tape_stack(&record, rows[i].first), second = tape_stack(&record, rows[i].second);
        record_set_contexts(&record);
        cr_expect_eq(record.stacks[first].context == record.stacks[second].context, rows[i].same, "%s",
                     rows[i].reason);
        cr_expect_neq(record.stacks[first].context, 0, "%s: 0 is no stack's", rows[i].reason);
        cr_expect_eq(record.stacks[0].context, 0, "none has none");
        record_clear(&record);
    }
}

Test(record, frames_that_are_still_active)
{
    static const struct {
        const char *taking, *other;
        uint32_t active;
        const char *reason;
    } rows[] = {
        {"sLLmf", "sLLmf", 4, "the very call: its own innermost pair is not compared"},
        {"sLLmf", "sLLmg", 4, "further on in the function that took it"},
        {"sLLmf", "sLLmghk", 4, "deeper in what it calls"},
        {"sLLmf", "sLLn", 3, "it has returned to main"},
        {"sLLmf", "sLLnf", 3, "called again by another line of main"},
        {"sLLmf", "sLLm9f", 3, "by the same line, but of another activation"},
        {"sLLmf", "sLLmf9", 4, "a tail call: the innermost pair's place is nobody's frame"},
        {"sLLmf", "sL", 2, "main has returned"},
        {"sLLmf", "", 0, "there is no stack"},
        {"", "sLLmf", 0, "nor of the taking"},
        {"sLLmfk", "sLLmf", 5, "a pair of the other's is compared, even its innermost"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record record = tape_record("");
        uint32_t taking = tape_stack(&record, rows[i].taking), other = tape_stack(&record, rows[i].other);
        cr_expect_eq(record_active(&record, taking, other), rows[i].active, "%s: %u", rows[i].reason,
                     record_active(&record, taking, other));
        record_clear(&record);
    }
}

Test(record, pairs_outside_of_main)
{
    static const struct {
        const char *stack;
        uint32_t depth;
        const char *reason;
    } rows[] = {
        {"sLLmf", 3, "_start and libc"},
        {"LLmf", 2, "libc alone: no _start was found"},
        {"sLLmQf", 3, "what a library calls back is deeper than main"},
        {"sLLm", 3, "a call of main itself"},
        {"sLL", 3, "after main"},
        {"Tt", 1, "a thread's first function"},
        {"smf", 0, "nothing of the system outside: where main is nobody knows"},
        {"", 0, "no stack"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record record = tape_record("");
        uint32_t stack = tape_stack(&record, rows[i].stack);
        cr_expect_eq(record_main_depth(&record, stack), rows[i].depth, "%s: %u", rows[i].reason,
                     record_main_depth(&record, stack));
        record_clear(&record);
    }
}
