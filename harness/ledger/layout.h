/* Layout of the ledger: shared memory in which the child notes what is held now, by whom, taken where,
 * and which faults it met. It outlives the child. The child's preload writes it, the supervisor reads
 * it as untrusted input.
 *
 * Rules: fixed offsets, no pointers, one version number. What a call writes on its ordinary way (a
 * descriptor's slot, the thread's record) has a cache line of its own. Rare things (faults, events)
 * may share. Times are CLOCK_MONOTONIC nanoseconds. */
#pragma once

#include <assert.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "ledger/trace.h"
#include "plan/plan.h"
#include "plan/schedule.h"

/* The variable that names the ledger's file to the child: its path, a blank, and the nonce in hexadecimal
 * digits. The path names a descriptor, whose number may come to mean another ledger by the time it is opened.
 */
#define LEDGER_ENVIRONMENT "EXEUNT_LEDGER"
#define LEDGER_MAGIC       UINT64_C(0x746e756578650001)
#define LEDGER_VERSION     6u

enum {
    LEDGER_MODULES_MAX = 512,
    LEDGER_MODULE_PATH_MAX = 240,
    LEDGER_THREADS_MAX = 1024,
    LEDGER_OPERATIONS_MAX = 1 << 20,
    LEDGER_EVENTS_MAX = 1 << 16,
    LEDGER_PATHS_MAX = 4096,
    LEDGER_PATH_MAX = 48,
    LEDGER_CHILDREN_MAX = 1024,
    LEDGER_TEMPS_MAX = 1024,
    LEDGER_TEMP_PATH_MAX = 232,
    LEDGER_REMOTE_MAX = 256,
    LEDGER_SWITCHED_MAX = 8,
    LEDGER_HELD_MAX = 16,
    LEDGER_SPAWNED_MAX = 1024,
    LEDGER_TRANSFERRED_MAX = 256,
    LEDGER_ORDERS_MAX = 8192,
    LEDGER_RESOURCES_MAX = 4096,
    LEDGER_RESOURCE_KINDS_MAX = 16,
    LEDGER_RESOURCE_KIND_MAX = 24,
};

/* An operation as the ledger writes it: its number + 1, 0 for "outside any operation". */
#define LEDGER_OPERATION_BITS 40
#define LEDGER_OPERATION_MASK ((UINT64_C(1) << LEDGER_OPERATION_BITS) - 1)

/* What is mapped in the child: a dead child has no maps. */
struct ledger_module {
    uint64_t start, end; /* addresses of the mapping that holds its text, [start, end) */
    uint64_t low, high;  /* addresses of all its mappings */
    uint64_t bias;       /* what was added to the addresses in the file */
    char path[LEDGER_MODULE_PATH_MAX];
};

/* A descriptor's slot, indexed by its number. `holder` is one word, so that taking and giving are one
 * atomic exchange: bit 63 open, bits 40..62 generation, bits 0..39 operation. */
struct ledger_fd {
    _Alignas(64) _Atomic uint64_t holder;
    _Atomic uint64_t taken_at;    /* site: address of the call's return */
    _Atomic uint64_t released_at; /* site of the last release */
};
#define LEDGER_FD_OPEN            (UINT64_C(1) << 63)
#define LEDGER_FD_GENERATION_STEP (UINT64_C(1) << LEDGER_OPERATION_BITS)
#define LEDGER_FD_GENERATION_MASK (~(LEDGER_FD_OPEN | LEDGER_OPERATION_MASK))

/* Spawn paths of threads: the main thread's is "0", that of its second thread "0.2", and so on. Index 0
 * stands for a thread whose coming was not seen, and for those for which there was no room. */
enum { LEDGER_PATH_UNKNOWN, LEDGER_PATH_MAIN };

/* A child process that was started and not yet waited for. */
struct ledger_child {
    _Atomic int32_t pid; /* 0: free; -1: being written */
    int32_t path;        /* index of the spawn path of the thread that started it */
    uint64_t operation;  /* encoded */
    uint64_t taken_at;   /* site */
};

/* A temporary file or folder that was made and not yet removed or renamed, as far as calls tell. */
struct ledger_temp {
    _Atomic uint32_t state;          /* enum ledger_temp_state */
    int32_t path_index;              /* spawn path of the thread that made it */
    uint64_t operation;              /* encoded */
    uint64_t taken_at;               /* site */
    char path[LEDGER_TEMP_PATH_MAX]; /* absolute */
};
enum ledger_temp_state { LEDGER_TEMP_FREE, LEDGER_TEMP_BUSY, LEDGER_TEMP_HELD };

/* A kind of resource that the program itself tells of: "connection", "transaction". */
struct ledger_resource_kind {
    _Atomic uint32_t state; /* enum ledger_kind_state */
    char name[LEDGER_RESOURCE_KIND_MAX];
    _Atomic int64_t held, peak;
    _Atomic uint64_t leaks; /* counted also if the event is lost */
};
enum ledger_kind_state { LEDGER_KIND_FREE, LEDGER_KIND_BUSY, LEDGER_KIND_NAMED };

struct ledger_resource {
    _Atomic uint32_t state; /* enum ledger_resource_state */
    uint32_t kind;          /* index of its kind */
    uint64_t id;
    uint64_t operation; /* encoded; 0: nobody's */
    uint64_t taken_at;  /* site */
};
enum ledger_resource_state { LEDGER_RESOURCE_FREE, LEDGER_RESOURCE_BUSY, LEDGER_RESOURCE_HELD };

/* A thread that was started to be joined, and was neither joined nor detached yet. */
struct ledger_spawned {
    _Atomic uint32_t state;  /* bits of enum ledger_spawned_state; 0: free */
    int32_t path;            /* index of the spawn path of the thread that started it */
    _Atomic uint64_t handle; /* its pthread_t */
    uint64_t operation;      /* encoded */
    uint64_t taken_at;       /* site */
};
enum ledger_spawned_state {
    LEDGER_SPAWNED_USED = 1,
    LEDGER_SPAWNED_NAMED = 2,   /* the handle is there, the call that started it has returned */
    LEDGER_SPAWNED_DETACHED = 4 /* by itself, before that */
};

/* How a lock is held, or waited for. */
enum ledger_lock_mode {
    LEDGER_LOCK_MUTEX,
    LEDGER_LOCK_READ,
    LEDGER_LOCK_WRITE,
    LEDGER_LOCK_SPIN,
    LEDGER_JOIN, /* not a lock: another thread's end, for ever; its pthread_t stands for the address */
    LEDGER_WAIT, /* for something without an owner, or not for ever: a semaphore, a condition, a timed lock */
};

/* A lock that a thread holds. Written by that thread, but that another may empty the place. */
struct ledger_held {
    _Atomic uint64_t lock; /* address; 0: the place is empty */
    uint64_t taken_at;     /* address of the call's return */
    uint64_t operation;    /* that took it, encoded */
    uint32_t mode;         /* enum ledger_lock_mode */
    int32_t point;         /* if it was left: the last point that failed in that operation, -1: none */
    uint64_t left_ns;      /* when the operation or thread that took it ended; 0: it goes on */
};

/* What a thread holds and waits for: the place has the number of its record. */
struct ledger_locks {
    _Alignas(64) _Atomic uint64_t waits_for; /* address of the lock that it asks for; 0: nothing. One that
                                                nobody holds is not waited for, but had at once */
    _Atomic uint32_t wait_sequence;          /* grows with each wait */
    uint32_t wait_mode;                      /* enum ledger_lock_mode */
    uint64_t waiting_at;                     /* address of the call's return */
    _Atomic uint32_t held_count;             /* places used, empty ones among them */
    _Atomic uint32_t lost;                   /* locks for which there was no place */
    uint64_t last_given;                     /* the lock that the thread gave back last */
    _Atomic uint64_t handle;                 /* the thread's own pthread_t */
    _Alignas(64) struct ledger_held held[LEDGER_HELD_MAX]; /* the first does not lie across two cache lines */
};

/* Two locks, one taken while the other was held. */
struct ledger_order {
    _Atomic uint64_t pair; /* hash of both in their order; 0: free */
    uint64_t second_at;    /* where the second was taken */
    _Atomic uint32_t told;
};

/* A thread's record: written by that thread alone. */
struct ledger_thread {
    _Alignas(64) _Atomic int32_t tid; /* 0: the record is free; below: the thread has ended and left locks */
    _Atomic uint32_t in_operation;
    _Atomic uint64_t operation; /* current, or the last */
    _Atomic uint64_t since_ns;  /* begin of the current operation, or end of the last */
    _Atomic uint64_t started, succeeded, failed;
    int32_t path;         /* index of its spawn path */
    _Atomic int64_t heap; /* bytes that it allocated less those that it freed, if the heap is watched */
};

/* An operation's record: the first LEDGER_OPERATIONS_MAX numbers have one. */
struct ledger_operation {
    _Atomic uint64_t first_fault; /* hash of its first fault's coordinate and errno, 0: none */
    _Atomic uint32_t state;       /* enum ledger_operation_state */
    _Atomic int32_t status;       /* 0 or negative errno, as the program ended it */
};

enum ledger_operation_state {
    LEDGER_OPERATION_UNSEEN,
    LEDGER_OPERATION_BEGUN,
    LEDGER_OPERATION_ENDED,
    LEDGER_OPERATION_REFUSED, /* ended after the kernel had no descriptor or no space left for it */
};

enum ledger_event_kind {
    LEDGER_FAULT = 1,      /* a point failed as planned */
    LEDGER_LEAK,           /* an operation ended and still had a descriptor that it took */
    LEDGER_DOUBLE_CLOSE,   /* close of a descriptor that is closed already */
    LEDGER_FOREIGN_CLOSE,  /* close of a descriptor that another operation, still going on, took */
    LEDGER_CLOSE_SWEEP,    /* numbers in a row are closed at `site`, whether open or not: no double close */
    LEDGER_LOCK_LEFT,      /* an operation or thread ended and still holds a lock that it took */
    LEDGER_FOREIGN_UNLOCK, /* of a lock that another thread holds */
    LEDGER_DOUBLE_UNLOCK,  /* of a lock that nobody holds, by who gave it back last */
    LEDGER_HELD_DESTROYED, /* a lock is destroyed while somebody holds it */
    LEDGER_INVERSION,      /* of two locks: where the second is taken; site: the second of the other order */
    LEDGER_RESOURCE_LEAK,  /* an operation ended and still had a resource; fd: the index of its kind */
    LEDGER_HEAP_LEAK,      /* an operation ended and still had memory that it allocated */
    LEDGER_UNHELD_RELEASE, /* of a resource that nobody has; fd: the index of its kind */
    LEDGER_UNENDED, /* an operation that only its thread's return ended, or the next one; taken_at: its begin
                     */
    LEDGER_EVENT_KINDS,
};

struct ledger_event {
    _Atomic uint64_t sequence; /* place in the stream + 1, written last: the event is complete */
    uint64_t t_ns;
    uint64_t operation;   /* that met it, encoded */
    uint64_t taken_at;    /* site, 0: unknown */
    uint64_t released_at; /* site of the (earlier) release, 0: none */
    uint64_t site;        /* of the call that met it, 0: none */
    uint64_t k;           /* of the fault: call number of the point in the operation */
    uint32_t kind;        /* enum ledger_event_kind */
    int32_t point;        /* of the fault, or of the operation's last fault; -1: none */
    int32_t error;        /* of the fault, positive; of a leak without a fault: the operation's */
    int32_t fd;
    int32_t path;   /* index of the thread's spawn path */
    uint64_t bytes; /* of a heap leak */
    uint64_t lock;  /* its address */
};

/* A point in play. Injected ones are counted here and not only in events, which can be lost. */
struct ledger_point {
    char name[PLAN_POINT_NAME_MAX];
    int32_t
        error; /* of a point without a profile: what it fails with unless the plan says otherwise; 0: EIO */
    _Atomic uint32_t met; /* 1: the plan has decided a call of it */
    _Atomic uint64_t injected;
};

/* An errno of exhaustion that the kernel, not the plan, returned. */
struct ledger_exhaustion {
    _Atomic uint64_t count;
    _Atomic uint64_t first_ns;
    _Atomic uint64_t first_operation; /* operations that had ended by then */
    _Atomic uint64_t first_fault;     /* faults injected until then */
};

/* What both sides check before they believe the rest. */
struct ledger_head {
    uint64_t magic;
    uint32_t version;
    uint32_t fd_count;     /* slots in fds[] */
    uint64_t size;         /* bytes of the whole */
    uint64_t nonce;        /* of this ledger alone */
    uint64_t trace_offset; /* of the trace (ledger/trace.h); 0: none is kept */
};

struct ledger {
    struct ledger_head head;

    /* Written by the supervisor before the child starts. */
    _Atomic uint32_t point_count;   /* grows by the points that the program itself turns out to have */
    uint32_t serve;                 /* 1: the program is to be a fork server, see ledger/serve.h */
    uint32_t discover;              /* 1: points of the program's own are noted, planned or not */
    uint32_t watch_temps;           /* 1: temporary files are noted */
    char remote[LEDGER_REMOTE_MAX]; /* path of the named pipes of libfiu's remote control, less their ends; ""
                                     */
    uint32_t watch_heap;            /* 1: allocations are noted */
    uint32_t trace_faults_only;     /* 1: the trace, if there is one, has nothing but faults */
    _Atomic uint32_t stop;          /* 1: the program is asked to take no further jobs */
    uint32_t stop_if_lock_left;     /* 1: and so it is once an operation has left a lock behind */
    struct plan plan;
    struct plan_schedule schedule; /* of faults beside the plan's, one for each operation */

    /* Written by the child. */
    _Atomic uint32_t attached; /* process, by its own PID namespace, that writes here; 0: none came */
    uint64_t attached_start;   /* when that process was started, as its /proc has it */
    _Atomic uint32_t images;   /* programs that the process has executed one after the other */
    _Atomic uint32_t points_unrecorded; /* the program's own, for which no room was left */
    _Atomic uint32_t module_count;
    _Atomic uint32_t fds_used;           /* slots ever used: there is nothing in those from here on */
    _Atomic uint32_t thread_count;       /* records ever used */
    _Atomic uint32_t threads_unrecorded; /* threads for which no record was left */
    _Atomic int64_t fds_at_rest_first;   /* descriptors by the kernel at the first exeunt_rest, -1: never */
    _Atomic int64_t fds_at_rest_last;    /* at the last but not first one, -1: never */
    _Atomic int64_t slots_at_rest_first; /* descriptors by the slots, at the same moments */
    _Atomic int64_t slots_at_rest_last;
    _Atomic int64_t fds_at_exit; /* by the kernel, at an orderly exit, -1: it was not seen */
    _Atomic int64_t fds_unseen;  /* open then, though no wrapper saw them being taken; -1: not known */
    _Atomic uint64_t first_rest_ns;
    struct ledger_exhaustion descriptors_exhausted; /* EMFILE */
    struct ledger_exhaustion space_exhausted;       /* ENOSPC, EDQUOT */
    struct ledger_exhaustion system_exhausted;      /* ENFILE: the whole system's limit */
    _Atomic uint64_t leaks;                         /* counted also if the event is lost */
    _Atomic uint64_t children_started, children_reaped;
    _Atomic uint64_t children_unrecorded; /* not yet reaped, for which no room was left */
    _Atomic uint64_t threads_started, threads_joined, threads_detached;
    _Atomic uint64_t threads_spawned_unrecorded; /* for which no room was left among the spawned */
    _Atomic uint64_t temps_made, temps_gone, temps_unrecorded;
    _Atomic uint64_t heap_peak;         /* bytes in use at most within one operation */
    _Atomic uint64_t heap_leaks;        /* bytes, counted also if the event is lost */
    _Atomic int64_t heap_elsewhere;     /* as a thread's heap, of the threads without a record */
    _Atomic uint64_t blocks_unrecorded; /* for which no room was left */
    _Atomic uint32_t heap_watched;      /* 1: asked for, and the program's allocations do pass the wrappers */
    _Atomic uint32_t remote_open;       /* 1: libfiu listens */
    _Atomic uint32_t switched_count;    /* names that the remote control switched, which no point had then */
    char switched[LEDGER_SWITCHED_MAX][PLAN_POINT_NAME_MAX]; /* the first of them */
    _Atomic uint32_t settled;           /* 1: at its exit the program's slots were held against the kernel */
    _Atomic uint32_t ended_by;          /* number of that thread's record + 1; 0: it has none */
    _Atomic uint32_t sanitizer_reports; /* of those that do not end the program */
    _Atomic uint32_t path_count;        /* spawn paths ever given */

    struct ledger_module modules[LEDGER_MODULES_MAX];
    struct ledger_point points[PLAN_POINTS_MAX];
    struct ledger_thread threads[LEDGER_THREADS_MAX];
    struct ledger_locks locks[LEDGER_THREADS_MAX];
    _Atomic uint64_t transferred[LEDGER_TRANSFERRED_MAX]; /* locks that any thread may give back; 0: free */
    struct ledger_order orders[LEDGER_ORDERS_MAX];
    _Atomic uint64_t locks_left; /* counted also if the event is lost */
    char paths[LEDGER_PATHS_MAX][LEDGER_PATH_MAX];
    struct ledger_child children[LEDGER_CHILDREN_MAX];
    struct ledger_spawned spawned[LEDGER_SPAWNED_MAX];
    struct ledger_temp temps[LEDGER_TEMPS_MAX];
    struct ledger_resource_kind resource_kinds[LEDGER_RESOURCE_KINDS_MAX];
    struct ledger_resource resources[LEDGER_RESOURCES_MAX];
    _Atomic uint64_t resources_unrecorded; /* for which no room was left */
    struct ledger_operation operations[LEDGER_OPERATIONS_MAX];

    _Alignas(64) _Atomic uint64_t event_count;     /* events ever written */
    struct ledger_event events[LEDGER_EVENTS_MAX]; /* ring: event i stands at i % LEDGER_EVENTS_MAX */

    struct ledger_fd fds[]; /* fd_count */
};

static_assert(sizeof(struct ledger_fd) == 64, "a descriptor's slot is a cache line");
static_assert(sizeof(struct ledger_thread) == 64, "a thread's record is a cache line");
static_assert(sizeof(struct ledger_operation) == 16, "layout version 2");
static_assert(sizeof(struct ledger_event) == 96, "layout version 2");
static_assert(sizeof(struct plan_rule) == 216, "layout version 3");
static_assert(offsetof(struct ledger, fds) % 64 == 0, "slots are aligned");

/* Whether a module of that path is a library or runtime of the system: its lines are nobody's. */
static inline bool ledger_is_system(const char *path)
{
    static const char *const folders[] = {"/lib/", "/lib64/", "/usr/lib/", "/usr/lib64/", "linux-vdso"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strncmp(path, folders[i], strlen(folders[i])) == 0)
            return true;
    return false;
}

/* Bytes of a ledger with `fd_count` slots, without its trace. */
static inline size_t ledger_size(uint32_t fd_count)
{
    return offsetof(struct ledger, fds) + (size_t)fd_count * sizeof(struct ledger_fd);
}

/* Where the trace stands behind so many slots: on pages of its own, so that it can be emptied alone. */
static inline size_t ledger_trace_offset(uint32_t fd_count)
{
    enum { PAGE_MAX = 1 << 16 };
    return (ledger_size(fd_count) + PAGE_MAX - 1) / PAGE_MAX * PAGE_MAX;
}
