/* Resources that no wrapper sees: the program itself says what it takes and gives, by a kind's name and a
 * number. One that an operation took and has at its end is a leak, as a descriptor is. */
#include "trace.h"

#include "base/hash.h"
#include "exeunt/mark.h"

enum { PROBES_MAX = 64 };

EXPORT void exeunt_mark_took(const char *kind, uint64_t id);
EXPORT void exeunt_mark_gave(const char *kind, uint64_t id);

/* Not by the C library's functions: ThreadSanitizer hears of those, but not of the state that guards a name.
 */
static void name_copy(char *to, const char *name)
{
    for (size_t i = 0; i < LEDGER_RESOURCE_KIND_MAX - 1 && name[i] != '\0'; i++)
        to[i] = name[i];
}

static bool name_equal(const char *known, const char *name)
{
    for (size_t i = 0; i < LEDGER_RESOURCE_KIND_MAX - 1; i++) {
        if (known[i] != name[i])
            return false;
        if (name[i] == '\0')
            return true;
    }
    return true;
}

/* Index of the kind, entered if it is new; -1 if there is no room. */
static int kind_index(struct ledger *ledger, const char *name)
{
    for (uint32_t i = 0; i < LEDGER_RESOURCE_KINDS_MAX; i++) {
        struct ledger_resource_kind *kind = &ledger->resource_kinds[i];
        uint32_t state = LEDGER_KIND_FREE;
        if (atomic_load_explicit(&kind->state, memory_order_acquire) == LEDGER_KIND_FREE &&
            atomic_compare_exchange_strong(&kind->state, &state, LEDGER_KIND_BUSY)) {
            name_copy(kind->name, name);
            atomic_store_explicit(&kind->state, LEDGER_KIND_NAMED, memory_order_release);
            return (int)i;
        }
        while (atomic_load_explicit(&kind->state, memory_order_acquire) == LEDGER_KIND_BUSY)
            continue; /* another thread copies a name into it */
        if (name_equal(kind->name, name))
            return (int)i;
    }
    return -1;
}

static struct ledger_resource *place(struct ledger *ledger, uint32_t kind, uint64_t id, unsigned probe)
{
    return &ledger->resources[(hash_add(hash_mix(kind), id) + probe) % LEDGER_RESOURCES_MAX];
}

static void raise_peak(_Atomic int64_t *peak, int64_t value)
{
    int64_t known = atomic_load_explicit(peak, memory_order_relaxed);
    while (known < value && !atomic_compare_exchange_weak(peak, &known, value))
        continue;
}

void exeunt_mark_took(const char *name, uint64_t id)
{
    struct ledger *ledger = preload.ledger;
    uintptr_t site = CALL_SITE;
    int kind = ledger != NULL ? kind_index(ledger, name) : -1;
    if (kind < 0)
        return;
    struct ledger_resource_kind *counted = &ledger->resource_kinds[kind];
    trace_took(TRACE_CONNECTION, hash_add(hash_text(name), id), 0);
    if (preload.is_followed)
        return; /* what stands in the ledger is the parent's */
    raise_peak(&counted->peak, atomic_fetch_add_explicit(&counted->held, 1, memory_order_relaxed) + 1);
    for (unsigned probe = 0; probe < PROBES_MAX; probe++) {
        struct ledger_resource *resource = place(ledger, (uint32_t)kind, id, probe);
        uint32_t state = LEDGER_RESOURCE_FREE;
        if (!atomic_compare_exchange_strong(&resource->state, &state, LEDGER_RESOURCE_BUSY))
            continue;
        resource->kind = (uint32_t)kind;
        resource->id = id;
        resource->operation = self.operation;
        resource->taken_at = site_of(site);
        self.resources += self.operation != 0;
        atomic_store_explicit(&resource->state, LEDGER_RESOURCE_HELD, memory_order_release);
        return;
    }
    atomic_fetch_add_explicit(&ledger->resources_unrecorded, 1, memory_order_relaxed);
}

void exeunt_mark_gave(const char *name, uint64_t id)
{
    struct ledger *ledger = preload.ledger;
    uintptr_t site = CALL_SITE;
    int kind = ledger != NULL ? kind_index(ledger, name) : -1;
    if (kind < 0)
        return;
    trace_gave(TRACE_CONNECTION, hash_add(hash_text(name), id));
    if (preload.is_followed)
        return;
    for (unsigned probe = 0; probe < PROBES_MAX; probe++) {
        struct ledger_resource *resource = place(ledger, (uint32_t)kind, id, probe);
        uint32_t state = LEDGER_RESOURCE_HELD;
        if (atomic_load_explicit(&resource->state, memory_order_acquire) != state ||
            resource->kind != (uint32_t)kind || resource->id != id)
            continue;
        bool own = resource->operation == self.operation && self.operation != 0;
        if (!atomic_compare_exchange_strong(&resource->state, &state, LEDGER_RESOURCE_FREE))
            continue;
        self.resources -= own;
        atomic_fetch_sub_explicit(&ledger->resource_kinds[kind].held, 1, memory_order_relaxed);
        return;
    }
    if (ledger->resources_unrecorded == 0)
        event_write((struct ledger_event){.kind = LEDGER_UNHELD_RELEASE,
                                          .fd = kind,
                                          .site = site_of(site),
                                          .point = self.last_point,
                                          .error = self.last_point >= 0 ? self.last_error : 0,
                                          .k = self.last_k});
}

/* A resource that the ending operation still has: a leak. It belongs to nobody from then on. */
static void settle(struct ledger_resource *resource, int status)
{
    struct ledger *ledger = preload.ledger;
    atomic_fetch_add_explicit(&ledger->resource_kinds[resource->kind].leaks, 1, memory_order_relaxed);
    event_write((struct ledger_event){.kind = LEDGER_RESOURCE_LEAK,
                                      .fd = (int)resource->kind,
                                      .taken_at = resource->taken_at,
                                      .point = self.last_point,
                                      .error = self.last_point >= 0 ? self.last_error : -status,
                                      .k = self.last_k});
    resource->operation = 0;
}

void resources_settle(int status)
{
    struct ledger *ledger = preload.ledger;
    if (LIKELY(self.resources == 0))
        return;
    self.resources = 0;
    for (unsigned i = 0; i < LEDGER_RESOURCES_MAX; i++) {
        struct ledger_resource *resource = &ledger->resources[i];
        if (atomic_load_explicit(&resource->state, memory_order_acquire) == LEDGER_RESOURCE_HELD &&
            resource->operation == self.operation)
            settle(resource, status);
    }
}
