/* Decides what is a deadlock and what is merely slow: only waits that stood at two looks count, and only
 * those that cannot end by themselves. */
#include "supervise/detector.h"

#include <string.h>

enum { WAITERS_MAX = 256 };

/* The waits that stood at both looks, and to whom they lead. */
struct graph {
    const struct ledger_view *view;
    uint32_t threads;
    size_t waiter_count;
    uint32_t waiters[WAITERS_MAX];
    struct detector *detector;
    size_t edge_count;
    struct deadlock_edge edges[4 * WAITERS_MAX];
};

static bool waits_still(const struct ledger_view *view, uint32_t thread, uint32_t sequence, uint64_t lock)
{
    const struct ledger_locks *locks = &view->ledger->locks[thread];
    return locks->waits_for == lock && locks->wait_sequence == sequence;
}

/* Notes who waits now, for the next look, and collects those that waited already at the last one. */
static void collect_waiters(struct detector *detector, struct graph *graph, uint64_t now_ns)
{
    const struct ledger *ledger = graph->view->ledger;
    for (uint32_t i = 0; i < graph->threads; i++) {
        const struct ledger_locks *locks = &ledger->locks[i];
        uint64_t lock = locks->waits_for;
        uint32_t sequence = locks->wait_sequence;
        bool counts = lock != 0 && locks->wait_mode < LEDGER_WAIT && ledger->threads[i].tid > 0;
        bool stood = counts && detector->locks[i] == lock && detector->sequences[i] == sequence;
        detector->locks[i] = counts ? lock : 0;
        detector->sequences[i] = sequence;
        detector->left[i] &= stood;
        if (!stood)
            detector->since_ns[i] = detector->looked_ns != 0 ? detector->looked_ns : now_ns;
        if (stood && graph->waiter_count < WAITERS_MAX)
            graph->waiters[graph->waiter_count++] = i;
    }
    detector->looked_ns = now_ns;
}

/* Whether one who holds a lock in a mode keeps out one who wants it in another. */
static bool excludes(uint32_t held, uint32_t wanted)
{
    return held != LEDGER_LOCK_READ || wanted != LEDGER_LOCK_READ;
}

static void add_edge(struct graph *graph, uint32_t waiter, uint32_t owner, const struct ledger_held *held)
{
    const struct ledger *ledger = graph->view->ledger;
    const struct ledger_locks *locks = &ledger->locks[waiter];
    if (graph->edge_count == sizeof graph->edges / sizeof *graph->edges)
        return;
    graph->edges[graph->edge_count++] = (struct deadlock_edge){
        .waiter = waiter,
        .owner = owner,
        .sequence = graph->detector->sequences[waiter],
        .lock = graph->detector->locks[waiter],
        .mode = locks->wait_mode,
        .waiting_at = locks->waiting_at,
        .waiting_since_ns = graph->detector->since_ns[waiter],
        .taken_at = held->taken_at,
        .taken_in = held->operation,
        .left_ns = held->left_ns,
        .point = held->left_ns != 0 ? held->point : -1,
        .owner_ended = ledger->threads[owner].tid < 0,
    };
}

/* A thread's end is given by that thread alone, which goes on: it has a record, and others may have its
 * handle only once it was joined. */
static void find_joined(struct graph *graph, uint32_t waiter)
{
    static const struct ledger_held nothing = {0};
    const struct ledger *ledger = graph->view->ledger;
    for (uint32_t i = 0; i < graph->threads; i++)
        if (ledger->threads[i].tid > 0 && ledger->locks[i].handle == graph->detector->locks[waiter])
            add_edge(graph, waiter, i, &nothing);
}

static void find_owners(struct graph *graph, uint32_t waiter)
{
    const struct ledger *ledger = graph->view->ledger;
    uint64_t lock = graph->detector->locks[waiter];
    uint32_t wanted = ledger->locks[waiter].wait_mode;
    if (wanted == LEDGER_JOIN) {
        find_joined(graph, waiter);
        return;
    }
    for (uint32_t i = 0; i < graph->threads; i++) {
        const struct ledger_locks *locks = &ledger->locks[i];
        uint32_t count = locks->held_count;
        for (uint32_t k = 0; k < count && k < LEDGER_HELD_MAX; k++)
            if (locks->held[k].lock == lock && excludes(locks->held[k].mode, wanted)) {
                add_edge(graph, waiter, i, &locks->held[k]);
                break;
            }
    }
}

/* Edges of waits that ended while they were collected are none. */
static void drop_stale(struct graph *graph)
{
    size_t kept = 0;
    for (size_t i = 0; i < graph->edge_count; i++)
        if (waits_still(graph->view, graph->edges[i].waiter, graph->edges[i].sequence, graph->edges[i].lock))
            graph->edges[kept++] = graph->edges[i];
    graph->edge_count = kept;
}

static bool is_abandoned(const struct deadlock_edge *edge)
{
    return edge->owner_ended || edge->left_ns != 0 || edge->owner == edge->waiter;
}

static void add_to(struct deadlock *deadlock, const struct deadlock_edge *edge)
{
    if (deadlock->edge_count == DEADLOCK_EDGES_MAX)
        return;
    deadlock->edges[deadlock->edge_count++] = *edge;
    if (edge->waiting_since_ns > deadlock->stands_ns)
        deadlock->stands_ns = edge->waiting_since_ns;
}

/* Whether the owner, which goes on, may be about to give back what its operation left. */
static bool may_be_late(const struct deadlock_edge *edge)
{
    return edge->left_ns != 0 && !edge->owner_ended && edge->owner != edge->waiter;
}

/* A lock that an operation left counts only if it was left at the last look, too. Notes those for the next.
 */
static void drop_new(struct graph *graph)
{
    bool now[LEDGER_THREADS_MAX] = {false};
    size_t kept = 0;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct deadlock_edge *edge = &graph->edges[i];
        now[edge->waiter] |= may_be_late(edge);
        if (!may_be_late(edge) || graph->detector->left[edge->waiter])
            graph->edges[kept++] = *edge;
    }
    graph->edge_count = kept;
    memcpy(graph->detector->left, now, sizeof now);
}

/* All who wait for the lock that was left; it stands since the first of them waits, or since it was left. */
static bool find_abandoned(const struct graph *graph, struct deadlock *out)
{
    for (size_t i = 0; i < graph->edge_count; i++) {
        if (!is_abandoned(&graph->edges[i]))
            continue;
        uint64_t first_ns = UINT64_MAX;
        *out = (struct deadlock){.kind = DEADLOCK_ABANDONED};
        for (size_t k = i; k < graph->edge_count; k++)
            if (graph->edges[k].lock == graph->edges[i].lock && is_abandoned(&graph->edges[k])) {
                add_to(out, &graph->edges[k]);
                if (graph->edges[k].waiting_since_ns < first_ns)
                    first_ns = graph->edges[k].waiting_since_ns;
            }
        out->stands_ns = first_ns > graph->edges[i].left_ns ? first_ns : graph->edges[i].left_ns;
        return true;
    }
    return false;
}

/* The walk along edges: which thread comes from which edge, in this walk. */
struct walk {
    const struct graph *graph;
    uint8_t state[LEDGER_THREADS_MAX]; /* 0: new, 1: on the path, 2: done */
    size_t path[WAITERS_MAX];          /* edges */
    size_t length;
};

static bool follow(struct walk *walk, uint32_t thread, struct deadlock *out)
{
    const struct graph *graph = walk->graph;
    if (walk->length == WAITERS_MAX)
        return false;
    walk->state[thread] = 1;
    for (size_t i = 0; i < graph->edge_count; i++) {
        const struct deadlock_edge *edge = &graph->edges[i];
        if (edge->waiter != thread || walk->state[edge->owner] == 2)
            continue;
        walk->path[walk->length++] = i;
        if (walk->state[edge->owner] == 1) {
            size_t begin = 0;
            while (graph->edges[walk->path[begin]].waiter != edge->owner)
                begin++;
            *out = (struct deadlock){.kind = DEADLOCK_CYCLE};
            for (size_t k = begin; k < walk->length; k++)
                add_to(out, &graph->edges[walk->path[k]]);
            return true;
        }
        if (follow(walk, edge->owner, out))
            return true;
        walk->length--;
    }
    walk->state[thread] = 2;
    return false;
}

static bool find_cycle(const struct graph *graph, struct deadlock *out)
{
    struct walk walk = {.graph = graph};
    for (size_t i = 0; i < graph->waiter_count; i++)
        if (walk.state[graph->waiters[i]] == 0 && follow(&walk, graph->waiters[i], out))
            return true;
    return false;
}

bool detector_look(struct detector *detector, const struct ledger_view *view, uint64_t now_ns,
                   struct deadlock *out)
{
    struct graph graph = {.view = view, .threads = view->ledger->thread_count, .detector = detector};
    if (graph.threads > LEDGER_THREADS_MAX)
        graph.threads = LEDGER_THREADS_MAX;
    collect_waiters(detector, &graph, now_ns);
    for (size_t i = 0; i < graph.waiter_count; i++)
        find_owners(&graph, graph.waiters[i]);
    drop_stale(&graph);
    drop_new(&graph);
    if (!find_abandoned(&graph, out) && !find_cycle(&graph, out))
        return false;
    out->detected_ns = now_ns;
    if (out->stands_ns > now_ns)
        out->stands_ns = now_ns; /* so says a broken ledger */
    return true;
}
