/* Nights: ended in order, gone on with, one at a time, those before them deleted. */
#include <criterion/criterion.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "command.h"
#include "drill.h"

/* Has the folder's lock as one who looks at it may. The caller's to close. */
static int look_at(const struct drill *drill)
{
    char path[512];
    snprintf(path, sizeof path, "%s/nights/lock", drill->folder);
    int lock = open(path, O_RDONLY | O_CLOEXEC);
    cr_assert_eq(flock(lock, LOCK_SH | LOCK_NB), 0, "it is locked for those who look");
    return lock;
}

static struct command_result status_of(const struct drill *drill)
{
    return command_run("%s stress --status --results %s/nights", EXEUNT, drill->folder);
}

static void expect_status(const struct drill *drill, const char *said)
{
    struct command_result asked = status_of(drill);
    cr_expect_eq(asked.status, 0, "%s", asked.err);
    cr_expect_not_null(strstr(asked.out, said), "'%s' is not in: %s", said, asked.out);
    command_free(&asked);
}

/* While the program of the second line waits, or when the night has just gone on. */
static void interrupt(struct drill *drill, int signal_number)
{
    kill(drill->pid, signal_number);
    int status = drill_end(drill);
    cr_expect_eq(status, 1, "status %d: %s", status, drill->said);
    cr_expect_not_null(strstr(drill->said, "FAIL: a guarantee is broken; night 1: "), "%s", drill->said);
    cr_expect_not_null(strstr(drill->said, " of 1 h 00 m ('--resume' goes on), 1 finding"), "%s",
                       drill->said);
    expect_status(drill, ": cut short, '--resume' goes on");
}

Test(night, a_signal_ends_it_in_order, .timeout = 120)
{
    struct drill drill;
    drill_make(&drill, CONTROL "run -- $TARGET twice-waits $FOLDER\n");
    drill_start(&drill, "", "--for 1h --seed 7");
    cr_assert(drill_read_until(&drill, "  found: "), "%s", drill.said);
    expect_status(&drill, "night 1, round 1, line 2 (run -- ");
    expect_status(&drill, ", 1 finding, ");
    expect_status(&drill, ": goes on, process ");
    interrupt(&drill, SIGTERM);
    cr_expect_eq(drill_number(&drill, "select min(complete) from run"), 1, "the line's result is whole");
    cr_expect_eq(drill_number(&drill, "select seed from night"), 7);
    cr_expect_eq(drill_number(&drill, "select line from night"), 2, "it was cut, so it comes first again");

    drill_start(&drill, "", "--for 1h --resume");
    cr_assert(drill_read_until(&drill, "night 1 goes on"), "%s", drill.said);
    expect_status(&drill, ", 1 finding, ");
    interrupt(&drill, SIGINT);
    cr_expect_eq(drill_said(&drill, "  found: "), 0, "it is known already: %s", drill.said);

    drill_start(&drill, "", "--for 2h --resume");
    cr_expect(drill_read_until(&drill, "night 2 begins"), "another command: %s", drill.said);
    cr_expect_eq(drill_said(&drill, "night 1 was cut short, but is of --for 1h: it is not gone on with"), 1,
                 "and says so: %s", drill.said);
    kill(drill.pid, SIGTERM);
    drill_end(&drill);

    drill_number(&drill, "update night set line = 3 where id = 2 returning line");
    drill_start(&drill, "", "--for 2h --resume");
    cr_expect(drill_read_until(&drill, "night 3 begins"), "it has no such line: %s", drill.said);
    cr_expect_eq(drill_said(&drill, "night 2 was cut short, but is of other lines: "), 1, "%s", drill.said);
    kill(drill.pid, SIGTERM);
    drill_end(&drill);

    drill_start(&drill, "", "--for 2h --resume --seed 8");
    cr_expect(drill_read_until(&drill, "night 4 begins"), "another seed: %s", drill.said);
    cr_expect_eq(drill_said(&drill, "night 3 was cut short, but is of --seed "), 1, "%s", drill.said);
    kill(drill.pid, SIGTERM);
    drill_end(&drill);
    drill_remove(&drill);
}

Test(night, one_at_a_time, .timeout = 120)
{
    struct drill drill;
    drill_make(&drill, CONTROL);
    drill_start(&drill, "", "--for 1h");
    cr_assert(drill_read_until(&drill, "night 1 begins"), "%s", drill.said);
    int looking = look_at(&drill);
    struct command_result second =
        command_run("%s stress --for 10ms --results %s/nights", EXEUNT, drill.folder);
    char refused[128];
    snprintf(refused, sizeof refused, "already (process %d): wait for its end", drill.pid);
    cr_expect_eq(second.status, 3);
    cr_expect_not_null(strstr(second.err, refused), "%s", second.err);
    command_free(&second);
    kill(drill.pid, SIGKILL);
    drill_end(&drill);
    expect_status(&drill, ": cut short");
    drill_start(&drill, "", "--for 10ms");
    cr_expect_eq(drill_end(&drill), 3, "too short to prove anything: %s", drill.said);
    cr_expect(strstr(drill.said, "night 2 begins") != NULL, "the lock went with its owner: %s", drill.said);
    expect_status(&drill, ": ended, not all is proven; 1 of 1 line never came to its end: compare upload");
    close(looking);
    drill_remove(&drill);
}

/* The clock of the day goes back by a day whenever it is looked at, and by more from night to night. */
Test(night, the_clock_goes_back, .timeout = 120)
{
    struct drill drill;
    drill_make(&drill, CONTROL);
    for (int night = 1; night <= 3; night++) {
        char before[256];
        snprintf(before, sizeof before, "env LD_PRELOAD=%s CLOCK_BACK_FROM=%d", CLOCK_BACK,
                 1764000000 - night * 1000000);
        drill_start(&drill, before, "--for 30ms --keep 2");
        drill_end(&drill);
        cr_expect_eq(drill_number(&drill, "select complete from night order by id desc"), 1, "%s",
                     drill.said);
    }
    cr_expect_eq(drill_number(&drill, "select min(id) * 10 + max(id) from night"), 23, "the later ones stay");
    cr_expect_eq(drill_number(&drill, "select max(started_s) < 1764000000 - 3000000 and max(started_s) <"
                                      " (select started_s from night where id = 2) from night where id = 3"),
                 1, "it did go back");
    drill_remove(&drill);
}

Test(night, begins_with_a_control, .timeout = 120)
{
    struct drill drill;
    drill_make(&drill, "# no control\nrun -- $TARGET none $FOLDER\n");
    drill_start(&drill, "", "--for 1h");
    cr_expect(drill_read_until(&drill, "so a positive control comes first: compare upload"), "%s",
              drill.said);
    kill(drill.pid, SIGTERM);
    cr_expect_eq(drill_end(&drill), 3, "%s", drill.said);
    cr_expect_eq(drill_number(&drill, "select campaign glob 'compare upload *\nrun -- *' from night"), 1);
    drill_remove(&drill);
}

/* Of three lines the second waits for ever, and the third never begins. */
Test(night, a_line_that_never_came_to_its_end_is_named, .timeout = 120)
{
    struct drill drill;
    drill_make(&drill, CONTROL "run -- $TARGET waits $FOLDER\nrun -- $TARGET none $FOLDER\n");
    drill_start(&drill, "", "--for 1s");
    cr_expect_eq(drill_end(&drill), 3, "%s", drill.said);
    cr_expect_not_null(strstr(drill.said, "INCONCLUSIVE: not all is proven; "), "%s", drill.said);
    cr_expect_not_null(strstr(drill.said, " of 3 lines never came to their end: "), "%s", drill.said);
    cr_expect_not_null(strstr(drill.said, " none "), "the last one is named: %s", drill.said);
    expect_status(&drill, ": ended, not all is proven; ");
    expect_status(&drill, " of 3 lines never came to their end: ");
    drill_remove(&drill);
}
