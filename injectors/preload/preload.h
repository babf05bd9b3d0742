/* What all wrapper families of the preload share: the process's state, a thread's own state, and the
 * three steps of a wrapper: is this call due, the real call, note what was taken or given.
 *
 * Everything on the ordinary way of a call is inline here and writes only to the thread's own memory and
 * to the descriptor's own slot. No lock is held around a real call, since a cancellation may end it. */
#pragma once

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/hash.h"
#include "faults.h"
#include "ledger/layout.h"

#define LIKELY(condition)   __builtin_expect(!!(condition), 1)
#define UNLIKELY(condition) __builtin_expect(!!(condition), 0)
#define EXPORT              __attribute__((visibility("default")))
#define COLD                __attribute__((cold, noinline))
#define CALL_SITE           ((uintptr_t)__builtin_return_address(0))

/* Bits of preload.armed: why a call of the point must be looked at. */
enum { ARMED_BY_PLAN = 1, ARMED_BY_OTHERS = 2, ARMED_FOR_HEAP = 4, ARMED_FOR_TRACE = 8 };

/* Pages of their own: at least as large as any machine has them. */
enum { PRELOAD_PAGE = 65536 };

/* The process's state. Written before the program's threads start, then only read. The kernel empties it in
 * every child that gets a copy of the memory, also in one that the program made past all wrappers. */
struct preload {
    _Alignas(PRELOAD_PAGE) struct ledger *ledger; /* NULL: no ledger, nothing is noted */
    struct ledger_fd *fds;                        /* its slots */
    uint32_t fd_count;                            /* 0 without a ledger */
    uint32_t fd_plain;         /* fd_count; 0 if more is to be noted of a descriptor than its slot */
    struct trace *trace;       /* NULL: none is kept */
    struct trace *fault_trace; /* of faults alone; NULL: none, or all is traced */
    bool is_followed;          /* a forked child: the ledger's tables are its parent's, the trace is common */
    uintptr_t text_start, text_end; /* of the program itself */
    uint8_t armed[PLAN_POINTS_MAX];
    bool any_armed;
    bool watch_temps;    /* temporary files are noted */
    uintptr_t lock_mask; /* all bits: a thread's locks are noted */
    uint64_t point_hashes[PLAN_POINTS_MAX];
    const struct plan_rule *quick_rules[PLAN_POINTS_MAX]; /* the point's one rule, if it is a random one */
    uint64_t thresholds[PLAN_POINTS_MAX];                 /* of the quick rule */
    _Atomic uint64_t struck; /* bit i: rule i of the plan, which persists, has been due */
};
extern struct preload preload;

enum { TAKEN_MAX = 64, ERRNO_WORDS = 3 };

/* By this much vfork raises the bypass of the thread whose memory its child runs in. */
enum { BYPASS_IN_VFORK = 1 << 16 };

/* A descriptor that the current operation took, as its slot read then. */
struct taken {
    uint64_t holder;
    int fd;
};

/* Addresses of the blocks that the current operation allocated, if the heap is watched. */
struct block_log {
    uintptr_t *addresses;
    uint32_t count, room;
    bool overflow; /* there was no room for all: the table must be searched */
};

/* Closes of one place that failed one after the other, of neighbouring numbers. */
struct closed_row {
    uintptr_t site;
    int last;
    unsigned length;
    bool is_sweep; /* and one of them never was open */
};

/* A fault as it is delivered. */
struct fault {
    int error;        /* positive errno; 0: the call goes on (short) */
    int failnum;      /* of a point of the program's own: what fiu_fail returns */
    bool done;        /* the call does its work all the same */
    uint64_t shorten; /* not 0: pseudorandom bits for the length of a short call */
};

/* A thread's own state. */
struct self {
    uint64_t operation; /* encoded as in the ledger; 0: outside any operation */
    uint64_t path_hash; /* of its spawn path, which stands for the operation outside of any */
    int path;           /* index of its spawn path */
    uint32_t threads;   /* that it has started */
    uint32_t forks;     /* that it has made, as far as they are followed */
    unsigned bypass;    /* not 0: libfiu or our own code runs: no plan, no ledger */
    unsigned taken_count;
    bool taken_overflow; /* more than TAKEN_MAX: the slots must be searched */
    unsigned visits;     /* not 0: the thread is in libfiu, or forks and keeps others out of it */
    int delivering;      /* errno on its way through libfiu, 0: none */
    int failinfo;        /* what fiu_failinfo is to give: errno of the last fault of ours, 0: libfiu's own */
    int last_point;      /* of the operation's last fault, -1: none */
    int last_error;
    uint64_t last_k;
    uint64_t first_fault;           /* hash, 0: none */
    bool refused;                   /* the kernel had no descriptor or no space left for this operation */
    uint64_t injected[ERRNO_WORDS]; /* bit e: errno e was injected in this operation */
    int benign;                     /* above 0: what fails now may fail unnoticed */
    unsigned end_rounds;            /* of the thread's destructors */
    struct ledger_spawned *spawned; /* the thread's own place among those to be joined; NULL: it has none */
    bool unrecorded;                /* no record was left for this thread */
    struct ledger_thread *record;
    struct ledger_locks *locks;        /* NULL until the first lock */
    uint32_t calls[PLAN_POINTS_MAX];   /* k of each armed point in this operation */
    uint64_t streams[PLAN_POINTS_MAX]; /* state of its quick rule's stream before the next call, 0: unknown */
    unsigned resources;                /* that the operation took and has not given back */
    uintptr_t begun_at;                /* where the operation began */
    struct closed_row row;
    struct taken taken[TAKEN_MAX];
    bool resolving;    /* the memory functions: what the loader allocates meanwhile is the C library's */
    uintptr_t in_heap; /* address of the frame that keeps the heap's books: a signal handler that comes in
                          between keeps none. 0: none */
    struct block_log blocks;
    uint32_t traced_stack; /* of the last call of a point, which was at traced_site */
    uintptr_t traced_site;
    struct trace_frame frames[TRACE_DEPTH_MAX]; /* a stack as it is being looked at */
};
extern __thread struct self self __attribute__((tls_model("initial-exec")));

/* Our own code runs until the end of the block, or until an exception or a cancellation leaves it: neither
 * plan nor ledger. What it was before is put back, since a jump may have ended it in between: see jump.c. */
static inline unsigned bypass_begin(void)
{
    return self.bypass++;
}

static inline void bypass_end(const unsigned *before)
{
    self.bypass = *before;
}

#define BYPASSING unsigned bypass_before __attribute__((cleanup(bypass_end), unused)) = bypass_begin()

/* The next definition of `name` after the preload's. Ends the process with a message if there is none. */
void *real_function(const char *name);

/* A function that is wrapped, and the pointer through which its wrapper calls on. All of them stand in one
 * section, whose ends the linker names. */
struct real {
    const char *name;
    void **function;
};

/* Resolves all pointers of wrappers, while the process has one thread: dlsym is neither signal-safe nor
 * fork-safe. What this C library does not have stays unresolved. */
void real_resolve_all(void);

/* Declares real_NAME, through which a wrapper calls on. Wrappers are called before our constructor runs:
 * until then the pointer leads to a dlsym. */
#define REAL(type, name, parameters, arguments)                                                              \
    static type first_##name parameters;                                                                     \
    static type(*real_##name) parameters = first_##name;                                                     \
    __attribute__((section("exeunt_reals"), used)) static const struct real entry_##name = {                 \
        #name, (void **)&real_##name};                                                                       \
    static COLD type first_##name parameters                                                                 \
    {                                                                                                        \
        real_##name = (type(*) parameters)real_function(#name);                                              \
        return real_##name arguments;                                                                        \
    }

/* Step 1. Is a call of the point to be looked at? */
static inline bool fault_armed(unsigned point)
{
    return UNLIKELY(preload.armed[point] != 0);
}

/* Decides an armed call by the plan and delivers its fault through libfiu. True: *out is what to do. May
 * delay the call. `movable`: bytes that the call is to move, SIZE_MAX if it moves none. */
bool fault_decide(unsigned point, uintptr_t site, size_t movable, struct fault *out);

/* Whether the point's one random rule says no to this call: the ordinary way of an armed one. If it cannot
 * tell, nothing is counted yet. */
static inline bool fault_passed(unsigned point)
{
    struct self *me = &self;
    uint64_t stream = me->streams[point];
    if (UNLIKELY(stream == 0 || me->bypass != 0 || hash_mix(stream) < preload.thresholds[point]))
        return false;
    me->streams[point] = stream + HASH_STEP;
    me->calls[point]++;
    return true;
}

/* As fault_decide, by the ordinary way as long as that one leads on. */
static inline bool fault_due(unsigned point, uintptr_t site, size_t movable, struct fault *out)
{
    return UNLIKELY(!fault_passed(point)) && fault_decide(point, site, movable, out);
}

/* The errno that ends a call which moved fewer bytes, where such a one has to fail: a realistic one, which
 * the operation has met from now on. */
int fault_after_short(unsigned point, uint64_t choice);

/* Step 3. The place that a call is put down to: `site` itself in the program's text, otherwise the first
 * frame outside system libraries. */
uint64_t site_of_outside(uintptr_t site);

static inline uint64_t site_of(uintptr_t site)
{
    return LIKELY(site >= preload.text_start && site < preload.text_end) ? site : site_of_outside(site);
}

/* The slot of `fd`, or NULL if nothing is to be noted. */
static inline struct ledger_fd *slot_of(int fd)
{
    if (UNLIKELY((unsigned)fd >= preload.fd_count || self.bypass != 0))
        return NULL;
    return &preload.fds[fd];
}

/* The slot of `fd` is about to be used for the first time. */
void slot_used_first(int fd);

/* Writes into its slot that the call at `site` was given descriptor `fd`. */
static inline void slot_take(struct ledger_fd *slot, int fd, uintptr_t site)
{
    uint64_t before = atomic_load_explicit(&slot->holder, memory_order_relaxed);
    if (UNLIKELY(before == 0))
        slot_used_first(fd);
    uint64_t generation = (before & LEDGER_FD_GENERATION_MASK) + LEDGER_FD_GENERATION_STEP;
    uint64_t holder = LEDGER_FD_OPEN | generation | self.operation;
    atomic_store_explicit(&slot->taken_at, site_of(site), memory_order_relaxed);
    atomic_store_explicit(&slot->holder, holder, memory_order_release);
    if (self.operation == 0)
        return;
    if (LIKELY(self.taken_count < TAKEN_MAX))
        self.taken[self.taken_count++] = (struct taken){holder, fd};
    else
        self.taken_overflow = true;
}

/* Empties the slot. Returns what it held. */
static inline uint64_t slot_give(struct ledger_fd *slot, uintptr_t site)
{
    uint64_t before = atomic_load_explicit(&slot->holder, memory_order_relaxed);
    if (LIKELY((before & LEDGER_FD_OPEN) != 0))
        atomic_store_explicit(&slot->released_at, site, memory_order_relaxed);
    return atomic_exchange_explicit(&slot->holder, before & LEDGER_FD_GENERATION_MASK, memory_order_acq_rel);
}

/* Whether the slot of `fd` is all that is to be noted. */
static inline bool fd_is_plain(int fd)
{
    return LIKELY((unsigned)fd < preload.fd_plain && self.bypass == 0);
}

/* As fd_took and fd_giving, for descriptors of which there is more to note than a slot, or nothing. */
void fd_took_aside(int fd, uintptr_t site);
uint64_t fd_giving_aside(int fd, uintptr_t site);

/* Notes that the call at `site` was given descriptor `fd`. */
static inline void fd_took(int fd, uintptr_t site)
{
    if (fd_is_plain(fd))
        slot_take(&preload.fds[fd], fd, site);
    else
        fd_took_aside(fd, site);
}

/* Notes that the call at `site` is about to close `fd`. Returns what the slot held, 0: nothing known. */
static inline uint64_t fd_giving(int fd, uintptr_t site)
{
    return fd_is_plain(fd) ? slot_give(&preload.fds[fd], site) : fd_giving_aside(fd, site);
}

/* Whether `held` belongs to another operation that is still going on, seen from within one. */
static inline bool fd_is_foreign(uint64_t held)
{
    uint64_t owner = held & LEDGER_OPERATION_MASK;
    return (held & LEDGER_FD_OPEN) != 0 && owner != 0 && self.operation != 0 && owner != self.operation;
}

/* Notes a close that went wrong: of another operation's descriptor, or of one that is closed already. */
void fd_closed_wrongly(enum ledger_event_kind kind, int fd, uintptr_t site);

/* Notes that a close was cancelled: if the kernel has the descriptor still, the slot holds again what it
 * held, unless the number has been taken anew since. */
void fd_kept(int fd, uint64_t held);

/* The real close of `fd`, whose slot held `held`, failed with errno: was it the second? */
void judge_failed_close(int fd, uint64_t held, uintptr_t site);

/* Notes that the call at `site` made a temporary file or folder of that name; that one was removed or got
 * another name. What is none is passed over. Async-signal-safe. */
void temp_made(const char *path, uintptr_t site);
void temp_gone(const char *path);

/* Slots that can have something in them; 0 without a ledger. */
uint32_t slots_used(void);

/* The file that was noted is put down to that place. */
void temp_taken_for(const char *path, uint64_t taken_at);

/* As temp_made, if the name lies below the folder for temporary files. */
void temp_made_below(const char *path, uintptr_t site);

/* Notes what that folder is: TMPDIR, or else the C library's own. While there is but one thread. */
void temp_begin(void);

/* Descriptors of this process: by the kernel, -1 if it does not tell; by the slots. */
int64_t fds_count(void);
int64_t slots_count(void);

/* Notes which descriptors the program was given, while there is but one thread. */
void inherited_begin(void);

/* Descriptors that are open, but were neither given to the program nor noted in a slot. -1: that cannot be
 * told, since other threads may be about to note theirs, or since libfiu has some. */
int64_t fds_unseen(void);

/* Notes that the call at `site` started a child; that a wait reaped one. Async-signal-safe. */
void child_started(pid_t pid, uintptr_t site);
void child_reaped(pid_t pid);

/* Holds the children that the ledger has against the kernel: those that were reaped unseen are gone. */
void children_settle(void);

/* What the ending operation still has of the resources that it told of. */
void resources_settle(int status);

/* The thread's operation, if there is one, is not ended by the program: news. */
void operation_unended(void);

/* The thread's record, taken if it has none; NULL if none is left. */
struct ledger_thread *thread_record(void);

/* The kernel refused with `error` (positive): counted if something is exhausted. */
void kernel_refused(int error);

/* Asynchronous cancellation may end the thread anywhere but between these two, and a jump out of a signal
 * handler leave anything else: what is half done there, others would wait for or read. Signals come late,
 * unless they are the thread's own crash. Returns what is to be put back. */
struct undisturbed {
    int cancellation;
    uint64_t signals;
};
struct undisturbed undisturbed_begin(void);
void undisturbed_end(struct undisturbed before);

/* An event for the supervisor: the caller fills what its kind has; time, operation and place in the
 * stream are added. */
void event_write(struct ledger_event event);

/* Numbers of the thread in decisions: its operation, or else its spawn path. */
static inline uint64_t who(const struct self *me)
{
    return me->operation != 0 ? me->operation : me->path_hash;
}

/* A new spawn path below that of the calling thread, of a thread or a forked child. Returns its index,
 * LEDGER_PATH_UNKNOWN if there is no room, and its hash. */
int path_below(const struct self *parent, uint32_t ordinal, bool forked, uint64_t *hash);

/* A fork whose child is to go on with plan and trace. Begun before the real call; in both processes behind
 * it, `child` is what that returned. */
struct following {
    struct preload *kept; /* NULL: the child is let alone */
    int path;
    uint64_t path_hash;
};
struct following follow_begin(void);
void follow_end(const struct following *following, pid_t child);

/* The thread is one that has done nothing yet. */
void self_begin_anew(struct self *me);

/* Becomes a fork server if the ledger says so. Returns at once if not; otherwise in the process of each run.
 */
void serve(const struct ledger *ledger);

/* Puts the modules that are mapped now into the ledger. */
void modules_record(void);

/* Arms the point if rules of the plan hold for it. */
void point_arm(unsigned point);

/* libfiu: resolves it; enables the plan's points by exact name. Before the program's threads. */
void fiu_resolve(void);
void fiu_attach(void);

/* Opens libfiu's remote control, if the supervisor wants it: it adds a thread. */
void fiu_listen(void);

/* Around a fork: nobody is within libfiu meanwhile, so that its lock is free in the child. */
void fiu_before_fork(void);
void fiu_after_fork(bool in_child);

/* Calls libfiu's own fiu_fail for `point`. Returns what it returns. */
int fiu_deliver(unsigned point);

/* libfiu's function: what the last failure of this thread came with; an errno if it was one of ours. */
EXPORT void *fiu_failinfo(void);

/* Index of the point of that name, or -1. */
int point_named(const char *name);
