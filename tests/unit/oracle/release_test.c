/* Second releases of what the program tells of. */
#include "oracle/release.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "records.h"

#define TOOK TRACE_TOOK, TRACE_CONNECTION
#define GAVE TRACE_GAVE, TRACE_CONNECTION

Test(release, the_second_one_of_a_taking)
{
    enum { EVENTS_MAX = 5 };
    static const struct {
        struct written events[EVENTS_MAX];
        size_t count, event, taking;
        const char *reason;
    } rows[] = {
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}}, 1, 2, 0, "given back twice"},
        {{{GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}}, 0, 0, 0, "never taken: of a pool that nobody knows"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {TOOK, 7, "Sa"}, {GAVE, 7, "Sc"}}, 0, 0, 0, "taken again"},
        {{{TOOK, 7, "Sa"}, {TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}}, 0, 0, 0, "taken twice"},
        {{{TOOK, 7, "Sa"}, {TOOK, 8, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 8, "Sc"}}, 0, 0, 0, "of two, each once"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}},
         1,
         4,
         2,
         "the last taking is told"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "f:Sc"}},
         0,
         0,
         0,
         "a forked child gives its copy back"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {TRACE_GAVE, TRACE_DESCRIPTOR, 7, "Sc"}},
         0,
         0,
         0,
         "another resource of that number"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t events = 0, count;
        while (events < EVENTS_MAX && rows[i].events[events].kind != 0)
            events++;
        struct record record = record_of(rows[i].events, events);
        struct release *releases;
        cr_assert_eq(releases_judge(&record, &releases, &count), 0);
        cr_expect_eq(count, rows[i].count, "%s: %zu", rows[i].reason, count);
        if (count > 0)
            cr_expect(releases[0].event == rows[i].event && releases[0].taking == rows[i].taking, "%s",
                      rows[i].reason);
        free(releases);
        record_clear(&record);
    }
}
