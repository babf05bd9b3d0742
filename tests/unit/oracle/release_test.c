/* Second releases of what the program tells of. */
#include "oracle/release.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "ledger/layout.h"
#include "records.h"

#define TOOK TRACE_TOOK, TRACE_CONNECTION
#define GAVE TRACE_GAVE, TRACE_CONNECTION

Test(release, the_second_one_of_a_taking)
{
    enum { EVENTS_MAX = 5 };
    static const struct {
        struct written events[EVENTS_MAX];
        size_t count, event, first, taking;
        const char *reason;
    } rows[] = {
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}}, 1, 2, 1, 0, "given back twice"},
        {{{GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}}, 0, 0, 0, 0, "never taken: of a pool that nobody knows"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {TOOK, 7, "Sa"}, {GAVE, 7, "Sc"}}, 0, 0, 0, 0, "taken again"},
        {{{TOOK, 7, "Sa"}, {TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}}, 0, 0, 0, 0, "taken twice"},
        {{{TOOK, 7, "Sa"}, {TOOK, 8, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 8, "Sc"}},
         0,
         0,
         0,
         0,
         "of two, each once"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "Sc"}},
         1,
         4,
         3,
         2,
         "the last taking is told"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {GAVE, 7, "f:Sc"}},
         0,
         0,
         0,
         0,
         "a forked child gives its copy back"},
        {{{TOOK, 7, "Sa"}, {GAVE, 7, "Sb"}, {TRACE_GAVE, TRACE_DESCRIPTOR, 7, "Sc"}},
         0,
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
            cr_expect(releases[0].event == rows[i].event && releases[0].first == rows[i].first &&
                          releases[0].taking == rows[i].taking,
                      "%s", rows[i].reason);
        free(releases);
        record_clear(&record);
    }
}

#define TAKEN TRACE_TOOK, TRACE_DESCRIPTOR
#define GIVEN TRACE_GAVE, TRACE_DESCRIPTOR

Test(release, what_came_before_one)
{
    enum { EVENTS_MAX = 5, UNKNOWN = -1 };
    static const struct {
        struct written events[EVENTS_MAX];
        int event, first, taking;
        const char *reason;
    } rows[] = {
        {{{TAKEN, 7, "Sa"}, {GIVEN, 7, "Sb"}, {GIVEN, 7, "Sx"}}, 2, 1, 0, "the second"},
        {{{TAKEN, 7, "Sa"}, {GIVEN, 7, "Sx"}, {GIVEN, 7, "Sx"}, {GIVEN, 7, "Sx"}},
         2,
         1,
         0,
         "in a loop: the first that is a second one"},
        {{{TAKEN, 7, "Sa"}, {GIVEN, 7, "Sx"}}, 1, UNKNOWN, 0, "of what another one has: there is no first"},
        {{{GIVEN, 7, "Sb"}, {GIVEN, 7, "Sx"}}, 1, 0, UNKNOWN, "taken before the trace began"},
        {{{TAKEN, 7, "Sa"}, {GIVEN, 7, "Sb"}, {GIVEN, 8, "Sx"}}, UNKNOWN, 0, 0, "of another number"},
        {{{TAKEN, 7, "Sa"}, {GIVEN, 7, "Sb"}, {GIVEN, 7, "t:Sx"}}, UNKNOWN, 0, 0, "in another thread"},
        {{{TAKEN, 7, "Sa"}, {GIVEN, 7, "Sb"}, {GIVEN, 7, "Sc"}}, UNKNOWN, 0, 0, "at another place"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        size_t events = 0;
        while (events < EVENTS_MAX && rows[i].events[events].kind != 0)
            events++;
        struct record record = record_of(rows[i].events, events);
        struct release found;
        const struct release_call call = {
            .resource = TRACE_DESCRIPTOR, .id = 7, .path = LEDGER_PATH_MAIN, .site = 'x'};
        bool is_found = release_find(&record, &call, &found);
        cr_expect_eq(is_found, rows[i].event != UNKNOWN, "%s", rows[i].reason);
        if (is_found)
            cr_expect(found.event == (size_t)rows[i].event && found.first == (size_t)rows[i].first &&
                          found.taking == (size_t)rows[i].taking,
                      "%s: %zu, %zu, %zu", rows[i].reason, found.event, found.first, found.taking);
        record_clear(&record);
    }
}
