/* A sweep's names, which reports and files keep, and its findings' signatures. */
#include "oracle/sweep.h"

#include <criterion/criterion.h>
#include <string.h>

Test(sweep, names)
{
    cr_expect_str_eq(sweep_kind_name(SWEEP_DOUBLE_RELEASE), "double-release");
    cr_expect_str_eq(sweep_kind_name(SWEEP_UNRELEASED), "unreleased");
    cr_expect_str_eq(sweep_mode_name(SWEEP_PAIR), "pair");
    cr_expect_str_eq(sweep_severity_name(SWEEP_HIGH), "high");
    cr_expect_null(sweep_kind_name(SWEEP_KINDS));
    cr_expect_null(sweep_mode_name(SWEEP_MODES));
    cr_expect_null(sweep_severity_name(SWEEP_SEVERITIES));
    for (unsigned kind = 0; kind < SWEEP_KINDS; kind++)
        cr_expect_not_null(sweep_kind_name(kind), "kind %u", kind);
}

Test(sweep, signature_is_of_what_where_and_why)
{
    const struct sweep_finding leak = {.kind = SWEEP_LEAK,
                                       .resource = "descriptor",
                                       .taken_at = "a.c:1",
                                       .faults = {{.point = "posix/io/oc/open", .failed_at = "a.c:2"}}};
    struct sweep_finding signed_leak = leak, other;
    sweep_finding_sign(&signed_leak);

    other = leak;
    other.count = 7;
    other.faults[0].error = 5;
    strcpy(other.faults[0].coordinate, "0:posix/io/oc/open#3");
    strcpy(other.detail, "otherwise");
    sweep_finding_sign(&other);
    cr_expect_eq(other.signature, signed_leak.signature, "the same, however often and with whatever errno");

    other = leak, other.kind = SWEEP_DOUBLE_RELEASE, sweep_finding_sign(&other);
    cr_expect_neq(other.signature, signed_leak.signature, "another kind");
    other = leak, strcpy(other.resource, "lock"), sweep_finding_sign(&other);
    cr_expect_neq(other.signature, signed_leak.signature, "another resource");
    other = leak, strcpy(other.taken_at, "a.c:9"), sweep_finding_sign(&other);
    cr_expect_neq(other.signature, signed_leak.signature, "another place of taking");
    other = leak, strcpy(other.faults[0].failed_at, "a.c:9"), sweep_finding_sign(&other);
    cr_expect_eq(other.signature, signed_leak.signature, "wherever it failed: what was taken is the same");
    other = leak, strcpy(other.faults[0].point, "posix/mm/malloc"), sweep_finding_sign(&other);
    cr_expect_neq(other.signature, signed_leak.signature, "another point");
    other = leak, other.mode = SWEEP_PAIR, strcpy(other.faults[1].point, "posix/mm/malloc");
    sweep_finding_sign(&other);
    cr_expect_neq(other.signature, signed_leak.signature, "a second fault");
    other = leak, other.mode = SWEEP_PAIR, other.faults[1] = leak.faults[0];
    strcpy(other.faults[0].point, "posix/mm/malloc");
    sweep_finding_sign(&other);
    cr_expect_eq(other.signature, signed_leak.signature, "of two faults the second one tells");

    struct sweep_finding crash = {.kind = SWEEP_CRASH, .faults = {{.failed_at = "a.c:2"}}};
    sweep_finding_sign(&crash);
    other = crash, strcpy(other.faults[0].failed_at, "a.c:9"), sweep_finding_sign(&other);
    cr_expect_neq(other.signature, crash.signature, "without a resource, where it failed");
}
