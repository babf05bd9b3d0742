/* The supervisor's side of the ledger: what the child wrote is checked before it is used. */
#include "ledger/reader.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/hash.h"

/* Sealed: a child that cut it short would leave us with pages that are not there. */
static struct ledger *map_new(int fd, size_t size)
{
    struct ledger *ledger = MAP_FAILED;
    if (ftruncate(fd, (off_t)size) == 0 &&
        fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL) == 0)
        ledger = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return ledger != MAP_FAILED ? ledger : NULL;
}

/* What is not zero in a new ledger, but for points and what is to be watched. */
static void begin(const struct ledger_view *view, const struct plan *plan)
{
    struct ledger *ledger = view->ledger;
    ledger->head = (struct ledger_head){
        .magic = LEDGER_MAGIC,
        .version = LEDGER_VERSION,
        .fd_count = view->fd_count,
        .size = view->size,
        .nonce = view->nonce,
        .trace_offset = view->trace != NULL ? ledger_trace_offset(view->fd_count) : 0,
    };
    ledger->plan = *plan;
    ledger->fds_at_rest_first = -1;
    ledger->fds_at_rest_last = -1;
    ledger->fds_at_exit = -1;
    ledger->fds_unseen = -1;
}

static uint64_t draw_nonce(void)
{
    uint64_t nonce = clock_now_ns();
    if (getrandom(&nonce, sizeof nonce, GRND_NONBLOCK) < 0)
        nonce = hash_mix(nonce);
    return nonce;
}

static int create(uint32_t fd_count, bool traced, const struct plan *plan, const struct plan_points *points,
                  struct ledger_view *out, struct error *error)
{
    if (points->count > PLAN_POINTS_MAX)
        return error_not_done(error, -E2BIG, "%zu points are in play, a ledger has room for %d",
                              points->count, PLAN_POINTS_MAX);
    size_t size = traced ? ledger_trace_offset(fd_count) + sizeof(struct trace) : ledger_size(fd_count);
    int fd = memfd_create("exeunt-ledger", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0)
        return error_not_done(error, -errno, "cannot make the ledger: memfd_create: %s", strerror(errno));
    struct ledger *ledger = map_new(fd, size);
    if (ledger == NULL) {
        int code = errno;
        close(fd);
        return error_not_done(error, -code, "cannot make the ledger of %zu MiB: %s", size >> 20,
                              strerror(code));
    }
    *out = (struct ledger_view){.ledger = ledger,
                                .size = size,
                                .fd = fd,
                                .fd_count = fd_count,
                                .points_given = (uint32_t)points->count,
                                .nonce = draw_nonce()};
    if (traced)
        out->trace = (struct trace *)((char *)ledger + ledger_trace_offset(fd_count));
    begin(out, plan);
    ledger->point_count = (uint32_t)points->count;
    for (size_t i = 0; i < points->count; i++)
        snprintf(ledger->points[i].name, PLAN_POINT_NAME_MAX, "%s", points->names[i]);
    return 0;
}

int ledger_create(uint32_t fd_count, const struct plan *plan, const struct plan_points *points,
                  struct ledger_view *out, struct error *error)
{
    return create(fd_count, false, plan, points, out, error);
}

int ledger_create_traced(uint32_t fd_count, const struct plan *plan, const struct plan_points *points,
                         struct ledger_view *out, struct error *error)
{
    return create(fd_count, true, plan, points, out, error);
}

/* What a ledger keeps when it is made as new. Not on the stack: it is large. */
struct kept {
    uint32_t discover, watch_temps, watch_heap, trace_faults_only, point_count;
    char remote[LEDGER_REMOTE_MAX];
    struct ledger_point points[PLAN_POINTS_MAX];
};

static void keep(const struct ledger_view *view, struct kept *kept)
{
    const struct ledger *ledger = view->ledger;
    kept->discover = ledger->discover;
    kept->watch_temps = ledger->watch_temps;
    kept->watch_heap = ledger->watch_heap;
    kept->trace_faults_only = ledger->trace_faults_only;
    kept->point_count = ledger_point_count(view);
    memcpy(kept->remote, ledger->remote, sizeof kept->remote);
    for (uint32_t i = 0; i < kept->point_count; i++) {
        memcpy(kept->points[i].name, ledger->points[i].name, PLAN_POINT_NAME_MAX);
        kept->points[i].name[PLAN_POINT_NAME_MAX - 1] = '\0';
        kept->points[i].error = ledger->points[i].error;
    }
}

/* The plan's wildcards may mean points that the program turned out to have. */
static void put_back(const struct ledger_view *view, const struct kept *kept)
{
    struct ledger *ledger = view->ledger;
    ledger->discover = kept->discover;
    ledger->watch_temps = kept->watch_temps;
    ledger->watch_heap = kept->watch_heap;
    ledger->trace_faults_only = kept->trace_faults_only;
    memcpy(ledger->remote, kept->remote, sizeof kept->remote);
    for (uint32_t i = 0; i < kept->point_count; i++) {
        memcpy(ledger->points[i].name, kept->points[i].name, PLAN_POINT_NAME_MAX);
        ledger->points[i].error = kept->points[i].error;
        if (i >= view->points_given)
            plan_add_point(&ledger->plan, i, kept->points[i].name);
    }
    ledger->point_count = kept->point_count;
}

/* Zeroes all of the memory. The pages that a short run has touched are wiped and stay, since a new page costs
 * a hundred times what wiping one does; after a long run they are given back. */
static int wipe(const struct ledger_view *view)
{
    enum { WIPED_BYTES_MAX = 4 << 20 };
    off_t size = (off_t)view->size, end = 0, wiped = 0;
    while (wiped <= WIPED_BYTES_MAX) {
        off_t start = end < size ? lseek(view->fd, end, SEEK_DATA) : -1;
        if (start < 0)
            return 0;
        end = lseek(view->fd, start, SEEK_HOLE);
        if (end <= start)
            return -EIO;
        wiped += end - start;
        if (wiped <= WIPED_BYTES_MAX)
            memset((char *)view->ledger + start, 0, (size_t)((end < size ? end : size) - start));
    }
    return fallocate(view->fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, size) == 0 ? 0 : -errno;
}

int ledger_reset(struct ledger_view *view, const struct plan *plan, struct error *error)
{
    struct kept *kept = calloc(1, sizeof *kept);
    if (kept == NULL)
        return error_not_done(error, -ENOMEM, "no memory to make the ledger as new");
    keep(view, kept);
    int failed = wipe(view);
    if (failed == 0) {
        begin(view, plan);
        put_back(view, kept);
        view->events_read = 0;
        view->child_ended = false;
    }
    free(kept);
    return failed == 0
               ? 0
               : error_not_done(error, failed, "cannot make the ledger as new: %s", strerror(-failed));
}

void ledger_close(struct ledger_view *view)
{
    if (view->ledger == NULL)
        return;
    munmap(view->ledger, view->size);
    close(view->fd);
    *view = (struct ledger_view){.fd = -1};
}

void ledger_path(const struct ledger_view *view, char *path, size_t size)
{
    /* The number that this /proc knows us by, which is not getpid() if /proc is of an outer PID namespace. */
    char self[32];
    ssize_t length = readlink("/proc/self", self, sizeof self - 1);
    if (length < 0)
        length = snprintf(self, sizeof self, "%d", getpid());
    self[length] = '\0';
    snprintf(path, size, "/proc/%s/fd/%d %llx", self, view->fd, (unsigned long long)view->ledger->head.nonce);
}

uint32_t ledger_point_count(const struct ledger_view *view)
{
    uint32_t count = view->ledger->point_count;
    return count < PLAN_POINTS_MAX ? count : PLAN_POINTS_MAX;
}

void ledger_point_name(const struct ledger_view *view, uint32_t point, char name[PLAN_POINT_NAME_MAX])
{
    snprintf(name, PLAN_POINT_NAME_MAX, "%.*s", PLAN_POINT_NAME_MAX - 1, view->ledger->points[point].name);
}

void ledger_spawn_path(const struct ledger_view *view, int32_t index, char path[LEDGER_PATH_MAX])
{
    bool known = index > LEDGER_PATH_UNKNOWN && index < LEDGER_PATHS_MAX;
    snprintf(path, LEDGER_PATH_MAX, "%.*s", LEDGER_PATH_MAX - 1, known ? view->ledger->paths[index] : "?");
}

void ledger_resource_kind(const struct ledger_view *view, int32_t index, char name[LEDGER_RESOURCE_KIND_MAX])
{
    bool known = index >= 0 && index < LEDGER_RESOURCE_KINDS_MAX;
    snprintf(name, LEDGER_RESOURCE_KIND_MAX, "%.*s", LEDGER_RESOURCE_KIND_MAX - 1,
             known ? view->ledger->resource_kinds[index].name : "?");
}

/* Whether a thread has the lock: one that is free is only asked for. */
static bool is_held(const struct ledger *ledger, uint32_t threads, uint64_t lock)
{
    for (uint32_t i = 0; i < threads; i++) {
        uint32_t count = ledger->locks[i].held_count;
        for (uint32_t k = 0; k < count && k < LEDGER_HELD_MAX; k++)
            if (ledger->locks[i].held[k].lock == lock)
                return true;
    }
    return false;
}

static bool is_waiting(const struct ledger *ledger, uint32_t threads, const struct ledger_locks *locks)
{
    uint64_t lock = locks->waits_for;
    return lock != 0 && locks->wait_mode < LEDGER_JOIN && is_held(ledger, threads, lock);
}

static void add_locks(const struct ledger *ledger, uint32_t threads, uint32_t thread,
                      struct ledger_totals *out)
{
    const struct ledger_locks *locks = &ledger->locks[thread];
    uint32_t count = locks->held_count;
    for (uint32_t i = 0; i < count && i < LEDGER_HELD_MAX; i++)
        out->held_locks += locks->held[i].lock != 0;
    out->waiting += is_waiting(ledger, threads, locks);
}

void ledger_totals(const struct ledger_view *view, struct ledger_totals *out)
{
    const struct ledger *ledger = view->ledger;
    *out = (struct ledger_totals){0};
    uint64_t heap = (uint64_t)ledger->heap_elsewhere; /* garbage may overflow */
    uint32_t threads = ledger->thread_count;
    if (threads > LEDGER_THREADS_MAX)
        threads = LEDGER_THREADS_MAX;
    for (uint32_t i = 0; i < threads; i++) {
        out->started += ledger->threads[i].started;
        out->succeeded += ledger->threads[i].succeeded;
        out->failed += ledger->threads[i].failed;
        heap += (uint64_t)ledger->threads[i].heap;
        add_locks(ledger, threads, i, out);
    }
    out->heap = (int64_t)heap;
    for (uint32_t i = 0; i < ledger_point_count(view); i++)
        out->injected += ledger->points[i].injected;
    out->children = (int64_t)(ledger->children_started - ledger->children_reaped);
    out->temps = (int64_t)(ledger->temps_made - ledger->temps_gone);
}

static bool within_range(const struct ledger_view *view, const struct ledger_event *event)
{
    return event->kind >= LEDGER_FAULT && event->kind < LEDGER_EVENT_KINDS && event->point >= -1 &&
           event->point < (int32_t)ledger_point_count(view) && event->error >= 0;
}

/* Copies the event at `index` of the stream. False if it was overwritten meanwhile. */
static bool copy_event(struct ledger_view *view, uint64_t index, struct ledger_event *out)
{
    struct ledger_event *event = &view->ledger->events[index % LEDGER_EVENTS_MAX];
    memcpy((char *)out + sizeof out->sequence, (char *)event + sizeof event->sequence,
           sizeof *event - sizeof event->sequence);
    /* Adding 0 orders the look at the sequence behind the copy, which a load alone would not. */
    return atomic_fetch_add_explicit(&event->sequence, 0, memory_order_acq_rel) == index + 1;
}

bool ledger_next_event(struct ledger_view *view, struct ledger_event *out, uint64_t *lost)
{
    struct ledger *ledger = view->ledger;
    for (;;) {
        uint64_t written = ledger->event_count;
        if (view->events_read >= written)
            return false;
        if (written - view->events_read > LEDGER_EVENTS_MAX) {
            uint64_t oldest = written - LEDGER_EVENTS_MAX;
            *lost += oldest - view->events_read;
            view->events_read = oldest;
        }
        uint64_t index = view->events_read;
        uint64_t sequence = ledger->events[index % LEDGER_EVENTS_MAX].sequence;
        if (sequence < index + 1 && !view->child_ended)
            return false; /* counted, but not yet complete */
        view->events_read++;
        if (sequence == index + 1 && copy_event(view, index, out) && within_range(view, out))
            return true;
        (*lost)++;
    }
}

bool ledger_module_at(const struct ledger_view *view, uint32_t index, struct ledger_module *out)
{
    if (index >= view->ledger->module_count || index >= LEDGER_MODULES_MAX)
        return false;
    *out = view->ledger->modules[index];
    out->path[LEDGER_MODULE_PATH_MAX - 1] = '\0';
    return true;
}

static bool find_module(const struct ledger_view *view, uint64_t address, bool in_text,
                        struct ledger_module *out)
{
    for (uint32_t i = 0; ledger_module_at(view, i, out); i++)
        if (in_text ? address >= out->start && address < out->end
                    : address >= out->low && address < out->high)
            return true;
    return false;
}

bool ledger_module_of(const struct ledger_view *view, uint64_t address, struct ledger_module *out)
{
    return find_module(view, address, true, out);
}

bool ledger_image_of(const struct ledger_view *view, uint64_t address, struct ledger_module *out)
{
    return find_module(view, address, false, out);
}
