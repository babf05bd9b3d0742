/* Findings: the same three (what, where taken, which point) are one; anything else is another. */
#include "oracle/findings.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>

Test(findings, same_place_and_point_are_one)
{
    static const struct {
        struct ledger_event event;
        size_t count;
        const char *reason;
    } rows[] = {
        {{.kind = LEDGER_LEAK, .taken_at = 100, .point = 3, .error = EIO, .operation = 8, .k = 2},
         1,
         "the first"},
        {{.kind = LEDGER_LEAK, .taken_at = 100, .point = 3, .error = EIO, .operation = 9, .k = 1},
         1,
         "again"},
        {{.kind = LEDGER_LEAK, .taken_at = 100, .point = 3, .error = ENOMEM}, 1, "whatever the errno"},
        {{.kind = LEDGER_LEAK, .taken_at = 100, .point = 3, .error = EINTR, .operation = 5, .k = 7},
         1,
         "an earlier operation, met later"},
        {{.kind = LEDGER_LEAK, .taken_at = 101, .point = 3}, 2, "another place"},
        {{.kind = LEDGER_LEAK, .taken_at = 100, .point = 4}, 3, "another point"},
        {{.kind = LEDGER_LEAK, .taken_at = 100, .point = -1}, 4, "no point"},
        {{.kind = LEDGER_DOUBLE_CLOSE, .taken_at = 100, .point = 3}, 5, "another kind"},
        {{.kind = LEDGER_FOREIGN_CLOSE, .taken_at = 100, .site = 7, .point = 3}, 6, "a third kind"},
        {{.kind = LEDGER_FAULT, .taken_at = 100, .point = 3}, 6, "a fault alone breaks no guarantee"},
    };
    struct findings findings = {0};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        findings_add(&findings, &rows[i].event);
        cr_expect_eq(findings.count, rows[i].count, "%s", rows[i].reason);
    }
    cr_expect_eq(findings.list[0].count, 4);
    cr_expect_eq(findings.list[0].operation, 5, "coordinate and errno are those of the lowest");
    cr_expect_eq(findings.list[0].k, 7);
    cr_expect_eq(findings.list[0].error, EINTR);
    findings_clear(&findings);
}

Test(findings, a_place_that_closes_all_numbers_closes_none_twice)
{
    const struct ledger_event twice = {.kind = LEDGER_DOUBLE_CLOSE, .site = 7, .point = -1};
    const struct ledger_event elsewhere = {.kind = LEDGER_DOUBLE_CLOSE, .site = 8, .point = -1};
    const struct ledger_event sweep = {.kind = LEDGER_CLOSE_SWEEP, .site = 7, .point = -1};
    struct findings findings = {0};
    findings_add(&findings, &twice);
    findings_add(&findings, &elsewhere);
    findings_add(&findings, &sweep);
    findings_add(&findings, &twice);
    cr_expect_eq(findings.count, 1);
    cr_expect_eq(findings.list[0].site, 8);
    cr_expect_eq(findings.list[0].count, 1);
    findings_clear(&findings);
}

Test(findings, number_is_bounded_and_the_rest_counted)
{
    struct findings findings = {0};
    for (uint64_t i = 0; i < FINDINGS_MAX + 10; i++)
        findings_add(&findings, &(struct ledger_event){.kind = LEDGER_LEAK, .taken_at = i + 1, .point = -1});
    cr_expect_eq(findings.count, FINDINGS_MAX);
    cr_expect_eq(findings.dropped, 10);
    findings_clear(&findings);
}

Test(findings, join_by_name_and_sort_by_count)
{
    struct finding list[3] = {
        {.kind = FINDING_LEAKED_DESCRIPTOR,
         .count = 2,
         .taken_at = "a.c:1",
         .point = "x",
         .coordinate = "first"},
        {.kind = FINDING_LEAKED_DESCRIPTOR, .count = 4, .taken_at = "b.c:1", .point = "x"},
        {.kind = FINDING_LEAKED_DESCRIPTOR,
         .count = 3,
         .taken_at = "a.c:1",
         .point = "x",
         .coordinate = "second"},
    };
    cr_assert_eq(findings_join(list, 3), 2, "two addresses on one line are one place");
    cr_expect_eq(list[0].count, 5);
    cr_expect_str_eq(list[0].coordinate, "first");
    cr_expect_eq(list[1].count, 4);
    cr_expect_neq(list[0].signature, list[1].signature);
}

Test(findings, coordinates)
{
    static const struct {
        struct raw_finding raw;
        const char *path, *coordinate;
    } rows[] = {
        {{.operation = 1725, .point = 0, .k = 1}, "0.1", "1724:upload/metadata#1"},
        {{.operation = 1, .point = -1}, "0.1", "0"},
        {{.operation = 0, .point = 0, .k = 1}, "0.1", "0.1:upload/metadata#1"},
        {{.operation = 0, .point = -1}, "0.1", "0.1"},
        {{.operation = 0, .point = -1}, "?", ""},
    };
    char coordinate[112];
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        finding_coordinate(&rows[i].raw, rows[i].path, "upload/metadata", coordinate, sizeof coordinate);
        cr_expect_str_eq(coordinate, rows[i].coordinate);
    }
}
