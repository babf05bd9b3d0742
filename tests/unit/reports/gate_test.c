/* A gate's reports: what people, pipelines and reviews get. */
#include <criterion/criterion.h>
#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "gate.h"
#include "gate_example.h"
#include "golden.h"
#include "report.h"

Test(gate_report, looks_as_in_the_golden_files)
{
    static const struct {
        const char *golden, *report;
        bool color;
    } rows[] = {{"gate-80", "terminal", false},
                {"gate-80-color", "terminal", true},
                {"gate-junit", "junit", false},
                {"gate-sarif", "sarif", false}};
    cr_assert_not_null(setlocale(LC_CTYPE, "C.UTF-8"));
    struct gate_verdict verdict;
    gate_example(&verdict);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = gate_example_report(rows[i].report, &verdict, rows[i].color);
        golden_expect(rows[i].golden, text);
        free(text);
    }
    gate_verdict_clear(&verdict);
}

Test(gate_report, says_what_is_left_to_chance)
{
    static const struct {
        struct gate_subject subject;
        const char *says, *reason;
    } rows[] = {
        {{.by_chance = true, .faults = 41200},
         "0 leaks in 41,200 faults: below 7.3e-5 per fault at 95 %",
         "none"},
        {{.by_chance = true, .faults = 41200, .hits = 1},
         "1 leak in 41,200 faults: below 1.2e-4 per fault at 95 %",
         "one"},
        {{.by_chance = true, .faults = 300},
         "0 leaks in 300 faults: below 1.0e-2 per fault at 95 %",
         "9.94e-3 is rounded up, and over a power of ten"},
        {{.by_chance = true, .faults = 1},
         "0 leaks in 1 fault: below 9.5e-1 per fault at 95 %",
         "next to nothing"},
        {{.faults = 41200}, "", "nothing is left to chance"},
        {{.by_chance = true, .control = true, .faults = 41200}, "", "a control shall leak"},
        {{.by_chance = true}, "", "no faults"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[128];
        cr_expect_str_eq(gate_chance(&rows[i].subject, text, sizeof text), rows[i].says, "%s",
                         rows[i].reason);
    }
}

Test(gate_report, a_full_device_is_an_error)
{
    struct gate_verdict verdict;
    struct report_options options = {.columns = 80};
    gate_example(&verdict);
    for (size_t i = 0; report_at(i) != NULL; i++) {
        if (report_at(i)->write_gate == NULL)
            continue;
        FILE *full = fopen("/dev/full", "we");
        cr_assert_not_null(full);
        cr_expect_eq(report_at(i)->write_gate(&verdict, &options, full), -ENOSPC, "%s", report_at(i)->name);
        fclose(full);
    }
    gate_verdict_clear(&verdict);
}
