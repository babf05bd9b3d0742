/* What two steady runs agree on, how calls are numbered in their contexts, and what only a fault leads to. */
#include "oracle/contexts.h"

#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>

#include "tape.h"

/* "o1:0 o2:1": point, k, and the number in its context. */
static void write_calls(const struct call *calls, size_t count, char *out, size_t size)
{
    size_t length = 0;
    out[0] = '\0';
    for (size_t i = 0; i < count; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%c%u:%u", i > 0 ? " " : "",
                                   (char)calls[i].point, calls[i].k, calls[i].number);
}

Test(contexts, two_runs)
{
    static const struct {
        const char *first, *second, *calls;
        size_t count, unsteady;
        const char *reason;
    } rows[] = {
        {"?o1 sLm; ?r1 sLn", "?o1 sLm; ?r1 sLn", "o1:0 r1:0", 2, 0, "the same"},
        {"?o1 sLm; ?o2 sLm; ?o3 sLn; ?o4 sLm", "?o1 sLm; ?o2 sLm; ?o3 sLn; ?o4 sLm", "o1:0 o2:1 o3:0 o4:2", 2,
         0, "numbered within their contexts, in the order of the calls"},
        {"?o1 sLm; ?r1 sLm", "?o1 sLm; ?r1 sLm", "o1:0 r1:0", 2, 0, "one line calls two points"},
        {"?o1 sLmrf; ?o2 sLmrrf", "?o1 sLmrf; ?o2 sLmrrf", "o1:0 o2:1", 1, 0, "deeper in a recursion"},
        {"?o1 sLm; 1 ?o1 Tt", "1 ?o1 Tt; ?o1 sLm", "o1:0 o1:0", 2, 0, "threads that take turns otherwise"},
        {"?o1 sLm; ?o2 sLm", "?o1 sLm", "o1:0", 1, 1, "a call that only the first makes"},
        {"?o1 sLm", "?o1 sLm; ?o2 sLm", "o1:0", 1, 0,
         "one that only the second makes: not in the list anyway"},
        {"?o1 sLm; ?o2 sLn", "?o1 sLn; ?o2 sLm", "", 0, 2, "the same calls the other way round"},
        {"?o1 sLm; ?o2 sLm", "?o1 sLn; ?o2 sLm", "o2:0", 1, 1, "numbers are of the calls that are steady"},
        {"?o1 sLm; +d1 sLm; x sL", "?o1 sLm; +d1 sLm; x sL", "o1:0", 1, 0, "nothing but calls"},
        {"?o1; ?o2 sLm", "?o1; ?o2 sLm", "o2:0", 1, 0, "a call whose stack was lost"},
        {"", "", "", 0, 0, "nothing at all"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record first = tape_record(rows[i].first), second = tape_record(rows[i].second);
        struct contexts contexts;
        char calls[256];
        cr_assert_eq(contexts_learn(&first, &second, &contexts), 0);
        write_calls(contexts.calls, contexts.call_count, calls, sizeof calls);
        cr_expect_str_eq(calls, rows[i].calls, "%s", rows[i].reason);
        cr_expect_eq(contexts.count, rows[i].count, "%s: %zu contexts", rows[i].reason, contexts.count);
        cr_expect_eq(contexts.unsteady, rows[i].unsteady, "%s: %zu unsteady", rows[i].reason,
                     contexts.unsteady);
        contexts_clear(&contexts);
        record_clear(&first);
        record_clear(&second);
    }
}

Test(contexts, after_a_fault)
{
    static const char steady[] = "?o1 sLm; ?r1 sLn; ?c1 sLp";
    static const struct {
        const char *run, *calls, *reason;
    } rows[] = {
        {"?o1 sLm; !o1 sLm; ?u1 sLq", "u1:0", "cleanup"},
        {"?o1 sLm; !o1 sLm; ?u1 sLq; ?u2 sLq; ?u3 sLr", "u1:0 u3:0", "of each context the first"},
        {"?o1 sLm; !o1 sLm; ?r1 sLn; ?c1 sLp", "", "what steady runs come past, too"},
        {"?o1 sLm; !o1 sLm; ?c1 sLn", "c1:0", "at a line that they know, but of another point"},
        {"?z1 sLz; ?o1 sLm; !o1 sLm", "", "before the fault"},
        {"?o1 sLm; !o1 sLm; ?u1 sLq; ?r1 sLn; !r1 sLn; ?u2 sLr", "u2:0", "behind the last fault"},
        {"?o1 sLm; ?u1 sLq", "", "no fault came"},
        {"?o1 sLm; !o1 sLm; +d1 sLq; x sLr", "", "nothing but calls"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct record first = tape_record(steady), run = tape_record(rows[i].run);
        struct contexts contexts;
        struct call *calls;
        size_t count;
        char written[256];
        cr_assert_eq(contexts_learn(&first, &first, &contexts), 0);
        cr_assert_eq(contexts_after_fault(&run, &contexts, &calls, &count), 0);
        write_calls(calls, count, written, sizeof written);
        cr_expect_str_eq(written, rows[i].calls, "%s", rows[i].reason);
        free(calls);
        contexts_clear(&contexts);
        record_clear(&first);
        record_clear(&run);
    }
}
