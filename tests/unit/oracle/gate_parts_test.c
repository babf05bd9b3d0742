/* What may become a baseline, and what is taken out of one. */
#include <criterion/criterion.h>
#include <string.h>

#include "gates.h"

Test(gate_parts, what_may_be_recorded)
{
    static const struct {
        struct gates_row row;
        unsigned status;
        int expected; /* exit status, -1: it may */
        const char *says;
    } rows[] = {
        {{.faults = 1}, 0, -1, ""},
        {{.faults = 1, .findings = {LEAK(3)}}, 1, -1, ""},
        {{.faults = 1, .control = true, .caught = true}, 1, -1, ""},
        {{.faults = 0}, 0, EXIT_NOT_DONE, "'sweep x' made nothing of 'x' fail"},
        {{.faults = 1, .control = true}, 0, EXIT_CONTROL_MISSED, "'sweep x' did not catch 'x'"},
        {{.faults = 1, .trouble = "no disk"}, 3, EXIT_NOT_DONE, "'sweep x': no disk"},
        {{.gone = true, .trouble = "no workload x"}, 2, EXIT_USAGE, "'sweep x': no workload x"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gate_parts parts = gates_of(&rows[i].row);
        struct error error = {.text = ""};
        parts.list[0].status = rows[i].status;
        int rc = gate_check(&parts, &error);
        cr_expect_eq(rc == 0, rows[i].expected < 0, "%s", error.text);
        cr_expect(rc == 0 || (int)error.exit_status == rows[i].expected, "%s: %d", error.text,
                  (int)error.exit_status);
        cr_expect_eq(strncmp(error.text, rows[i].says, strlen(rows[i].says)), 0, "%s", error.text);
        gate_parts_clear(&parts);
    }
}

Test(gate_parts, only_what_is_gone_is_forgotten)
{
    static const struct gates_row before = {.faults = 40,
                                            .findings = {LEAK(3), CRASH("f"), FLAKY(5), CRASH("g")}},
                                  now = {.faults = 40, .findings = {CRASH("g"), CRASH("h")}};
    struct gate_parts recorded = gates_of(&before), found = gates_of(&now);
    struct gate_verdict verdict;
    cr_assert_eq(gate_judge(&recorded, &found, &verdict), 0);
    cr_expect_eq(gate_forget_gone(&recorded, &verdict), 2);
    const struct gate_subject *subject = &recorded.list[0].subjects[0];
    cr_assert_eq(subject->finding_count, 4);
    for (size_t i = 0; i < subject->finding_count; i++) {
        const struct gate_finding *finding = &subject->findings[i];
        bool kept = finding->flaky || strcmp(finding->function, "g") == 0;
        cr_expect_eq(finding->forgotten, !kept, "%s at line %u", finding->kind, finding->line);
    }
    gate_verdict_clear(&verdict);
    gate_parts_clear(&recorded);
    gate_parts_clear(&found);
}

Test(gate_parts, are_sorted)
{
    static const struct gates_row row = {
        .faults = 1, .covered = {"b:EIO", "a", "b:EACCES"}, .findings = {LEAK(9), CRASH("f"), LEAK(3)}};
    struct gate_parts parts = gates_of(&row);
    const struct gate_subject *subject = &parts.list[0].subjects[0];
    cr_expect_str_eq(subject->covered[0].point, "a");
    cr_expect_str_eq(subject->covered[1].error, "EACCES");
    cr_expect_str_eq(subject->findings[0].kind, "crash");
    cr_expect_eq(subject->findings[1].line, 3);
    gate_parts_clear(&parts);
}
