/* Keeps the trace: looks at the stack, interns it, appends an event. Nobody waits for another thread in it: a
 * stack that another one is just writing is written a second time. */
#include "trace.h"

#include <dlfcn.h>
#include <errno.h>
#include <unwind.h>

#include "base/hash.h"

enum { PROBES_MAX = 64, DEPTH_HALF = TRACE_DEPTH_MAX / 2 };

/* libgcc's, whoever else brings functions of these names: libunwind's come before it where a program has it,
 * and what they call a CFA is not the same. */
static struct {
    _Unwind_Reason_Code (*backtrace)(_Unwind_Trace_Fn, void *);
    uintptr_t (*address)(struct _Unwind_Context *);
    uintptr_t (*cfa)(struct _Unwind_Context *);
} unwinder;

static uintptr_t text_start, text_end; /* our own */
static atomic_flag exiting;

/* Into the trace, and out of it: what the unwinder calls is none of the program's calls, nor is what a
 * signal's handler does meanwhile. */
struct visit {
    struct undisturbed before;
    unsigned bypass;
    int saved_errno;
};

static bool is_traced(void)
{
    return UNLIKELY(preload.trace != NULL) && self.bypass == 0;
}

static struct visit enter(void)
{
    int saved_errno = errno;
    struct undisturbed before = undisturbed_begin();
    return (struct visit){.before = before, .bypass = bypass_begin(), .saved_errno = saved_errno};
}

static void leave(const struct visit *visit)
{
    bypass_end(&visit->bypass);
    undisturbed_end(visit->before);
    errno = visit->saved_errno;
}

/* Where frame number `index` of a stack of `depth` stands in self.frames: of one that is too deep the inner
 * half comes first, then a ring of those that were met last. */
static uint32_t place_of(uint32_t index)
{
    return index < DEPTH_HALF ? index : DEPTH_HALF + index % DEPTH_HALF;
}

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *of_depth)
{
    uint32_t *depth = of_depth;
    uintptr_t address = unwinder.address(context);
    bool is_own = *depth == 0 && address >= text_start && address < text_end;
    if (address == 0 || is_own)
        return _URC_NO_REASON;
    self.frames[place_of((*depth)++)] = (struct trace_frame){address, unwinder.cfa(context)};
    return _URC_NO_REASON;
}

/* The frame that stands at `index` of the stack as it is written. */
static const struct trace_frame *frame_at(uint32_t index, uint32_t depth)
{
    bool whole = depth <= TRACE_DEPTH_MAX || index < DEPTH_HALF;
    return &self.frames[place_of(whole ? index : depth - TRACE_DEPTH_MAX + index)];
}

static uint64_t hash_frames(uint32_t count, uint32_t depth)
{
    uint64_t hash = depth;
    for (uint32_t i = 0; i < count; i++) {
        const struct trace_frame *frame = frame_at(i, depth);
        hash = hash_mix(hash ^ (frame->address * HASH_STEP + frame->cfa));
    }
    return hash > TRACE_STACK_BUSY ? hash : ~hash;
}

/* Writes the frames for a stack whose place is ours. */
static bool write_frames(struct trace *trace, struct trace_stack *stack, uint32_t count, uint32_t depth)
{
    if (atomic_load_explicit(&trace->frame_count, memory_order_relaxed) >= TRACE_FRAMES_MAX)
        return false;
    uint32_t first = atomic_fetch_add_explicit(&trace->frame_count, count, memory_order_relaxed);
    if (first > TRACE_FRAMES_MAX - count)
        return false;
    for (uint32_t i = 0; i < count; i++)
        trace->frames[first + i] = *frame_at(i, depth);
    stack->first = first;
    stack->depth = count;
    return true;
}

static uint32_t intern(struct trace *trace, uint32_t depth)
{
    uint32_t count = depth < TRACE_DEPTH_MAX ? depth : TRACE_DEPTH_MAX;
    uint64_t hash = hash_frames(count, depth);
    for (unsigned probe = 0; probe < PROBES_MAX; probe++) {
        uint32_t index = (uint32_t)(hash + probe) % TRACE_STACKS_MAX;
        struct trace_stack *stack = &trace->stacks[index];
        uint64_t known = atomic_load_explicit(&stack->hash, memory_order_acquire);
        if (known == hash)
            return index;
        if (known != 0 || index == TRACE_STACK_NONE ||
            !atomic_compare_exchange_strong(&stack->hash, &known, TRACE_STACK_BUSY))
            continue;
        bool written = write_frames(trace, stack, count, depth);
        atomic_store_explicit(&stack->hash, written ? hash : 0, memory_order_release);
        if (written)
            return index;
        break;
    }
    atomic_fetch_add_explicit(&trace->stacks_lost, 1, memory_order_relaxed);
    return TRACE_STACK_NONE;
}

/* The stack of the wrapper that was called, interned. */
static uint32_t stack_here(struct trace *trace)
{
    uint32_t depth = 0, stack = TRACE_STACK_NONE;
    if (atomic_load_explicit(&trace->event_count, memory_order_relaxed) >= TRACE_EVENTS_MAX)
        return TRACE_STACK_NONE; /* nobody will read it */
    struct visit visit = enter();
    unwinder.backtrace(look_at_frame, &depth);
    if (depth > 0)
        stack = intern(trace, depth);
    leave(&visit);
    return stack;
}

/* The stack of the call at `site`. A call of a point has been traced before it takes anything: so its stack
 * is known, but for a call that came in between, from within the C library or a signal handler. */
static uint32_t stack_of_call(struct trace *trace, uintptr_t site)
{
    bool known = site != 0 && self.traced_site == site;
    self.traced_site = 0;
    return known ? self.traced_stack : stack_here(trace);
}

static void append(struct trace *trace, const struct trace_event *event)
{
    if (atomic_load_explicit(&trace->event_count, memory_order_relaxed) >= UINT32_MAX / 2)
        return; /* the number of those that are lost does not begin anew */
    uint32_t index = atomic_fetch_add_explicit(&trace->event_count, 1, memory_order_relaxed);
    if (index >= TRACE_EVENTS_MAX)
        return;
    struct trace_event *place = &trace->events[index];
    place->path = self.path;
    place->operation = self.operation;
    place->point = event->point;
    place->k = event->k;
    place->stack = event->stack;
    place->resource = event->resource;
    place->id = event->id;
    atomic_store_explicit(&place->kind, event->kind, memory_order_release);
}

void trace_call(unsigned point, uint64_t k, uintptr_t site)
{
    if (!is_traced())
        return;
    self.traced_stack = stack_here(preload.trace);
    self.traced_site = site;
    append(preload.trace,
           &(struct trace_event){
               .kind = TRACE_CALL, .point = (int32_t)point, .k = (uint32_t)k, .stack = self.traced_stack});
}

void trace_fault(unsigned point, uint64_t k)
{
    struct trace *trace = preload.trace != NULL ? preload.trace : preload.fault_trace;
    if (trace == NULL || self.bypass != 0)
        return;
    append(trace,
           &(struct trace_event){.kind = TRACE_FAULT,
                                 .point = (int32_t)point,
                                 .k = (uint32_t)k,
                                 .stack = trace == preload.trace ? self.traced_stack : stack_here(trace),
                                 .id = self.benign > 0});
}

static void note(enum trace_kind kind, enum trace_resource resource, uint64_t id, uint32_t stack)
{
    append(preload.trace,
           &(struct trace_event){.kind = kind, .point = -1, .stack = stack, .resource = resource, .id = id});
}

void trace_took(enum trace_resource resource, uint64_t id, uintptr_t site)
{
    if (is_traced())
        note(TRACE_TOOK, resource, id, stack_of_call(preload.trace, site));
}

/* Programs free more than they do anything else. Who owns a block is learnt from runs without faults: in all
 * others it is enough that it was freed. */
static bool is_stack_wanted(enum trace_resource resource)
{
    return resource != TRACE_MEMORY || preload.ledger->plan.rule_count == 0;
}

void trace_gave(enum trace_resource resource, uint64_t id)
{
    if (is_traced())
        note(TRACE_GAVE, resource, id,
             is_stack_wanted(resource) ? stack_here(preload.trace) : TRACE_STACK_NONE);
}

void trace_kept(enum trace_resource resource, uint64_t id)
{
    if (is_traced())
        note(TRACE_KEPT, resource, id, TRACE_STACK_NONE);
}

void trace_thread_ended(void)
{
    if (is_traced())
        note(TRACE_THREAD_ENDED, TRACE_NOTHING, 0, TRACE_STACK_NONE);
}

void trace_exiting(void)
{
    if (is_traced() && !atomic_flag_test_and_set(&exiting))
        note(TRACE_EXITING, TRACE_NOTHING, 0, stack_here(preload.trace));
}

void trace_followed(void)
{
    atomic_flag_clear(&exiting);
}

static bool is_resolved(void)
{
    return unwinder.backtrace != NULL && unwinder.address != NULL && unwinder.cfa != NULL;
}

void trace_resolve(const struct ledger *ledger)
{
    uint32_t depth = 0;
    if (ledger->head.trace_offset == 0)
        return;
    void *library = dlopen("libgcc_s.so.1", RTLD_LAZY);
    if (library == NULL)
        return;
    *(void **)&unwinder.backtrace = dlsym(library, "_Unwind_Backtrace");
    *(void **)&unwinder.address = dlsym(library, "_Unwind_GetIP");
    *(void **)&unwinder.cfa = dlsym(library, "_Unwind_GetCFA");
    if (!is_resolved())
        return;
    BYPASSING;
    unwinder.backtrace(look_at_frame, &depth); /* what it makes for itself the first time, it makes now */
}

/* Our own text, as the ledger has it. */
static void find_text(const struct ledger *ledger)
{
    uintptr_t own = (uintptr_t)&find_text;
    for (uint32_t i = 0; i < ledger->module_count && i < LEDGER_MODULES_MAX; i++)
        if (own >= ledger->modules[i].start && own < ledger->modules[i].end) {
            text_start = ledger->modules[i].start;
            text_end = ledger->modules[i].end;
        }
}

void trace_attach(void)
{
    struct ledger *ledger = preload.ledger;
    preload.trace = preload.fault_trace = NULL;
    preload.fd_plain = preload.fd_count;
    if (ledger->head.trace_offset == 0 || !is_resolved())
        return;
    find_text(ledger);
    atomic_flag_clear(&exiting);
    struct trace *trace = (struct trace *)((char *)ledger + ledger->head.trace_offset);
    if (ledger->trace_faults_only) {
        preload.fault_trace = trace;
        return;
    }
    preload.trace = trace;
    preload.fd_plain = 0;
    preload.any_armed = true;
    thread_record(); /* so that its end is noted */
}
