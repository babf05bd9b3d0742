/* What findings mean for the exit status, and the sentence that says so. */
#include <criterion/criterion.h>
#include <string.h>

#include "oracle/sweep.h"

enum { DEFAULTS = 1u << SWEEP_LEAK | 1u << SWEEP_CRASH };

struct row {
    struct sweep_finding findings[3];
    size_t count;
    unsigned fail_on;
    uint64_t runs, planned, drifted;
    bool interrupted;
    enum exit_status status;
    const char *sentence, *reason;
    size_t faultless; /* of the findings, the first */
};

static void expect(const struct row *row)
{
    struct sweep_finding findings[3];
    memcpy(findings, row->findings, sizeof findings);
    for (size_t i = row->faultless; i < row->count; i++)
        strcpy(findings[i].faults[0].point, "posix/io/oc/open");
    struct sweep_result result = {.findings = findings,
                                  .finding_count = row->count,
                                  .runs = row->runs,
                                  .planned = row->planned,
                                  .outcomes = {[SWEEP_DRIFTED] = row->drifted},
                                  .interrupted = row->interrupted};
    sweep_judge(&result, row->fail_on);
    cr_expect_eq(result.exit_status, row->status, "%s: status %d", row->reason, (int)result.exit_status);
    cr_expect_str_eq(result.sentence, row->sentence, "%s", row->reason);
}

#define NOTHING "9 runs with a fault, none broke a guarantee."
#define BESIDES "9 runs with a fault, none broke a guarantee; findings that do not count: "

Test(sweep_verdict, findings)
{
    static const struct row rows[] = {
        {.runs = 9, .planned = 9, .fail_on = DEFAULTS, .sentence = NOTHING, .reason = "nothing found"},
        {{{.kind = SWEEP_LEAK, .replays = 3, .reproduced = 3}},
         1,
         DEFAULTS,
         9,
         9,
         .status = EXIT_GUARANTEE_BROKEN,
         .sentence = "1 finding breaks a guarantee (1 of kind leak) in 9 runs with a fault.",
         .reason = "one"},
        {{{.kind = SWEEP_LEAK}, {.kind = SWEEP_CRASH}, {.kind = SWEEP_LEAK}},
         3,
         DEFAULTS,
         9,
         9,
         .status = EXIT_GUARANTEE_BROKEN,
         .sentence = "3 findings break a guarantee (1 of kind crash, 2 of kind leak) in 9 runs with a fault.",
         .reason = "of two kinds"},
        {{{.kind = SWEEP_LEAK}, {.kind = SWEEP_LEAK, .suppressed = "known"}, {.kind = SWEEP_LEAK}},
         3,
         DEFAULTS,
         9,
         9,
         .faultless = 2,
         .status = EXIT_GUARANTEE_BROKEN,
         .sentence =
             "2 findings break a guarantee (2 of kind leak; 1 although nothing failed) in 9 runs with a "
             "fault; findings that do not count: 1 suppressed.",
         .reason = "one, and one that is suppressed, came without a fault"},
        {{{.kind = SWEEP_SILENT}},
         1,
         DEFAULTS,
         9,
         9,
         .sentence = BESIDES "1 of other kinds.",
         .reason = "a kind not asked for"},
        {{{.kind = SWEEP_SILENT}},
         1,
         1u << SWEEP_SILENT,
         9,
         9,
         .status = EXIT_GUARANTEE_BROKEN,
         .sentence = "1 finding breaks a guarantee (1 of kind silent) in 9 runs with a fault.",
         .reason = "the same, asked for"},
        {{{.kind = SWEEP_LEAK}},
         1,
         0,
         9,
         9,
         .sentence = BESIDES "1 of other kinds.",
         .reason = "nothing asked for"},
        {{{.kind = SWEEP_SILENT, .suppressed = "known"},
          {.kind = SWEEP_SILENT, .replays = 3},
          {.kind = SWEEP_CRASH, .replays = 3}},
         3,
         DEFAULTS,
         9,
         9,
         .sentence = BESIDES "1 suppressed, 1 of other kinds, 1 flaky.",
         .reason = "each once: what is suppressed, or not asked for, is no longer told to be flaky"},
        {{{.kind = SWEEP_LEAK, .suppressed = "known"}},
         1,
         DEFAULTS,
         9,
         9,
         .sentence = BESIDES "1 suppressed.",
         .reason = "suppressed"},
        {{{.kind = SWEEP_LEAK, .replays = 3, .reproduced = 2}},
         1,
         DEFAULTS,
         9,
         9,
         .sentence = BESIDES "1 flaky.",
         .reason = "flaky"},
        {{{.kind = SWEEP_LEAK, .suppressed = "known"}, {.kind = SWEEP_CRASH}},
         2,
         DEFAULTS,
         9,
         9,
         .status = EXIT_GUARANTEE_BROKEN,
         .sentence =
             "1 finding breaks a guarantee (1 of kind crash) in 9 runs with a fault; findings that do "
             "not count: 1 suppressed.",
         .reason = "one of two suppressed"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}

Test(sweep_verdict, runs_that_prove_nothing)
{
    static const struct row rows[] = {
        {.runs = 9,
         .planned = 12,
         .sentence = "9 runs with a fault, none broke a guarantee; not all were made.",
         .reason = "the budget was over: what was asked for was done"},
        {.runs = 9,
         .planned = 12,
         .interrupted = true,
         .status = EXIT_NOT_DONE,
         .sentence = "9 runs with a fault, none broke a guarantee; not all were made; it was interrupted.",
         .reason = "interrupted"},
        {.findings = {{.kind = SWEEP_LEAK}},
         .count = 1,
         .fail_on = DEFAULTS,
         .runs = 9,
         .planned = 12,
         .interrupted = true,
         .status = EXIT_GUARANTEE_BROKEN,
         .sentence =
             "1 finding breaks a guarantee (1 of kind leak) in 9 runs with a fault; not all were made.",
         .reason = "interrupted, but what is broken is broken"},
        {.runs = 9,
         .planned = 9,
         .drifted = 4,
         .sentence = "5 runs with a fault, none broke a guarantee; 4 drifted and could not be judged.",
         .reason = "some drifted"},
        {.runs = 9,
         .planned = 9,
         .drifted = 5,
         .status = EXIT_NOT_DONE,
         .sentence = "4 runs with a fault, none broke a guarantee; 5 drifted and could not be judged.",
         .reason = "most drifted"},
        {.runs = 9,
         .planned = 9,
         .drifted = 9,
         .status = EXIT_NOT_DONE,
         .sentence = "no run with a fault could be judged.",
         .reason = "all drifted"},
        {.runs = 0,
         .planned = 9,
         .status = EXIT_NOT_DONE,
         .sentence = "no run with a fault could be judged; not all were made.",
         .reason = "none was made"},
        {.interrupted = true,
         .status = EXIT_NOT_DONE,
         .sentence = "no run with a fault could be judged; it was interrupted.",
         .reason = "interrupted before it was known what there is to fail"},
        {.runs = 1,
         .planned = 1,
         .sentence = "1 run with a fault, none broke a guarantee.",
         .reason = "a single one"},
        {.status = EXIT_NOT_DONE,
         .sentence = "no run with a fault could be judged.",
         .reason = "there was none to make"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(&rows[i]);
}
