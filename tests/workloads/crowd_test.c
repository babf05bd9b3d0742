/* The clients' process: what it writes down of services that let its clients down, and when it ends. */
#include "crowd.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "scratch.h"
#include "seen.h"

enum { CLIENTS_COUNT = 20, PATIENCE_MS = 60000 };

static struct crowd start(const char *folder, struct doors *doors)
{
    struct crowd crowd;
    struct exeunt_reason reason = {""};
    cr_assert_eq(doors_open(&(struct doors_options){.folder = folder}, doors, &reason), 0, "%s", reason.text);
    const struct crowd_options options = {.program = CLIENTS, .folder = folder, .seed = 1, .doors = doors};
    cr_assert_eq(crowd_start(&options, &crowd, &reason), 0, "%s", reason.text);
    return crowd;
}

/* A service that accepts, and then hangs up at once or never; and believes that all is well, or not. */
static void expect_torn(bool hangs_up, int status, uint64_t torn, const char *reason)
{
    char *folder = scratch_make();
    struct doors doors;
    struct crowd crowd = start(folder, &doors);
    for (uint64_t number = 0; number < CLIENTS_COUNT; number++) {
        crowd_call(&crowd, number);
        int connection = accept(doors_wait(&doors), NULL, NULL);
        cr_assert_geq(connection, 0);
        if (hangs_up)
            close(connection);
        crowd_tell_over(&crowd, number, status);
    }
    crowd_end(&crowd);
    doors_close(&doors);
    struct exeunt_check check;
    cr_assert_eq(seen_check(folder, &check), 0);
    cr_expect_eq(check.torn, torn, "%s: %llu", reason, (unsigned long long)check.torn);
    cr_expect_eq(check.whole, 0, "%s", reason);
    scratch_remove(folder);
}

Test(crowd, knows_who_was_let_down)
{
    expect_torn(true, -EIO, 0, "the service failed, and said so");
    expect_torn(true, 0, CLIENTS_COUNT, "it takes for a success what is none");
    expect_torn(false, -EIO, CLIENTS_COUNT, "the connections never end");
}

Test(crowd, those_who_were_turned_away_stand_at_no_door)
{
    char *folder = scratch_make();
    struct doors doors;
    struct crowd crowd = start(folder, &doors);
    for (uint64_t number = 0; number < CLIENTS_COUNT; number++) {
        crowd_call(&crowd, number);
        doors_turn_away(&doors);
        struct pollfd standing[] = {{.fd = doors.tcp, .events = POLLIN},
                                    {.fd = doors.local, .events = POLLIN}};
        cr_assert_eq(poll(standing, 2, 0), 0);
        crowd_tell_over(&crowd, number, -EIO);
    }
    crowd_end(&crowd);
    doors_close(&doors);
    scratch_remove(folder);
}

Test(crowd, ends_when_nobody_talks_to_it_any_more)
{
    char *folder = scratch_make();
    struct doors doors;
    struct crowd crowd = start(folder, &doors);
    struct pollfd ended = {.fd = (int)syscall(SYS_pidfd_open, crowd.process, 0), .events = POLLIN};
    cr_assert_geq(ended.fd, 0);
    close(crowd.wire);
    cr_assert_eq(poll(&ended, 1, PATIENCE_MS), 1);
    doors_close(&doors);
    scratch_remove(folder);
}

Test(crowd, missing_program_is_said)
{
    struct doors doors;
    struct crowd crowd;
    struct exeunt_reason reason = {""};
    char *folder = scratch_make();
    cr_assert_eq(doors_open(&(struct doors_options){.folder = folder}, &doors, &reason), 0, "%s",
                 reason.text);
    const struct crowd_options options = {.program = "/nonexistent", .folder = folder, .doors = &doors};
    cr_expect_lt(crowd_start(&options, &crowd, &reason), 0);
    cr_expect_not_null(strstr(reason.text, "/nonexistent"), "%s", reason.text);
    doors_close(&doors);
    scratch_remove(folder);
}
