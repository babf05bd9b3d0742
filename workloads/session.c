/* The session service: lets clients in by TCP and UNIX sockets, one operation each, and answers what they ask
 * until they have enough.
 *
 * Written three times, one under the other: they do the same in the same order, and differ only in what
 * becomes of the socket, its registration, the session and its buffer when a step fails. */
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crowd.h"
#include "dialogue.h"
#include "doors.h"
#include "exeunt/mark.h"
#include "exeunt/scope.h"
#include "exeunt/workload.h"
#include "protocol.h"
#include "reason.h"
#include "roll.h"
#include "seen.h"

enum setting { SETTING_MISBEHAVE, SETTING_PORT, SETTING_IPV6 };

/* What all operations share. */
struct service {
    char folder[PATH_MAX];
    uint64_t seed;
    struct doors doors;
    pthread_mutex_t entrance; /* who comes in belongs to the operation that holds it */
    struct crowd crowd;
    struct roll roll;
};

/* ---- Steps that all variants take -------------------------------------------------------------------- */

/* Somebody stands at a door, and must not stay there: he would be the next operation's client. */
static int visitor_leave(const struct doors *doors)
{
    if (doors != NULL)
        doors_turn_away(doors);
    return 0;
}
EXEUNT_DEFINE_GUARD(visitor, const struct doors *, NULL, visitor_leave);

static const struct doors *visitor_called(struct service *service, uint64_t number)
{
    crowd_call(&service->crowd, number);
    return &service->doors;
}

/* Lets client `number` in, and nobody else: so the operation meets the same client, and the same failures,
 * however many workers there are. Returns the connection, or -1 with errno. */
static int admit(struct service *service, uint64_t number)
{
    EXEUNT_GUARD(mutex, entrance, exeunt_mutex_lock(&service->entrance));
    if (entrance == NULL)
        return -1;
    EXEUNT_GUARD(visitor, visitor, visitor_called(service, number));
    int door = doors_wait(&service->doors);
    if (door < 0)
        return -1;
    int connection;
    while ((connection = accept4(door, NULL, NULL, SOCK_CLOEXEC)) < 0 && errno == EINTR)
        continue;
    if (connection >= 0)
        visitor = NULL; /* is in */
    return connection;
}

static int registry_add(struct service *service, int connection, uint64_t number)
{
    int failed = roll_add(&service->roll, connection, number);
    if (failed == 0)
        exeunt_took("registration", number);
    return failed;
}

static int registry_remove(struct service *service, int connection, uint64_t number)
{
    exeunt_gave("registration", number);
    return roll_remove(&service->roll, connection);
}

static void session_begin(struct service *service, uint64_t number)
{
    atomic_fetch_add(&service->roll.sessions, 1);
    exeunt_took("session", number);
}

static void session_end(struct service *service, uint64_t number)
{
    exeunt_gave("session", number);
    atomic_fetch_sub(&service->roll.sessions, 1);
}

static void *buffer_make(size_t size)
{
    void *buffer = malloc(size);
    if (buffer != NULL)
        exeunt_took("buffer", (uintptr_t)buffer);
    return buffer;
}

static int buffer_free(void *buffer)
{
    if (buffer != NULL)
        exeunt_gave("buffer", (uintptr_t)buffer);
    free(buffer);
    return 0;
}

/* ---- The variants ------------------------------------------------------------------------------------ */

typedef int serve(struct service *service, uint64_t number);

/* As one finds it in services: right as long as all goes well. */
static int serve_unguarded(struct service *service, uint64_t number)
{
    struct hello hello;
    int connection = admit(service, number);
    if (connection < 0)
        return -errno;
    int failed = registry_add(service, connection, number);
    if (failed != 0)
        return failed;
    session_begin(service, number);
    failed = set_patience(connection, SO_RCVTIMEO, KEEP_ALIVE_MS);
    if (failed != 0)
        return failed;
    failed = set_patience(connection, SO_SNDTIMEO, KEEP_ALIVE_MS);
    if (failed != 0)
        return failed;
    failed = shake_hands(connection, service->seed, number, &hello);
    if (failed != 0)
        return failed;
    void *buffer = buffer_make(answer_room(&hello));
    if (buffer == NULL)
        return -errno;
    failed = converse(connection, service->seed, &hello, buffer);
    if (failed != 0)
        return failed;

    buffer_free(buffer);
    session_end(service, number);
    registry_remove(service, connection, number);
    shutdown(connection, SHUT_RDWR);
    close(connection);
    return 0;
}

/* What the guards of a session hold. */
struct entry {
    struct service *service; /* NULL: nothing */
    int connection;
    uint64_t number;
};

static struct entry registered(struct service *service, int connection, uint64_t number)
{
    int failed = registry_add(service, connection, number);
    if (failed != 0)
        errno = -failed;
    return (struct entry){failed == 0 ? service : NULL, connection, number};
}

static int registered_end(struct entry entry)
{
    return entry.service != NULL ? registry_remove(entry.service, entry.connection, entry.number) : 0;
}

static struct entry begun(struct service *service, int connection, uint64_t number)
{
    session_begin(service, number);
    return (struct entry){service, connection, number};
}

static int begun_end(struct entry entry)
{
    if (entry.service != NULL)
        session_end(entry.service, entry.number);
    return 0;
}

EXEUNT_DEFINE_GUARD(registration, struct entry, ((struct entry){NULL, -1, 0}), registered_end);
EXEUNT_DEFINE_GUARD(session, struct entry, ((struct entry){NULL, -1, 0}), begun_end);
EXEUNT_DEFINE_GUARD(buffer, void *, NULL, buffer_free);

/* The same with scoped guards: nothing to remember. */
static int serve_guarded(struct service *service, uint64_t number)
{
    struct hello hello;
    EXEUNT_GUARD(socket, connection, admit(service, number));
    if (connection < 0)
        return -errno;
    EXEUNT_GUARD(registration, registration, registered(service, connection, number));
    if (registration.service == NULL)
        return -errno;
    EXEUNT_GUARD(session, session, begun(service, connection, number));
    int failed = set_patience(connection, SO_RCVTIMEO, KEEP_ALIVE_MS);
    if (failed != 0)
        return failed;
    failed = set_patience(connection, SO_SNDTIMEO, KEEP_ALIVE_MS);
    if (failed != 0)
        return failed;
    failed = shake_hands(connection, service->seed, number, &hello);
    if (failed != 0)
        return failed;
    EXEUNT_GUARD(buffer, buffer, buffer_make(answer_room(&hello)));
    if (buffer == NULL)
        return -errno;
    return converse(connection, service->seed, &hello, buffer);
}

/* The same by hand: every failure leaves through the label that undoes what was done until there. */
static int serve_handwritten(struct service *service, uint64_t number)
{
    struct hello hello;
    int connection = admit(service, number);
    if (connection < 0)
        return -errno;
    int failed = registry_add(service, connection, number);
    if (failed != 0)
        goto close_connection;
    session_begin(service, number);
    failed = set_patience(connection, SO_RCVTIMEO, KEEP_ALIVE_MS);
    if (failed != 0)
        goto end_session;
    failed = set_patience(connection, SO_SNDTIMEO, KEEP_ALIVE_MS);
    if (failed != 0)
        goto end_session;
    failed = shake_hands(connection, service->seed, number, &hello);
    if (failed != 0)
        goto end_session;
    void *buffer = buffer_make(answer_room(&hello));
    if (buffer == NULL) {
        failed = -errno;
        goto end_session;
    }
    failed = converse(connection, service->seed, &hello, buffer);

    buffer_free(buffer);
end_session:
    session_end(service, number);
    registry_remove(service, connection, number);
close_connection:
    shutdown(connection, SHUT_RDWR);
    close(connection);
    return failed;
}

/* What the service made of client `number`, who hears in any case that it is done with it. */
struct visit {
    const struct service *service;
    uint64_t number;
    int status;
};

static int visit_end(struct visit visit)
{
    if (visit.service != NULL)
        crowd_tell_over(&visit.service->crowd, visit.number, visit.status);
    return 0;
}
EXEUNT_DEFINE_GUARD(visit, struct visit, ((struct visit){NULL, 0, 0}), visit_end);

static int operate(void *state, uint64_t number, serve *variant)
{
    EXEUNT_GUARD(visit, visit, ((struct visit){state, number, -ECANCELED}));
    visit.status = variant(state, number);
    return visit.status;
}

static int session_unguarded(void *state, uint64_t number)
{
    return operate(state, number, serve_unguarded);
}

static int session_guarded(void *state, uint64_t number)
{
    return operate(state, number, serve_guarded);
}

static int session_handwritten(void *state, uint64_t number)
{
    return operate(state, number, serve_handwritten);
}

/* ---- Before and after -------------------------------------------------------------------------------- */

static struct doors_options doors_of(const struct exeunt_job_site *site)
{
    return (struct doors_options){.folder = site->folder,
                                  .ipv6 = site->settings[SETTING_IPV6] != 0,
                                  .port = (uint16_t)site->settings[SETTING_PORT]};
}

/* What the user asks for and the system does not give is said before anything is run. */
static int prepare(const struct exeunt_job_site *site, struct exeunt_reason *reason)
{
    if (site->input != NULL)
        return explain(reason, -EINVAL, "the workload 'session' takes no input: leave out '--input %s'",
                       site->input);
    struct doors_options options = doors_of(site);
    return doors_try(&options, reason) == 0 ? 0 : -EINVAL;
}

static int open_service(const struct exeunt_job_site *site, void **state, struct exeunt_reason *reason)
{
    EXEUNT_GUARD(memory, memory, calloc(1, sizeof(struct service)));
    struct service *service = memory;
    if (service == NULL)
        return explain(reason, -ENOMEM, "out of memory");
    service->roll.epoll = -1;
    snprintf(service->folder, sizeof service->folder, "%s", site->folder);
    service->seed = site->seed;
    pthread_mutex_init(&service->entrance, NULL);
    struct doors_options options = doors_of(site);
    char clients[PATH_MAX];
    int failed = crowd_program(clients, reason);
    if (failed == 0)
        failed = doors_open(&options, &service->doors, reason);
    if (failed != 0)
        return failed;
    failed = roll_open(&service->roll);
    if (failed != 0)
        explain(reason, failed, "cannot keep a roll of sessions: epoll: %s", strerror(-failed));
    if (failed == 0)
        failed = crowd_start(&(struct crowd_options){.program = clients,
                                                     .folder = site->folder,
                                                     .seed = site->seed,
                                                     .misbehave_percent = site->settings[SETTING_MISBEHAVE],
                                                     .doors = &service->doors},
                             &service->crowd, reason);
    if (failed == 0) {
        *state = EXEUNT_TAKE(memory, memory);
        return 0;
    }
    roll_close(&service->roll);
    doors_close(&service->doors);
    return failed;
}

static void note_ghosts(const struct service *service)
{
    uint64_t ghosts = roll_ghosts(&service->roll);
    EXEUNT_GUARD(fd, file, ghosts > 0 ? seen_open(service->folder) : -1);
    for (uint64_t i = 0; file >= 0 && i < ghosts; i++)
        (void)seen_add(file, i, SEEN_GHOST);
}

static void close_service(void *state)
{
    struct service *service = state;
    crowd_end(&service->crowd);
    note_ghosts(service);
    roll_close(&service->roll);
    doors_close(&service->doors);
    pthread_mutex_destroy(&service->entrance);
    free(service);
}

static int check(const struct exeunt_job_site *site, struct exeunt_check *out, struct exeunt_reason *reason)
{
    char door[PATH_MAX];
    snprintf(door, sizeof door, "%s/" DOOR_FILE, site->folder);
    int failed = seen_check(site->folder, out);
    if (failed == 0 && unlink(door) != 0 && errno != ENOENT)
        failed = -errno;
    if (failed != 0)
        return explain(reason, failed, "cannot check what clients saw, in '%s': %s", site->folder,
                       strerror(-failed));
    return 0;
}

EXEUNT_WORKLOAD(session) = {
    .name = "session",
    .summary = "lets clients in by TCP and UNIX sockets, and answers what they ask until they have enough",
    .faults = "session/handshake,posix/io/net/accept4,posix/io/net/recv,posix/io/net/send,"
              "posix/io/net/setsockopt,linux/io/net/epoll_ctl,libc/mm/malloc@p=0.02;"
              "posix/io/net/recv,posix/io/net/send:short@p=0.05",
    .fds_per_operation = 1,
    .variants =
        (const struct exeunt_variant[]){
            {"unguarded", "returns early on errors and leaks what it held", true, session_unguarded},
            {"guarded", "scoped guards: exeunt/scope.h", false, session_guarded},
            {"handwritten", "goto cleanup, with care", false, session_handwritten},
            {NULL, NULL, false, NULL},
        },
    .points =
        (const struct exeunt_point[]){
            {"session/handshake", EACCES, "checking who a client is"},
            {NULL, 0, NULL},
        },
    .settings =
        (const struct exeunt_setting[]){
            [SETTING_MISBEHAVE] = {"misbehave", 8, 0, 100,
                                   "percent of clients that reset, vanish, send garbage or fall silent"},
            [SETTING_PORT] = {"port", 0, 0, 65535, "TCP port of the service; 0: any that is free"},
            [SETTING_IPV6] = {"ipv6", 0, 0, 1, "1: the service listens on ::1, 0: on 127.0.0.1"},
            {NULL, 0, 0, 0, NULL},
        },
    .prepare = prepare,
    .open = open_service,
    .close = close_service,
    .check = check,
};
