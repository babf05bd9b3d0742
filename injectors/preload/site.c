/* Which place a call is put down to: the program's own line, not the library's that it went through. */
#include "preload.h"

#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <unwind.h>

enum { FRAMES_MAX = 16 };

/* The preload's own lines are nobody's, either. */
static bool is_system(const struct ledger_module *module)
{
    uintptr_t own = (uintptr_t)&is_system;
    return ledger_is_system(module->path) || (own >= module->start && own < module->end);
}

static const struct ledger_module *module_of(uintptr_t address)
{
    const struct ledger *ledger = preload.ledger;
    uint32_t count = atomic_load_explicit(&ledger->module_count, memory_order_acquire);
    for (uint32_t i = 0; i < count && i < LEDGER_MODULES_MAX; i++)
        if (address >= ledger->modules[i].start && address < ledger->modules[i].end)
            return &ledger->modules[i];
    return NULL;
}

/* The addresses of all mappings of a module. */
static void record_range(const struct dl_phdr_info *info, struct ledger_module *module)
{
    module->low = UINT64_MAX;
    module->high = 0;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        if (header->p_type != PT_LOAD)
            continue;
        uint64_t low = info->dlpi_addr + header->p_vaddr;
        module->low = low < module->low ? low : module->low;
        module->high = low + header->p_memsz > module->high ? low + header->p_memsz : module->high;
    }
}

static int record_module(struct dl_phdr_info *info, size_t size, void *of)
{
    (void)size, (void)of;
    struct ledger *ledger = preload.ledger;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        const ElfW(Phdr) *header = &info->dlpi_phdr[i];
        uintptr_t start = info->dlpi_addr + header->p_vaddr;
        uint32_t count = atomic_load_explicit(&ledger->module_count, memory_order_relaxed);
        if (header->p_type != PT_LOAD || (header->p_flags & PF_X) == 0 || count == LEDGER_MODULES_MAX ||
            module_of(start) != NULL)
            continue;
        struct ledger_module *module = &ledger->modules[count];
        module->start = start;
        module->end = start + header->p_memsz;
        module->bias = info->dlpi_addr;
        record_range(info, module);
        if (info->dlpi_name[0] != '\0')
            snprintf(module->path, sizeof module->path, "%s", info->dlpi_name);
        else if (syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", module->path, sizeof module->path - 1) <
                 0)
            module->path[0] = '\0';
        if (count == 0) {
            preload.text_start = module->start;
            preload.text_end = module->end;
        }
        atomic_store_explicit(&ledger->module_count, count + 1, memory_order_release);
    }
    return 0;
}

/* dl_iterate_phdr holds a lock of the loader meanwhile, so only one thread records; the program's own
 * module comes first. */
void modules_record(void)
{
    dl_iterate_phdr(record_module, NULL);
}

struct search {
    unsigned frames;
    uintptr_t found;
};

static _Unwind_Reason_Code look_at_frame(struct _Unwind_Context *context, void *of)
{
    struct search *search = of;
    uintptr_t address = _Unwind_GetIP(context);
    const struct ledger_module *module = module_of(address);
    if (module != NULL && !is_system(module)) {
        search->found = address;
        return _URC_END_OF_STACK;
    }
    return ++search->frames < FRAMES_MAX ? _URC_NO_REASON : _URC_END_OF_STACK;
}

uint64_t site_of_outside(uintptr_t site)
{
    const struct ledger_module *module = module_of(site);
    if (module == NULL) {
        modules_record(); /* loaded since */
        module = module_of(site);
    }
    if (module == NULL || !is_system(module))
        return site;
    struct search search = {0};
    _Unwind_Backtrace(look_at_frame, &search);
    return search.found != 0 ? search.found : site;
}
