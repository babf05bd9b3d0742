/* Joins the process to its ledger: before main if the supervisor names one, and only the program that
 * was started itself, not what it forks or executes in turn. */
#include "preload.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"
#include "heap.h"
#include "roots.h"
#include "trace.h"

struct preload preload;
__thread struct self self = {.last_point = -1};

void *real_function(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (found == NULL) {
        char text[160];
        int length = snprintf(text, sizeof text, "exeunt: this system's C library has no '%s'\n", name);
        syscall(SYS_write, STDERR_FILENO, text, (size_t)length);
        abort();
    }
    return found;
}

extern const struct real __start_exeunt_reals[] __attribute__((visibility("hidden")));
extern const struct real __stop_exeunt_reals[] __attribute__((visibility("hidden")));

void real_resolve_all(void)
{
    for (const struct real *real = __start_exeunt_reals; real < __stop_exeunt_reals; real++) {
        void *found = dlsym(RTLD_NEXT, real->name);
        if (found != NULL)
            *real->function = found;
    }
}

static bool has_its_size(const struct ledger_head *head)
{
    size_t trace = ledger_trace_offset(head->fd_count);
    return head->trace_offset == 0
               ? head->size == ledger_size(head->fd_count)
               : head->trace_offset == trace && head->size == trace + sizeof(struct trace);
}

/* Raw calls: the wrappers must not see how the ledger is opened. */
static struct ledger *map_ledger(const char *value)
{
    char path[64];
    const char *blank = strchr(value, ' ');
    if (blank == NULL || blank - value >= (ptrdiff_t)sizeof path)
        return NULL;
    snprintf(path, sizeof path, "%.*s", (int)(blank - value), value);
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CLOEXEC, 0);
    if (fd < 0)
        return NULL;
    struct ledger_head head;
    struct ledger *ledger = NULL;
    if (syscall(SYS_pread64, fd, &head, sizeof head, 0) == (ssize_t)sizeof head &&
        head.magic == LEDGER_MAGIC && head.version == LEDGER_VERSION &&
        head.nonce == strtoull(blank + 1, NULL, 16) && has_its_size(&head)) {
        void *mapping = mmap(NULL, head.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (mapping != MAP_FAILED)
            ledger = mapping;
    }
    syscall(SYS_close, fd);
    return ledger;
}

void point_arm(unsigned point)
{
    const struct plan *plan = &preload.ledger->plan;
    bool scheduled = plan_schedules(&preload.ledger->schedule, point);
    unsigned rules = 0;
    const struct plan_rule *last = NULL;
    for (uint32_t i = 0; i < plan->rule_count; i++) {
        if (!plan_holds_for(&plan->rules[i], point))
            continue;
        last = &plan->rules[i];
        rules++;
    }
    if (plan->image != 0 && plan->image != preload.ledger->images)
        rules = 0;
    if (preload.trace != NULL)
        preload.armed[point] |= ARMED_FOR_TRACE;
    if (rules == 0 && !scheduled)
        return;
    preload.armed[point] |= ARMED_BY_PLAN;
    preload.any_armed = true;
    if (scheduled || rules > 1 || last->when != PLAN_RANDOM || last->threshold == UINT64_MAX)
        return;
    preload.quick_rules[point] = last;
    preload.thresholds[point] = last->threshold;
}

static void arm(void)
{
    const struct ledger *ledger = preload.ledger;
    preload.any_armed |= preload.trace != NULL;
    for (uint32_t i = 0; i < ledger->point_count; i++)
        point_arm(i);
    preload.any_armed |= ledger->discover != 0;
}

static void after_fork(void)
{
    fiu_after_fork(false);
}

static void after_fork_in_child(void)
{
    fiu_after_fork(true);
}

/* Of the program that was, its threads are gone. Its children and temporary files are not, though nobody
 * knows any more which line made them. */
static void inherit(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->thread_count && i < LEDGER_THREADS_MAX; i++) {
        ledger->threads[i].tid = 0;
        ledger->threads[i].in_operation = 0;
        ledger->locks[i].held_count = 0;
        ledger->locks[i].waits_for = 0;
    }
    for (uint32_t i = 0; ledger->threads_started != 0 && i < LEDGER_SPAWNED_MAX; i++) {
        ledger->spawned[i].handle = 0;
        ledger->spawned[i].state = 0;
    }
    for (uint32_t i = 0; ledger->children_started != 0 && i < LEDGER_CHILDREN_MAX; i++) {
        ledger->children[i].path = LEDGER_PATH_UNKNOWN;
        ledger->children[i].taken_at = 0;
    }
    for (uint32_t i = 0; ledger->temps_made != 0 && i < LEDGER_TEMPS_MAX; i++) {
        ledger->temps[i].path_index = LEDGER_PATH_UNKNOWN;
        ledger->temps[i].taken_at = 0;
    }
}

/* What another program came past means nothing in this one. */
static void empty_trace(struct ledger *ledger)
{
    if (ledger->head.trace_offset != 0)
        madvise((char *)ledger + ledger->head.trace_offset, sizeof(struct trace), MADV_REMOVE);
}

/* When this process started, as /proc/self/stat has it: another one may have our number, in a PID namespace
 * of its own. It stays what it is when the process executes another program. 0: unknown. */
static uint64_t start_of_process(void)
{
    enum { FIELDS_BEFORE = 20 }; /* behind the name, which ends with the last parenthesis */
    char text[1024];
    int fd = (int)syscall(SYS_openat, AT_FDCWD, "/proc/self/stat", O_RDONLY | O_CLOEXEC, 0);
    long length = fd >= 0 ? syscall(SYS_read, fd, text, sizeof text - 1) : 0;
    if (fd >= 0)
        syscall(SYS_close, fd);
    text[length > 0 ? length : 0] = '\0';
    const char *at = strrchr(text, ')');
    for (int i = 0; at != NULL && i < FIELDS_BEFORE; i++)
        at = strchr(at + 1, ' ');
    return at != NULL ? strtoull(at, NULL, 10) : 0;
}

/* One process alone writes to a ledger: the first that comes. If it executes another program, that one
 * starts with nothing noted. */
static bool claim(struct ledger *ledger)
{
    uint32_t own = (uint32_t)getpid();
    uint64_t start = start_of_process();
    uint32_t owner = 0;
    if (atomic_compare_exchange_strong(&ledger->attached, &owner, own)) {
        ledger->attached_start = start;
        return true;
    }
    if (owner != own || ledger->attached_start != start)
        return false;
    ledger->module_count = 0;
    ledger->path_count = 0;
    empty_trace(ledger);
    ledger->heap_elsewhere = 0;
    for (uint32_t i = 0; i < LEDGER_THREADS_MAX; i++)
        if (ledger->threads[i].heap != 0)
            ledger->threads[i].heap = 0;
    inherit(ledger);
    for (unsigned i = 0; i < LEDGER_SPAWNED_MAX; i++) {
        ledger->spawned[i].handle = 0;
        ledger->spawned[i].state = 0;
    }
    for (uint32_t fd = 0; fd < ledger->fds_used && fd < ledger->head.fd_count; fd++)
        if (ledger->fds[fd].holder != 0)
            ledger->fds[fd].holder = 0;
    return true;
}

static void begin_paths(struct ledger *ledger)
{
    memcpy(ledger->paths[LEDGER_PATH_UNKNOWN], "?", sizeof "?");
    memcpy(ledger->paths[LEDGER_PATH_MAIN], "0", sizeof "0");
    ledger->path_count = LEDGER_PATH_MAIN + 1;
    self.path = LEDGER_PATH_MAIN;
    self.path_hash = hash_text("0");
}

void self_begin_anew(struct self *me)
{
    me->operation = 0;
    me->threads = 0;
    me->forks = 0;
    me->taken_count = 0;
    me->taken_overflow = false;
    me->last_point = -1;
    me->first_fault = 0;
    me->refused = false;
    me->resources = 0;
    me->benign = 0;
    me->spawned = NULL;
    me->record = NULL;
    me->locks = NULL;
    me->row = (struct closed_row){0};
    memset(me->injected, 0, sizeof me->injected);
    memset(me->calls, 0, sizeof me->calls);
    memset(me->streams, 0, sizeof me->streams);
}

static void join(struct ledger *ledger)
{
    for (uint32_t i = 0; i < ledger->point_count; i++)
        preload.point_hashes[i] = hash_text(ledger->points[i].name);
    preload.lock_mask = UINTPTR_MAX;
    preload.ledger = ledger;
    preload.fds = ledger->fds;
    preload.fd_count = ledger->head.fd_count;
    preload.watch_temps = ledger->watch_temps != 0;
    temp_begin();
    inherited_begin();
    begin_paths(ledger);
    modules_record();
    fiu_attach();
    heap_attach(); /* before any point is armed: it makes calls of its own */
    trace_attach();
    arm();
}

__attribute__((constructor)) static void attach(void)
{
    real_resolve_all();
    const char *path = getenv(LEDGER_ENVIRONMENT);
    struct ledger *ledger = path != NULL ? map_ledger(path) : NULL;
    if (ledger == NULL)
        return;
    roots_find();
    fiu_resolve();
    trace_resolve(ledger);
    serve(ledger); /* its runs find done already what is the same for all */
    if (syscall(SYS_madvise, &preload, sizeof preload, MADV_WIPEONFORK) != 0 || !claim(ledger)) {
        munmap(ledger, ledger->head.size);
        return;
    }
    pthread_atfork(fiu_before_fork, after_fork, after_fork_in_child);
    ledger->images++;
    join(ledger);
    fiu_listen();
}
