/* Symbolizes with elfutils' libdwfl: the ledger's modules, at the addresses where the child had them. */
#include "campaign/symbols.h"

#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct symbols {
    const struct ledger_view *ledger;
    Dwfl *dwfl;
};

static const Dwfl_Callbacks callbacks = {
    .find_elf = dwfl_build_id_find_elf,
    .find_debuginfo = dwfl_standard_find_debuginfo,
    .section_address = dwfl_offline_section_address,
};

struct symbols *symbols_open(const struct ledger_view *ledger)
{
    struct symbols *symbols = calloc(1, sizeof *symbols);
    if (symbols == NULL)
        return NULL;
    symbols->ledger = ledger;
    symbols->dwfl = dwfl_begin(&callbacks);
    return symbols;
}

struct symbols *symbols_close(struct symbols *symbols)
{
    if (symbols != NULL && symbols->dwfl != NULL)
        dwfl_end(symbols->dwfl);
    free(symbols);
    return NULL;
}

/* The module of libdwfl, reported at its first use: most modules are never asked for. */
static Dwfl_Module *dwfl_module(const struct symbols *symbols, const struct ledger_module *module,
                                uint64_t address)
{
    Dwfl_Module *known = dwfl_addrmodule(symbols->dwfl, address);
    if (known != NULL)
        return known;
    dwfl_report_begin_add(symbols->dwfl);
    dwfl_report_elf(symbols->dwfl, module->path, module->path, -1, module->bias, false);
    dwfl_report_end(symbols->dwfl, NULL, NULL);
    return dwfl_addrmodule(symbols->dwfl, address);
}

/* The compilation unit of an address. Clang leaves out the table of them: then one after the other is asked.
 */
static Dwarf_Die *unit_of(Dwfl_Module *module, uint64_t address, Dwarf_Addr *bias)
{
    Dwarf_Die *unit = dwfl_module_addrdie(module, address, bias);
    if (unit != NULL)
        return unit;
    while ((unit = dwfl_module_nextcu(module, unit, bias)) != NULL)
        if (dwarf_haspc(unit, address - *bias) > 0)
            return unit;
    return NULL;
}

static bool name_line(Dwfl_Module *module, uint64_t address, char *out, size_t size)
{
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = module != NULL ? unit_of(module, address, &bias) : NULL;
    Dwarf_Line *line = unit != NULL ? dwarf_getsrc_die(unit, address - bias) : NULL;
    const char *file = line != NULL ? dwarf_linesrc(line, NULL, NULL) : NULL;
    int number = 0;
    if (file == NULL || dwarf_lineno(line, &number) != 0)
        return false;
    while (strncmp(file, "./", 2) == 0)
        file += 2;
    snprintf(out, size, "%s:%d", file, number);
    return true;
}

void symbols_name(const struct symbols *symbols, uint64_t address, char *out, size_t size)
{
    struct ledger_module module;
    out[0] = '\0';
    if (address == 0)
        return;
    if (symbols == NULL || !ledger_module_of(symbols->ledger, address, &module)) {
        snprintf(out, size, "0x%llx", (unsigned long long)address);
        return;
    }
    uint64_t call = address - 1; /* the return address may stand on the next line already */
    if (symbols->dwfl != NULL && name_line(dwfl_module(symbols, &module, call), call, out, size))
        return;
    const char *slash = strrchr(module.path, '/');
    snprintf(out, size, "%.96s+0x%llx", slash != NULL ? slash + 1 : module.path,
             (unsigned long long)(call - module.bias));
}

void symbols_object(const struct symbols *symbols, uint64_t address, size_t element_size, char *out,
                    size_t size)
{
    struct ledger_module module;
    GElf_Off offset = 0;
    GElf_Sym symbol;
    const char *name = NULL;
    if (symbols != NULL && symbols->dwfl != NULL && ledger_image_of(symbols->ledger, address, &module)) {
        Dwfl_Module *known = dwfl_module(symbols, &module, address);
        if (known != NULL)
            name = dwfl_module_addrinfo(known, address, &offset, &symbol, NULL, NULL, NULL);
    }
    if (name == NULL)
        snprintf(out, size, "0x%llx", (unsigned long long)address);
    else if (symbol.st_size > element_size && symbol.st_size % element_size == 0 &&
             offset % element_size == 0)
        snprintf(out, size, "%s[%llu]", name, (unsigned long long)(offset / element_size));
    else if (offset == 0)
        snprintf(out, size, "%s", name);
    else
        snprintf(out, size, "%s+0x%llx", name, (unsigned long long)offset);
}
