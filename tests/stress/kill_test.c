/* kill -9 in the middle of a night: nothing that was shown is lost, nothing runs on, and the night can be
 * gone on with. */
#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>

#include "base/hash.h"
#include "drill.h"

static const char campaign[] = CONTROL "run -- $TARGET twice $FOLDER\n"
                                       "run -- $TARGET none $FOLDER\n"
                                       "run -- $TARGET again $FOLDER\n";

static const char intact[] =
    "select count(*) = 1 and max(integrity_check) = 'ok' from pragma_integrity_check";

static const char found[] = "select count(*) from (select distinct kind, signature from broken"
                            " join variant using (run, position) where leaks = 0)";

static void expect_kept(const struct drill *drill, unsigned shown)
{
    cr_expect_eq(drill_number(drill, intact), 1);
    cr_expect_geq(drill_number(drill, found), shown, "%u were shown", shown);
}

/* At a point of its progress that hangs on the seed: once it has said so many lines. */
static void kill_at(unsigned seed)
{
    struct drill drill;
    drill_make(&drill, campaign);
    drill_start(&drill, "", "--for 1s");
    drill_read_lines(&drill, 1 + (unsigned)(hash_mix(seed) % 6));
    kill(drill.pid, SIGKILL);
    int status = drill_end(&drill);
    bool came_to_its_end = strstr(drill.said, "; night 1: ") != NULL; /* after its last line it may have */
    cr_expect(came_to_its_end || status == 128 + SIGKILL, "status %d: %s", status, drill.said);
    unsigned shown = drill_said(&drill, "  found: ");
    drill_expect_no_process(&drill);
    expect_kept(&drill, shown);
    bool complete = drill_number(&drill, "select complete from night") != 0;
    drill_start(&drill, "", "--for 1s --resume");
    status = drill_end(&drill);
    cr_expect_eq(drill_said(&drill, complete ? "night 2 begins" : "night 1 goes on"), 1, "seed %u: %s", seed,
                 drill.said);
    unsigned told = drill_said(&drill, "  found: "), of_night = complete ? told : shown + told;
    cr_expect(status == 1 || (of_night == 0 && (status == 3 || status == 0)), "%u shown, status %d: %s",
              of_night, status, drill.said);
    cr_expect_eq(drill_number(&drill, "select min(complete) from night"), 1, "seed %u: %s", seed, drill.said);
    expect_kept(&drill, complete ? shown : of_night);
    drill_remove(&drill);
}

Test(kill, the_supervisor, .timeout = 600)
{
    for (unsigned seed = 0; seed < drill_repetitions(); seed++)
        kill_at(seed);
}

/* While the line's program waits, which it does for ever. */
Test(kill, in_the_midst_of_a_line, .timeout = 600)
{
    for (unsigned seed = 0; seed < (drill_repetitions() + 2) / 3; seed++) {
        struct drill drill;
        drill_make(&drill, CONTROL "run -- $TARGET twice-waits $FOLDER\n");
        drill_start(&drill, "", "--for 1h");
        cr_assert(drill_read_until(&drill, "  found: "), "while it goes on: %s", drill.said);
        kill(drill.pid, SIGKILL);
        cr_expect_eq(drill_end(&drill), 128 + SIGKILL, "%s", drill.said);
        drill_expect_no_process(&drill);
        expect_kept(&drill, 1);

        drill_start(&drill, "", "--for 1h --resume");
        cr_expect(drill_read_until(&drill, "night 1 goes on"), "%s", drill.said);
        kill(drill_await_line(&drill), SIGKILL);
        cr_assert(drill_read_until(&drill, ": nothing is proven, "), "%s", drill.said);
        kill(drill.pid, SIGTERM);
        int status = drill_end(&drill);
        cr_expect_eq(status, 1, "it was found, status %d: %s", status, drill.said);
        expect_kept(&drill, 1);
        drill_remove(&drill);
    }
}
