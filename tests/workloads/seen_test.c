/* What clients see, and what counts as whole: each way in which a service can let a client down is caught,
 * and what is no service's fault passes. */
#include "seen.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "client.h"
#include "roll.h"
#include "scratch.h"

enum { SEED = 1 };

Test(seen, check_counts_what_is_whole_and_what_is_torn)
{
    static const struct {
        enum seen seen;
        uint64_t whole, torn;
    } rows[] = {{SEEN_WHOLE, 1, 0}, {SEEN_CLOSED, 0, 0},    {SEEN_MISBEHAVED, 0, 0},
                {SEEN_TORN, 0, 1},  {SEEN_ABANDONED, 0, 1}, {SEEN_GHOST, 0, 1}};
    struct exeunt_check check;
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *folder = scratch_make();
        int file = seen_open(folder);
        cr_assert_eq(seen_add(file, 7, rows[i].seen), 0);
        close(file);
        cr_assert_eq(seen_check(folder, &check), 0);
        cr_expect(check.whole == rows[i].whole && check.torn == rows[i].torn, "row %zu", i);
        cr_assert_eq(seen_check(folder, &check), 0, "nobody saw anything");
        cr_expect_eq(check.whole + check.torn, 0, "the file was removed");
        scratch_remove(folder);
    }
}

Test(seen, line_that_says_nothing_is_torn)
{
    static const char *const lines[] = {"7 whol\n", "7 wholes\n", "whole\n", "\n", "7 whole"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct exeunt_check check;
        char *folder = scratch_make();
        int file = seen_open(folder);
        cr_assert_eq(write(file, lines[i], strlen(lines[i])), (ssize_t)strlen(lines[i]));
        close(file);
        cr_assert_eq(seen_check(folder, &check), 0);
        cr_expect(check.whole == 0 && check.torn == 1, "'%s'", lines[i]);
        scratch_remove(folder);
    }
}

/* How a service treats a client. */
enum conduct { SERVES, REPLIES_WRONGLY, CUTS_REPLY, FORGETS_REPLY, SAYS_TOO_MUCH, HANGS_UP, IS_STUCK };

static struct audience audience_of(int listener)
{
    struct audience audience = {.seed = SEED, .address_length = sizeof audience.address};
    cr_assert_eq(getsockname(listener, (struct sockaddr *)&audience.address, &audience.address_length), 0);
    return audience;
}

/* A session by TCP whose client behaves and gets replies that are not empty. */
static uint64_t ordinary_session(void)
{
    for (uint64_t number = 0;; number++) {
        struct schedule schedule = schedule_of(SEED, 0, number);
        if (!schedule.local && schedule.requests == 1 && schedule.reply_lengths[0] > 0)
            return number;
    }
}

static void send_frame(int connection, enum frame_kind kind, const void *content, size_t length, size_t cut)
{
    unsigned char bytes[sizeof(struct frame) + REPLY_LENGTH_MAX];
    frame_make((struct frame *)bytes, kind, content, length);
    memcpy(bytes + sizeof(struct frame), content, length);
    length += sizeof(struct frame) - cut;
    cr_assert_eq(send(connection, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

/* Sends all that a service says in one go: what the client asks meanwhile is nobody's concern here. */
static void treat(int connection, const struct client *client, enum conduct conduct)
{
    unsigned char reply[REPLY_LENGTH_MAX];
    size_t length = client->schedule.reply_lengths[0];
    if (conduct == HANGS_UP)
        return;
    reply_fill(SEED, client->number, 0, reply, length);
    reply[length / 2] ^= conduct == REPLIES_WRONGLY;
    send_frame(connection, FRAME_WELCOME, "", 0, 0);
    if (conduct == IS_STUCK)
        return;
    if (conduct != FORGETS_REPLY)
        send_frame(connection, FRAME_REPLY, reply, length, conduct == CUTS_REPLY);
    if (conduct != CUTS_REPLY)
        send_frame(connection, FRAME_GOODBYE, "", 0, 0);
    if (conduct == SAYS_TOO_MUCH)
        send_frame(connection, FRAME_GOODBYE, "", 0, 0);
}

/* What the client sees of the conduct, if the service takes it for a success or not. */
static enum seen seen_by_client(enum conduct conduct, bool believed)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    cr_assert(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
    struct audience audience = audience_of(listener);
    struct client client;
    cr_assert_eq(client_begin(&audience, ordinary_session(), &client), 0);
    int connection = accept(listener, NULL, NULL);
    treat(connection, &client, conduct);
    if (conduct != IS_STUCK)
        shutdown(connection, SHUT_WR); /* an orderly end, whatever the client says that nobody reads */
    else
        client_go_on(&client);
    while (client.socket >= 0 && conduct != IS_STUCK) {
        struct pollfd something = {.fd = client.socket, .events = POLLIN};
        cr_assert_eq(poll(&something, 1, -1), 1);
        client_go_on(&client);
    }
    enum seen seen = client_saw(&client, believed);
    client_end(&client);
    close(connection);
    close(listener);
    return seen;
}

Test(seen, client_tells_what_the_service_did, .timeout = 60)
{
    static const struct {
        enum conduct conduct;
        enum seen failed, believed;
        const char *reason;
    } rows[] = {
        {SERVES, SEEN_WHOLE, SEEN_WHOLE, "all of it"},
        {REPLIES_WRONGLY, SEEN_TORN, SEEN_TORN, "a wrong byte, whatever the service thinks"},
        {CUTS_REPLY, SEEN_CLOSED, SEEN_TORN, "a reply without its last byte"},
        {FORGETS_REPLY, SEEN_TORN, SEEN_TORN, "goodbye before the reply"},
        {SAYS_TOO_MUCH, SEEN_TORN, SEEN_TORN, "something after the goodbye"},
        {HANGS_UP, SEEN_CLOSED, SEEN_TORN, "nothing at all"},
        {IS_STUCK, SEEN_ABANDONED, SEEN_ABANDONED, "no reply and no end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        cr_expect_eq(seen_by_client(rows[i].conduct, false), rows[i].failed, "%s", rows[i].reason);
        cr_expect_eq(seen_by_client(rows[i].conduct, true), rows[i].believed, "%s, believed", rows[i].reason);
    }
}

Test(seen, sessions_without_a_socket_are_ghosts)
{
    struct roll roll;
    int ends[2];
    cr_assert_eq(roll_open(&roll), 0);
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    cr_assert_eq(roll_add(&roll, ends[0], 1), 0);
    cr_assert_eq(roll_add(&roll, ends[1], 2), 0);
    roll.sessions = 2;
    cr_expect_eq(roll_ghosts(&roll), 0, "each has its socket");
    close(ends[0]);
    cr_expect_eq(roll_ghosts(&roll), 1, "one is closed and still counted");
    roll.sessions--;
    cr_expect_eq(roll_ghosts(&roll), 0, "and now is not");
    close(ends[1]);
    roll_close(&roll);
}

Test(seen, schedule_hangs_on_the_number_alone)
{
    unsigned misbehaving = 0, local = 0;
    for (uint64_t number = 0; number < 10000; number++) {
        struct schedule one = schedule_of(SEED, 8, number), other = schedule_of(SEED, 8, number);
        cr_assert(one.local == other.local && one.requests == other.requests &&
                  one.misbehaviour == other.misbehaviour && one.at == other.at);
        cr_assert(one.requests >= 1 && one.requests <= REQUESTS_MAX && one.at < one.requests);
        for (uint32_t i = 0; i < one.requests; i++)
            cr_assert(one.request_lengths[i] >= sizeof(struct request) &&
                      one.request_lengths[i] <= REQUEST_LENGTH_MAX &&
                      one.reply_lengths[i] <= REPLY_LENGTH_MAX);
        misbehaving += one.misbehaviour != BEHAVES;
        local += one.local;
        cr_assert_eq(schedule_of(SEED, 0, number).misbehaviour, BEHAVES);
        cr_assert_neq(schedule_of(SEED, 100, number).misbehaviour, BEHAVES);
    }
    cr_expect(misbehaving > 650 && misbehaving < 950, "eight percent: %u", misbehaving);
    cr_expect(local > 4700 && local < 5300, "half of them: %u", local);
}
