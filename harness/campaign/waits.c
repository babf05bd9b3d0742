/* Decides what threads and locks are called: a thread by its spawn path, a lock by the object it lies in. */
#include "campaign/waits.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

static void name_thread(const struct ledger_view *ledger, uint32_t thread, char *out, size_t size)
{
    char path[LEDGER_PATH_MAX];
    ledger_spawn_path(ledger, ledger->ledger->threads[thread].path, path);
    snprintf(out, size, "thread %s", path);
}

static void name_edge(const struct ledger_view *ledger, const struct symbols *symbols,
                      const struct deadlock_edge *edge, uint64_t now_ns, struct deadlock_link *out)
{
    size_t size = edge->mode == LEDGER_LOCK_MUTEX  ? sizeof(pthread_mutex_t)
                  : edge->mode == LEDGER_LOCK_SPIN ? sizeof(pthread_spinlock_t)
                                                   : sizeof(pthread_rwlock_t);
    *out = (struct deadlock_link){
        .waits_ms = edge->waiting_since_ns < now_ns ? (now_ns - edge->waiting_since_ns) / 1000000 : 0,
        .operation = edge->taken_in != 0 ? (int64_t)(edge->taken_in & LEDGER_OPERATION_MASK) - 1 : -1,
        .left_ms = edge->left_ns != 0 && edge->left_ns <= now_ns
                       ? (int64_t)((now_ns - edge->left_ns) / 1000000)
                       : -1,
        .owner_ended = edge->owner_ended,
        .owner_waits = edge->owner == edge->waiter,
        .joins = edge->mode == LEDGER_JOIN,
    };
    name_thread(ledger, edge->waiter, out->waiter, sizeof out->waiter);
    name_thread(ledger, edge->owner, out->owner, sizeof out->owner);
    if (out->joins)
        snprintf(out->lock, sizeof out->lock, "the end of %s", out->owner);
    else
        symbols_object(symbols, edge->lock, size, out->lock, sizeof out->lock);
    symbols_name(symbols, edge->waiting_at, out->waiting_at, sizeof out->waiting_at);
    symbols_name(symbols, edge->taken_at, out->taken_at, sizeof out->taken_at);
    if (edge->point >= 0 && (uint32_t)edge->point < ledger_point_count(ledger))
        ledger_point_name(ledger, (uint32_t)edge->point, out->point);
}

void waits_name(const struct ledger_view *ledger, const struct symbols *symbols, const struct deadlock *found,
                struct deadlock_result *out)
{
    out->cycle = found->kind == DEADLOCK_CYCLE;
    out->age_ms = (found->detected_ns - found->stands_ns) / 1000000;
    out->link_count = found->edge_count;
    for (size_t i = 0; i < found->edge_count; i++)
        name_edge(ledger, symbols, &found->edges[i], found->detected_ns, &out->links[i]);
}

void waits_list(const struct ledger_view *ledger, const struct symbols *symbols, char *note, size_t size)
{
    enum { SHOWN_MAX = 4 };
    uint32_t threads = ledger->ledger->thread_count, shown = 0;
    for (uint32_t i = 0; i < threads && i < LEDGER_THREADS_MAX && shown < SHOWN_MAX; i++) {
        const struct ledger_locks *locks = &ledger->ledger->locks[i];
        char thread[LEDGER_PATH_MAX + 8], place[RESULT_PLACE_MAX];
        size_t length = strlen(note);
        if (locks->waits_for == 0 || ledger->ledger->threads[i].tid <= 0)
            continue;
        name_thread(ledger, i, thread, sizeof thread);
        symbols_name(symbols, locks->waiting_at, place, sizeof place);
        snprintf(note + length, size - length, "%s%s waits at %s", length > 0 ? "; " : "", thread, place);
        shown++;
    }
}
