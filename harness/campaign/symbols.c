/* Symbolizes with elfutils' libdwfl: the ledger's modules, at the addresses where the child had them. */
#include "campaign/symbols.h"

#include "campaign/source.h"
#include "oracle/result.h"

#include <dwarf.h>
#include <elfutils/libdwfl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

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
    struct stat status; /* the path is the program's word */
    if (stat(module->path, &status) != 0 || !S_ISREG(status.st_mode))
        return NULL;
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

/* Headers of ours and of the system, whose functions are inlined into the program: their lines are nobody's.
 */
static bool is_nobodys_header(const char *file)
{
    static const char *const headers[] = {"exeunt/mark.h", "exeunt/scope.h"};
    static const char *const folders[] = {"/usr/include/", "/usr/lib/"};
    size_t length = strlen(file);
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++)
        if (strncmp(file, folders[i], strlen(folders[i])) == 0)
            return true;
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        if (length >= strlen(headers[i]) && strcmp(file + length - strlen(headers[i]), headers[i]) == 0)
            return true;
    return false;
}

/* A line of a source, and the function that it stands in. */
struct place {
    const char *file;   /* NULL: not known */
    const char *folder; /* that a relative path is relative to; NULL: not known */
    int line;
    const char *function; /* NULL: not known */
};

static struct place place_of_call(Dwarf_Die *unit, Dwarf_Die *inlined)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files *files;
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) != 0 ||
        dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) != 0 ||
        dwarf_getsrcfiles(unit, &files, NULL) != 0)
        return (struct place){0};
    return (struct place){.file = dwarf_filesrc(files, file, NULL, NULL), .line = (int)line};
}

/* Of the calls that were inlined one into the other at `pc`, the innermost whose line is somebody's, and the
 * function of that line. If all are nobody's, since nothing was inlined, the line stays what it is. */
static struct place outside_headers(Dwarf_Die *unit, Dwarf_Addr pc, struct place place)
{
    Dwarf_Die *innermost = NULL, *scopes = NULL;
    int count = dwarf_getscopes(unit, pc, &innermost) > 0 ? dwarf_getscopes_die(innermost, &scopes) : 0;
    for (int i = 0; i < count; i++) {
        bool inlined = dwarf_tag(&scopes[i]) == DW_TAG_inlined_subroutine;
        if (place.function == NULL && (inlined || dwarf_tag(&scopes[i]) == DW_TAG_subprogram))
            place.function = dwarf_diename(&scopes[i]);
        if (inlined && place.file != NULL && is_nobodys_header(place.file))
            place = place_of_call(unit, &scopes[i]);
    }
    free(innermost);
    free(scopes);
    return place;
}

/* In which the unit was compiled. */
static const char *folder_of(Dwarf_Die *unit)
{
    Dwarf_Attribute attribute;
    return dwarf_formstring(dwarf_attr(unit, DW_AT_comp_dir, &attribute));
}

static struct place place_of(Dwfl_Module *module, uint64_t address)
{
    Dwarf_Addr bias = 0;
    Dwarf_Die *unit = module != NULL ? unit_of(module, address, &bias) : NULL;
    Dwarf_Line *line = unit != NULL ? dwarf_getsrc_die(unit, address - bias) : NULL;
    struct place place = {.file = line != NULL ? dwarf_linesrc(line, NULL, NULL) : NULL};
    if (place.file != NULL && dwarf_lineno(line, &place.line) == 0)
        place = outside_headers(unit, address - bias, place);
    if (place.file != NULL)
        place.folder = folder_of(unit);
    if (place.function == NULL && module != NULL)
        place.function = dwfl_module_addrname(module, address);
    return place;
}

/* Names the place of the call that returns to the address, which may stand on the next line already. Returns
 * the function that it stands in; NULL: not known. */
static const char *name_place(const struct symbols *symbols, uint64_t address, char *out, size_t size)
{
    struct ledger_module module;
    uint64_t call = address - 1;
    struct place place = {.file = NULL};
    if (symbols == NULL || !ledger_module_of(symbols->ledger, address, &module)) {
        snprintf(out, size, "0x%llx", (unsigned long long)address);
        return NULL;
    }
    if (symbols->dwfl != NULL)
        place = place_of(dwfl_module(symbols, &module, call), call);
    const char *slash = strrchr(module.path, '/');
    char source[RESULT_PLACE_MAX];
    if (place.file != NULL)
        snprintf(out, size, "%s:%d", source_name(place.folder, place.file, source, sizeof source),
                 place.line);
    else
        snprintf(out, size, "%.96s+0x%llx", slash != NULL ? slash + 1 : module.path,
                 (unsigned long long)(call - module.bias));
    return place.function;
}

void symbols_name(const struct symbols *symbols, uint64_t address, char *out, size_t size)
{
    out[0] = '\0';
    if (address != 0)
        name_place(symbols, address, out, size);
}

void symbols_frame(const struct symbols *symbols, uint64_t address, char *out, size_t size)
{
    char place[RESULT_PLACE_MAX];
    const char *function = name_place(symbols, address, place, sizeof place);
    if (function != NULL)
        snprintf(out, size, "%.80s (%s)", function, place);
    else
        snprintf(out, size, "%s", place);
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
