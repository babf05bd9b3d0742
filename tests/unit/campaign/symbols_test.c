/* Names of places: an address in this very program has its line, others say as much as is known. */
#include "campaign/symbols.h"

#include <criterion/criterion.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "oracle/result.h"

/* The program's own text, as the preload would note it. */
static int note_program(struct dl_phdr_info *info, size_t size, void *of)
{
    (void)size;
    struct ledger_module *module = of;
    for (int i = 0; i < info->dlpi_phnum; i++) {
        if (info->dlpi_phdr[i].p_type != PT_LOAD || (info->dlpi_phdr[i].p_flags & PF_X) == 0)
            continue;
        module->bias = info->dlpi_addr;
        module->start = info->dlpi_addr + info->dlpi_phdr[i].p_vaddr;
        module->end = module->start + info->dlpi_phdr[i].p_memsz;
    }
    return 1; /* the program comes first */
}

__attribute__((noinline)) static uint64_t own_address(void)
{
    return (uint64_t)(uintptr_t)__builtin_return_address(0);
}

static struct ledger_view ledger;

static void make_ledger(void)
{
    struct plan plan = {0};
    struct plan_points points = {0};
    struct error error;
    cr_assert_eq(ledger_create(16, &plan, &points, &ledger, &error), 0);
    struct ledger_module *module = &ledger.ledger->modules[0];
    dl_iterate_phdr(note_program, module);
    cr_assert_gt(readlink("/proc/self/exe", module->path, sizeof module->path - 1), 0);
    ledger.ledger->module_count = 1;
}

static void close_ledger(void)
{
    ledger_close(&ledger);
}

Test(symbols, line_of_a_call, .init = make_ledger, .fini = close_ledger)
{
    struct symbols *symbols = symbols_open(&ledger);
    char name[RESULT_PLACE_MAX], expected[64];
    uint64_t address = own_address(); /* the line that is expected */
    snprintf(expected, sizeof expected, "tests/unit/campaign/symbols_test.c:%d", __LINE__ - 1);
    symbols_name(symbols, address, name, sizeof name);
    cr_expect_str_eq(name, expected);
    symbols_close(symbols);
}

static uint64_t marked_at;

/* Stands for the preload. */
__attribute__((noinline)) void exeunt_mark_took(const char *kind, uint64_t id)
{
    (void)kind, (void)id;
    marked_at = (uint64_t)(uintptr_t)__builtin_return_address(0);
}

static inline __attribute__((always_inline)) void take_within(void)
{
    exeunt_took("thing", 1); /* in a function of the program's own that is inlined: this line is meant */
}
enum { WITHIN_LINE = __LINE__ - 2 };

/* A mark is inlined, and so may be the function that sets it. */
Test(symbols, line_of_a_mark_is_the_callers, .init = make_ledger, .fini = close_ledger)
{
    struct symbols *symbols = symbols_open(&ledger);
    char name[RESULT_PLACE_MAX], expected[64];
    exeunt_took("thing", 1); /* the line that is expected */
    snprintf(expected, sizeof expected, "tests/unit/campaign/symbols_test.c:%d", __LINE__ - 1);
    symbols_name(symbols, marked_at, name, sizeof name);
    cr_expect_str_eq(name, expected);
    take_within();
    snprintf(expected, sizeof expected, "tests/unit/campaign/symbols_test.c:%d", WITHIN_LINE);
    symbols_name(symbols, marked_at, name, sizeof name);
    cr_expect_str_eq(name, expected);
    snprintf(expected, sizeof expected, "take_within (tests/unit/campaign/symbols_test.c:%d)", WITHIN_LINE);
    symbols_frame(symbols, marked_at, name, sizeof name);
    cr_expect_str_eq(name, expected, "a frame names the function that its line stands in: %s", name);
    symbols_close(symbols);
}

static inline uint64_t take_in_system_header(void);

Test(symbols, line_of_an_inlined_system_header_is_the_callers, .init = make_ledger, .fini = close_ledger)
{
    struct symbols *symbols = symbols_open(&ledger);
    char name[RESULT_PLACE_MAX], expected[64];
    uint64_t address = take_in_system_header(); /* the line that is expected */
    snprintf(expected, sizeof expected, "tests/unit/campaign/symbols_test.c:%d", __LINE__ - 1);
    symbols_name(symbols, address, name, sizeof name);
    cr_expect_str_eq(name, expected);
    symbols_close(symbols);
}

Test(symbols, what_is_not_known_is_said_as_it_is, .init = make_ledger, .fini = close_ledger)
{
    struct symbols *symbols = symbols_open(&ledger);
    char name[RESULT_PLACE_MAX];
    symbols_name(symbols, 0, name, sizeof name);
    cr_expect_str_eq(name, "");
    symbols_name(symbols, 0x10, name, sizeof name);
    cr_expect_str_eq(name, "0x10", "in no module");
    snprintf(ledger.ledger->modules[0].path, LEDGER_MODULE_PATH_MAX, "/nonexistent/program");
    struct symbols *without_file = symbols_open(&ledger);
    symbols_name(without_file, ledger.ledger->modules[0].start + 1, name, sizeof name);
    cr_expect_eq(strncmp(name, "program+0x", 10), 0, "%s", name);
    symbols_close(without_file);
    symbols_close(symbols);
}

/* Stands for a header of the system, as those of C++ and of _FORTIFY_SOURCE are. */
#line 1 "/usr/include/stand_in.h"
__attribute__((always_inline)) static inline uint64_t take_in_system_header(void)
{
    return own_address();
}
