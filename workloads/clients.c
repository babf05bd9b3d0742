/* The program that the clients of the session workload live in: another process than the service, so that
 * what they hold is theirs. Does what it is told on the wire, and lets each client go on when something has
 * come for it; one thread.
 *
 * Usage: exeunt-clients FOLDER WIRE SEED PERCENT IPV6 PORT. Ends when the wire does. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/text.h"
#include "client.h"
#include "crowd.h"
#include "seen.h"

enum { BUCKETS = 1024, EVENTS_MAX = 64, PATIENCE_MS = 1000 };

/* A client with what the service said of it. */
struct guest {
    struct client client;
    struct guest *next; /* in its bucket */
    bool over;          /* the service is done with it */
    int status;         /* and how */
};

struct house {
    struct audience audience;
    int wire, seen, epoll;
    struct guest *buckets[BUCKETS];
    uint64_t guests;
    bool ending; /* nobody else will come */
};

_Noreturn static void give_up(const char *what)
{
    fprintf(stderr, "exeunt-clients: %s: %s\n", what, strerror(errno));
    exit(EXIT_FAILURE);
}

static struct guest **place_of(struct house *house, uint64_t number)
{
    struct guest **place = &house->buckets[number % BUCKETS];
    while (*place != NULL && (*place)->client.number != number)
        place = &(*place)->next;
    return place;
}

/* Writes down what the guest saw, and forgets it. */
static void see_off(struct house *house, struct guest *guest)
{
    struct guest **place = place_of(house, guest->client.number);
    enum seen seen = client_saw(&guest->client, guest->over && guest->status == 0);
    if (seen_add(house->seen, guest->client.number, seen) != 0)
        give_up("cannot write what was seen");
    *place = guest->next;
    house->guests--;
    client_end(&guest->client);
    free(guest);
}

/* A closed socket leaves the epoll by itself. */
static void go_on(struct house *house, struct guest *guest)
{
    client_go_on(&guest->client);
    if (guest->client.socket < 0 && (guest->over || house->ending))
        see_off(house, guest);
}

static int let_in(struct house *house, uint64_t number)
{
    struct guest *guest = calloc(1, sizeof *guest);
    if (guest == NULL)
        return -ENOMEM;
    int failed = client_begin(&house->audience, number, &guest->client);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = guest};
    if (failed == 0 && guest->client.socket >= 0 &&
        epoll_ctl(house->epoll, EPOLL_CTL_ADD, guest->client.socket, &event) != 0) {
        failed = -errno;
        client_end(&guest->client);
    }
    if (failed != 0) {
        free(guest);
        return failed;
    }
    *place_of(house, number) = guest;
    house->guests++;
    return 0;
}

static void answer(const struct house *house, uint64_t number, int failed)
{
    const struct answer answer = {.error = -failed, .number = number};
    if (send(house->wire, &answer, sizeof answer, MSG_NOSIGNAL) != (ssize_t)sizeof answer)
        exit(EXIT_SUCCESS); /* nobody is there to hear it */
}

static void end_guest(struct house *house, const struct order *order)
{
    struct guest *guest = *place_of(house, order->number);
    if (guest == NULL)
        return;
    guest->over = true;
    guest->status = order->status;
    go_on(house, guest);
}

/* Takes one order. */
static void obey(struct house *house)
{
    struct order order;
    ssize_t length = recv(house->wire, &order, sizeof order, 0);
    if (length != (ssize_t)sizeof order)
        exit(EXIT_SUCCESS); /* the service's process is gone */
    if (order.kind == ORDER_COME)
        answer(house, order.number, let_in(house, order.number));
    else if (order.kind == ORDER_OVER)
        end_guest(house, &order);
    else
        house->ending = true;
}

/* Lets those go on for whom something has come. False: nothing came for so long. */
static bool wait_for_news(struct house *house, int timeout_ms)
{
    struct epoll_event events[EVENTS_MAX];
    int count = epoll_wait(house->epoll, events, EVENTS_MAX, timeout_ms);
    if (count < 0 && errno != EINTR)
        give_up("cannot wait for what comes");
    bool ordered = false;
    for (int i = 0; i < count; i++)
        if (events[i].data.ptr == NULL)
            ordered = true;
        else
            go_on(house, events[i].data.ptr);
    if (ordered) /* last: it may end a guest that is among the others */
        obey(house);
    return count != 0;
}

/* Those whose connection has not ended long after the service is done with all, never see its end. */
static void end_all(struct house *house)
{
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct guest *guest = house->buckets[i], *next; guest != NULL; guest = next) {
            next = guest->next;
            if (guest->client.socket < 0)
                see_off(house, guest);
        }
    while (house->guests > 0 && wait_for_news(house, PATIENCE_MS))
        continue;
    for (size_t i = 0; i < BUCKETS; i++)
        while (house->buckets[i] != NULL)
            see_off(house, house->buckets[i]);
    answer(house, 0, 0);
}

static bool set_up(char **arguments, struct house *house)
{
    uint64_t wire, ipv6, port;
    struct audience *audience = &house->audience;
    if (text_number(arguments[2], 0, INT32_MAX, &wire) != 0 ||
        text_number(arguments[3], 0, UINT64_MAX, &audience->seed) != 0 ||
        text_number(arguments[4], 0, 100, &audience->misbehave_percent) != 0 ||
        text_number(arguments[5], 0, 1, &ipv6) != 0 || text_number(arguments[6], 1, UINT16_MAX, &port) != 0)
        return false;
    house->wire = (int)wire;
    audience->address_length = service_address(ipv6 != 0, (uint16_t)port, &audience->address);
    return true;
}

int main(int argc, char **argv)
{
    static struct house house;
    if (argc != 7 || !set_up(argv, &house)) {
        fputs("exeunt-clients is started by exeunt-host\n", stderr);
        return EXIT_FAILURE;
    }
    fcntl(house.wire, F_SETFD, FD_CLOEXEC);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};
    house.epoll = epoll_create1(EPOLL_CLOEXEC);
    house.seen = seen_open(argv[1]);
    if (chdir(argv[1]) != 0 || house.seen < 0 || house.epoll < 0 ||
        epoll_ctl(house.epoll, EPOLL_CTL_ADD, house.wire, &event) != 0)
        give_up(argv[1]);
    answer(&house, 0, 0); /* here we are */
    while (!house.ending)
        wait_for_news(&house, -1);
    end_all(&house);
    return EXIT_SUCCESS;
}
