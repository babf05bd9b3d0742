/* Decides how a table with three dimensions is read: idioms are columns, paths are rows, and resources are
 * rows of their own only where they do not come out alike. */
#include "exits.h"

#include <string.h>

#include "oracle/exits.h"

enum { LABEL_WIDTH = 16, CELL_WIDTH_MIN = 8, EXITS_FORMAT_VERSION = 1 };

/* Columns that stand beside each other. */
struct block {
    const struct exits *exits;
    size_t first, end;
};

/* A name with a hyphen stands on two lines, "guard-" above "plain": how much of it is on the upper one. */
static int upper_length(const char *name)
{
    const char *hyphen = strchr(name, '-');
    return hyphen != NULL ? (int)(hyphen + 1 - name) : 0;
}

static int width_of(const struct exits_idiom *idiom)
{
    int upper = upper_length(idiom->name), lower = (int)strlen(idiom->name) - upper;
    int width = (upper > lower ? upper : lower) + 2;
    return width > CELL_WIDTH_MIN ? width : CELL_WIDTH_MIN;
}

/* The upper line of the names, if there is anything on it. */
static void write_upper(const struct ink *ink, const struct block *block)
{
    size_t end = block->end;
    while (end > block->first && upper_length(block->exits->idioms[end - 1].name) == 0)
        end--;
    if (end == block->first)
        return;
    ink_left(ink, "", LABEL_WIDTH, HUE_PLAIN);
    for (size_t i = block->first; i < end; i++) {
        const struct exits_idiom *idiom = &block->exits->idioms[i];
        char upper[RESULT_NAME_MAX];
        snprintf(upper, sizeof upper, "%.*s", upper_length(idiom->name), idiom->name);
        ink_right(ink, upper, width_of(idiom), HUE_STRONG);
    }
    putc('\n', ink->out);
}

static void write_heading(const struct ink *ink, const struct block *block)
{
    write_upper(ink, block);
    ink_left(ink, "left by", LABEL_WIDTH, HUE_PLAIN);
    for (size_t i = block->first; i < block->end; i++) {
        const struct exits_idiom *idiom = &block->exits->idioms[i];
        ink_right(ink, idiom->name + upper_length(idiom->name), width_of(idiom), HUE_STRONG);
    }
    putc('\n', ink->out);
}

static bool is_broken_promise(const struct exits_cell *cell)
{
    return cell->promised && cell->outcome == EXITS_BROKEN;
}

static void write_cell(const struct ink *ink, const struct exits_cell *cell, int width)
{
    static const enum hue hues[] = {
        [EXITS_UNKNOWN] = HUE_WARNING,
        [EXITS_KEPT] = HUE_GOOD,
        [EXITS_BROKEN] = HUE_FAINT,
        [EXITS_DIFFERS] = HUE_BAD,
    };
    if (is_broken_promise(cell))
        ink_right(ink, "broken!", width, HUE_BAD);
    else
        ink_right(ink,
                  cell->outcome == EXITS_UNKNOWN ? ink->signs->nothing : exits_outcome_name(cell->outcome),
                  width, hues[cell->outcome]);
}

static void write_row(const struct ink *ink, const struct block *block, size_t path, size_t resource)
{
    for (size_t i = block->first; i < block->end; i++)
        write_cell(ink, &block->exits->idioms[i].cells[path][resource], width_of(&block->exits->idioms[i]));
    putc('\n', ink->out);
}

/* Whether one row can stand for all resources: in any column, not only those of one block. */
static bool are_alike(const struct exits *exits, size_t path)
{
    for (size_t i = 0; i < exits->idiom_count; i++) {
        const struct exits_cell *cells = exits->idioms[i].cells[path];
        for (size_t resource = 1; resource < exits->resource_count; resource++)
            if (cells[resource].outcome != cells[0].outcome || cells[resource].promised != cells[0].promised)
                return false;
    }
    return true;
}

static void write_path(const struct ink *ink, const struct block *block, size_t path)
{
    const struct exits *exits = block->exits;
    if (are_alike(exits, path)) {
        ink_left(ink, exits->paths[path], LABEL_WIDTH, HUE_PLAIN);
        write_row(ink, block, path, 0);
        return;
    }
    fprintf(ink->out, "%s\n", exits->paths[path]);
    for (size_t resource = 0; resource < exits->resource_count; resource++) {
        char label[EXITS_NAME_MAX + 2];
        snprintf(label, sizeof label, "  %s", exits->resources[resource]);
        ink_left(ink, label, LABEL_WIDTH, HUE_PLAIN);
        write_row(ink, block, path, resource);
    }
}

static void write_legend(const struct ink *ink, const struct exits *exits)
{
    fputs("\nA row without resources stands for all of them alike:\n", ink->out);
    for (size_t i = 0; i < exits->resource_count; i++)
        fprintf(ink->out, "%s%s", exits->resources[i], i + 1 < exits->resource_count ? ", " : "");
    fputs("\n"
          "kept      the next one who wants the resource gets it\n"
          "broken    the resource is left behind\n"
          "broken!   the same, although the documentation promises that it is kept\n"
          "differs   the ledger of calls says otherwise than who wants the resource next\n"
          "plain     built without -fexceptions\n",
          ink->out);
}

void exits_write(const struct ink *ink, const struct result *result)
{
    const struct exits *exits = result->exits;
    for (size_t first = 0; first < exits->idiom_count;) {
        struct block block = {exits, first, first};
        int room = ink->columns - LABEL_WIDTH;
        do
            room -= width_of(&exits->idioms[block.end++]);
        while (block.end < exits->idiom_count && width_of(&exits->idioms[block.end]) <= room);
        if (first > 0)
            putc('\n', ink->out);
        write_heading(ink, &block);
        for (size_t path = 0; path < exits->path_count; path++)
            write_path(ink, &block, path);
        first = block.end;
    }
    write_legend(ink, exits);
}

/* One failure spoils the array: it is then NULL. */
static void add(json_t **array, json_t *value)
{
    if (json_array_append_new(*array, value) == 0)
        return;
    json_decref(*array);
    *array = NULL;
}

static json_t *names(const char (*of)[EXITS_NAME_MAX], size_t count)
{
    json_t *array = json_array();
    for (size_t i = 0; i < count; i++)
        add(&array, json_string(of[i]));
    return array;
}

static json_t *idioms(const struct exits *exits)
{
    json_t *array = json_array();
    for (size_t i = 0; i < exits->idiom_count; i++)
        add(&array,
            json_pack("{s:s, s:b}", "name", exits->idioms[i].name, "leaks", exits->idioms[i].control));
    return array;
}

static void add_cells(json_t **array, const struct exits *exits, const struct exits_idiom *idiom, size_t path)
{
    for (size_t resource = 0; resource < exits->resource_count; resource++) {
        const struct exits_cell *cell = &idiom->cells[path][resource];
        const char *outcome = cell->outcome != EXITS_UNKNOWN ? exits_outcome_name(cell->outcome) : NULL;
        add(array, json_pack("{s:s, s:s, s:s, s:b, s:s?}", "idiom", idiom->name, "path", exits->paths[path],
                             "resource", exits->resources[resource], "promised", cell->promised, "outcome",
                             outcome));
    }
}

static json_t *cells(const struct exits *exits)
{
    json_t *array = json_array();
    for (size_t i = 0; i < exits->idiom_count; i++)
        for (size_t path = 0; path < exits->path_count; path++)
            add_cells(&array, exits, &exits->idioms[i], path);
    return array;
}

json_t *exits_document(const struct result *result)
{
    const struct exits *exits = result->exits;
    return json_pack("{s:s, s:i, s:s, s:I, s:s, s:s, s:o, s:o, s:o, s:o}", "format", "exeunt-exits",
                     "version", EXITS_FORMAT_VERSION, "workload", result->workload, "seed",
                     (json_int_t)result->seed, "verdict", verdict_name(result->verdict), "sentence",
                     result->sentence, "idioms", idioms(exits), "paths",
                     names(exits->paths, exits->path_count), "resources",
                     names(exits->resources, exits->resource_count), "cells", cells(exits));
}
