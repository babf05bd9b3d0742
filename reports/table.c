/* Decides which figures of a run a person sees, and in what order. */
#include "table.h"

#include <string.h>

enum { LABEL_WIDTH = 26, CELL_WIDTH_MIN = 16, TOLD_MAX = 8, UNKNOWN = -1 };

enum kind { COUNT, GUARANTEE, TIME }; /* a guarantee is broken by any count above 0; times are in ms */

struct line {
    const char *label;
    enum kind kind;
    int64_t (*value)(const struct variant_result *variant); /* below 0: there is none */
};

static int64_t operations_done(const struct variant_result *variant)
{
    return (int64_t)(variant->operations.succeeded + variant->operations.failed);
}

static int64_t succeeded(const struct variant_result *variant)
{
    return (int64_t)variant->operations.succeeded;
}

static int64_t failed(const struct variant_result *variant)
{
    return (int64_t)variant->operations.failed;
}

static int64_t per_second(const struct variant_result *variant)
{
    if (variant->duration_ms == 0)
        return UNKNOWN;
    return (int64_t)((double)operations_done(variant) * 1000 / (double)variant->duration_ms);
}

static int64_t duration(const struct variant_result *variant)
{
    return (int64_t)variant->duration_ms;
}

static int64_t injected(const struct variant_result *variant)
{
    return (int64_t)variant->faults.injected;
}

static int64_t baseline(const struct variant_result *variant)
{
    return variant->fds.baseline;
}

static int64_t peak(const struct variant_result *variant)
{
    return variant->fds.peak;
}

static int64_t final(const struct variant_result *variant)
{
    return variant->fds.final;
}

static int64_t leaked(const struct variant_result *variant)
{
    return (int64_t)variant->fds.leaked;
}

static int64_t emfile_after(const struct variant_result *variant)
{
    return variant->emfile.count == 0 ? UNKNOWN : (int64_t)variant->emfile.first_ms;
}

static int64_t emfile_operations(const struct variant_result *variant)
{
    return variant->emfile.count == 0 ? UNKNOWN : (int64_t)variant->emfile.first_operation;
}

static int64_t emfile_faults(const struct variant_result *variant)
{
    return variant->emfile.count == 0 ? UNKNOWN : (int64_t)variant->emfile.first_fault;
}

static int64_t temp_files(const struct variant_result *variant)
{
    return variant->temp_files;
}

static int64_t unreleased(const struct variant_result *variant)
{
    return variant->settled ? (int64_t)variant->unreleased : UNKNOWN;
}

static int64_t children_started(const struct variant_result *variant)
{
    return (int64_t)variant->children.started;
}

static int64_t children_left(const struct variant_result *variant)
{
    return (int64_t)(variant->children.started - variant->children.reaped);
}

static int64_t temps_made(const struct variant_result *variant)
{
    return (int64_t)variant->temps.made;
}

static int64_t held_peak(const struct variant_result *variant)
{
    return variant->locks.held_peak;
}

static int64_t waiting_peak(const struct variant_result *variant)
{
    return variant->locks.waiting_peak;
}

static int64_t locks_left(const struct variant_result *variant)
{
    return (int64_t)variant->locks.left;
}

static int64_t deadlocked(const struct variant_result *variant)
{
    return (int64_t)variant->deadlock.link_count;
}

/* Both figures are about operations. */
static bool measures_heap(const struct variant_result *variant)
{
    return variant->heap.watched && variant->operations.started > 0;
}

static int64_t heap_peak(const struct variant_result *variant)
{
    return measures_heap(variant) ? (int64_t)variant->heap.peak : UNKNOWN;
}

static int64_t heap_leaked(const struct variant_result *variant)
{
    return measures_heap(variant) ? (int64_t)variant->heap.leaked : UNKNOWN;
}

static int64_t whole(const struct variant_result *variant)
{
    return variant->checked ? (int64_t)variant->stored_whole : UNKNOWN;
}

static int64_t torn(const struct variant_result *variant)
{
    return variant->checked ? (int64_t)variant->stored_torn : UNKNOWN;
}

static int64_t level_fds(const struct variant_result *variant)
{
    return variant->level.fds;
}

static int64_t level_faults(const struct variant_result *variant)
{
    return (int64_t)variant->level.faults;
}

static int64_t level_time(const struct variant_result *variant)
{
    return (int64_t)variant->level.t_ms;
}

static const struct line run_lines[] = {
    {"duration", TIME, duration},
    {"operations done", COUNT, operations_done},
    {"  succeeded", COUNT, succeeded},
    {"  failed", COUNT, failed},
    {"  per second", COUNT, per_second},
    {"faults injected", COUNT, injected},
    {"descriptors at the start", COUNT, baseline},
    {"  at the peak", COUNT, peak},
    {"  at the end", COUNT, final},
    {"  leaked", GUARANTEE, leaked},
    {"first EMFILE after", TIME, emfile_after},
    {"  operations", COUNT, emfile_operations},
    {"  faults", COUNT, emfile_faults},
    {"temporary files left", GUARANTEE, temp_files},
    {"stored results whole", COUNT, whole},
    {"  torn", GUARANTEE, torn},
};

/* What is known of any program. Operations, EMFILE and the heap only if there were any. */
static const struct line program_lines[] = {
    {"duration", TIME, duration},
    {"faults injected", COUNT, injected},
    {"descriptors at the peak", COUNT, peak},
    {"  open at the end", COUNT, unreleased},
    {"children started", COUNT, children_started},
    {"  not waited for", COUNT, children_left},
    {"temporary files made", COUNT, temps_made},
    {"  left", COUNT, temp_files},
};

static const struct line operation_lines[] = {
    {"operations done", COUNT, operations_done},
    {"  succeeded", COUNT, succeeded},
    {"  failed", COUNT, failed},
    {"  per second", COUNT, per_second},
    {"descriptors leaked", GUARANTEE, leaked},
};

static const struct line emfile_lines[] = {
    {"first EMFILE after", TIME, emfile_after},
    {"  faults", COUNT, emfile_faults},
};

static const struct line lock_lines[] = {
    {"locks held, at the peak", COUNT, held_peak},
    {"  threads that wait", COUNT, waiting_peak},
    {"  left held", GUARANTEE, locks_left},
    {"threads in a deadlock", GUARANTEE, deadlocked},
};

static const struct line heap_lines[] = {
    {"heap of an operation, peak", COUNT, heap_peak},
    {"  leaked, bytes", GUARANTEE, heap_leaked},
};

static const struct line level_lines[] = {
    {"  descriptors", COUNT, level_fds},
    {"  faults", COUNT, level_faults},
    {"  after", TIME, level_time},
};

/* Resources that the program told of, by the names that it gave them. */
struct told {
    const char *kinds[TOLD_MAX];
    size_t count;
};

/* Neighbouring variants that fit beside each other. */
struct block {
    const struct variant_result *variants;
    size_t count;
    bool comparison, is_program;
    int cell_width;
    struct told told; /* in any variant of the result */
};

static void write_cell(const struct ink *ink, const struct block *block, enum kind kind, int64_t value)
{
    char cell[INK_NUMBER_MAX];
    if (value < 0)
        ink_right(ink, ink->signs->nothing, block->cell_width, HUE_FAINT);
    else
        ink_right(ink, kind == TIME ? ink_duration(cell, (uint64_t)value) : ink_number(cell, (uint64_t)value),
                  block->cell_width, kind == GUARANTEE && value > 0 ? HUE_BAD : HUE_PLAIN);
}

static void write_line(const struct ink *ink, const struct block *block, const struct line *line)
{
    ink_left(ink, line->label, LABEL_WIDTH, HUE_PLAIN);
    for (size_t i = 0; i < block->count; i++)
        write_cell(ink, block, line->kind, line->value(&block->variants[i]));
    putc('\n', ink->out);
}

static bool is_told_of(const struct told *told, const char *kind)
{
    for (size_t i = 0; i < told->count; i++)
        if (strcmp(told->kinds[i], kind) == 0)
            return true;
    return false;
}

/* The kinds of which a variant left something. */
static struct told told_resources(const struct result *result)
{
    struct told told = {.count = 0};
    for (size_t i = 0; i < result->variant_count; i++) {
        const struct variant_result *variant = &result->variants[i];
        for (size_t k = 0; k < variant->finding_count && told.count < TOLD_MAX; k++)
            if (variant->findings[k].kind == FINDING_LEAKED_RESOURCE &&
                !is_told_of(&told, variant->findings[k].resource))
                told.kinds[told.count++] = variant->findings[k].resource;
    }
    return told;
}

static int64_t left_of(const struct variant_result *variant, const char *kind)
{
    uint64_t count = 0;
    for (size_t i = 0; i < variant->finding_count; i++)
        if (variant->findings[i].kind == FINDING_LEAKED_RESOURCE &&
            strcmp(variant->findings[i].resource, kind) == 0)
            count += variant->findings[i].count;
    return (int64_t)count;
}

static void write_told(const struct ink *ink, const struct block *block)
{
    if (block->told.count > 0)
        fputs("resources left\n", ink->out);
    for (size_t i = 0; i < block->told.count; i++) {
        fputs("  ", ink->out);
        ink_left(ink, block->told.kinds[i], LABEL_WIDTH - 2, HUE_PLAIN);
        for (size_t k = 0; k < block->count; k++)
            write_cell(ink, block, GUARANTEE, left_of(&block->variants[k], block->told.kinds[i]));
        putc('\n', ink->out);
    }
}

static void write_lines(const struct ink *ink, const struct block *block, const struct line *lines,
                        size_t count)
{
    for (size_t i = 0; i < count; i++)
        write_line(ink, block, &lines[i]);
}

static void write_head(const struct ink *ink, const struct block *block)
{
    ink_left(ink, "", LABEL_WIDTH, HUE_PLAIN);
    for (size_t i = 0; i < block->count; i++)
        ink_right(ink, block->variants[i].name, block->cell_width, HUE_STRONG);
    putc('\n', ink->out);
    ink_left(ink, "verdict", LABEL_WIDTH, HUE_PLAIN);
    for (size_t i = 0; i < block->count; i++) {
        const struct variant_result *variant = &block->variants[i];
        bool expected = block->comparison && variant->leaks && variant->verdict == VERDICT_FAIL;
        const char *word = expected ? "fail, expected" : verdict_name(variant->verdict);
        bool good = expected || variant->verdict == VERDICT_PASS;
        ink_right(ink, word, block->cell_width,
                  good                                       ? HUE_GOOD
                  : variant->verdict == VERDICT_INCONCLUSIVE ? HUE_WARNING
                                                             : HUE_BAD);
    }
    putc('\n', ink->out);
    ink_left(ink, "ended", LABEL_WIDTH, HUE_PLAIN);
    for (size_t i = 0; i < block->count; i++)
        ink_right(ink, ended_name(block->variants[i].ended), block->cell_width, HUE_PLAIN);
    putc('\n', ink->out);
}

static void write_program(const struct ink *ink, const struct block *block)
{
    const struct variant_result *variant = block->variants;
    write_lines(ink, block, program_lines, sizeof program_lines / sizeof *program_lines);
    if (variant->operations.started > 0)
        write_lines(ink, block, operation_lines, sizeof operation_lines / sizeof *operation_lines);
    if (variant->emfile.count > 0)
        write_lines(ink, block, emfile_lines, sizeof emfile_lines / sizeof *emfile_lines);
}

static bool uses_locks(const struct block *block)
{
    bool any = false;
    for (size_t i = 0; i < block->count; i++)
        any |= block->variants[i].locks.held_peak > 0 || block->variants[i].locks.left > 0;
    return any;
}

static void write_block(const struct ink *ink, const struct block *block, uint64_t level)
{
    write_head(ink, block);
    if (block->is_program)
        write_program(ink, block);
    else
        write_lines(ink, block, run_lines, sizeof run_lines / sizeof *run_lines);
    if (uses_locks(block))
        write_lines(ink, block, lock_lines, sizeof lock_lines / sizeof *lock_lines);
    write_told(ink, block);
    if (block->variants->heap.watched)
        write_lines(ink, block, heap_lines, sizeof heap_lines / sizeof *heap_lines);
    if (level == 0)
        return;
    char operations[INK_NUMBER_MAX];
    fprintf(ink->out, "at %s operations\n", ink_number(operations, level));
    write_lines(ink, block, level_lines, sizeof level_lines / sizeof *level_lines);
}

void table_write(const struct ink *ink, const struct result *result)
{
    int cell_width = CELL_WIDTH_MIN;
    for (size_t i = 0; i < result->variant_count; i++)
        if ((int)strlen(result->variants[i].name) + 2 > cell_width)
            cell_width = (int)strlen(result->variants[i].name) + 2;
    int room = ink->columns - LABEL_WIDTH;
    if (cell_width > room)
        cell_width = room;
    size_t beside = (size_t)(room / cell_width);
    /* One variant alone is on a level with itself: that says nothing. */
    uint64_t level = result->variant_count > 1 ? result->variants[0].level.operations : 0;

    for (size_t i = 0; i < result->variant_count; i += beside) {
        size_t left = result->variant_count - i;
        struct block block = {&result->variants[i], left < beside ? left : beside,
                              result->comparison,   result->program != NULL,
                              cell_width,           told_resources(result)};
        if (i > 0)
            putc('\n', ink->out);
        write_block(ink, &block, level);
    }
}
