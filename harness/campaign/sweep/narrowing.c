/* Decides how far is looked: what comes only by several operations together is nobody's. */
#include "campaign/sweep/narrowing.h"

#include "campaign/sweep/sighting.h"

enum { CULPRITS_MAX = 4 };

struct suspects {
    struct rows *rows;
    bool traced;
    struct duty *list[ROW_MAX];
    size_t count;
};

/* Whether the check finds something wrong after the suspects [from, to). */
static int is_torn(const struct suspects *suspects, size_t from, size_t to, bool *out, struct error *error)
{
    struct row_plan plan = {.count = 0};
    struct row row;
    *out = false;
    for (size_t i = from; i < to; i++)
        roster_give(suspects->list[i], &plan);
    if (plan.count == 0)
        return 0;
    int failed = row_run(suspects->rows, &plan, suspects->traced, &row, error);
    if (failed != 0)
        return failed;
    *out = row.torn > 0;
    row_clear(&row);
    return 0;
}

/* Marks one of them, and takes it off the list. */
static int mark_one(struct suspects *suspects, struct error *error)
{
    size_t from = 0, to = suspects->count;
    int failed = 0;
    while (failed == 0 && to - from > 1) {
        size_t middle = from + (to - from) / 2;
        bool torn;
        failed = is_torn(suspects, from, middle, &torn, error);
        if (torn)
            to = middle;
        else
            from = middle;
    }
    suspects->list[from]->alone = true;
    suspects->list[from] = suspects->list[--suspects->count];
    return failed;
}

int narrowing_mark(struct rows *rows, const struct row *row, struct duty *const duties[ROW_MAX],
                   bool spare_traced, struct error *error)
{
    struct suspects suspects = {.rows = rows, .traced = spare_traced};
    for (size_t i = 0; i < row->count; i++) {
        struct sighting sighting;
        if (duties[i] == NULL)
            continue;
        sighting_make(row, i, duties, &sighting);
        if (sighting.state == SIGHTING_COMPLETE && sighting.shown_count == 0)
            suspects.list[suspects.count++] = duties[i];
    }
    int failed = 0;
    for (int i = 0; failed == 0 && i < CULPRITS_MAX && suspects.count > 0; i++) {
        bool torn;
        failed = is_torn(&suspects, 0, suspects.count, &torn, error);
        if (failed != 0 || !torn)
            return failed;
        failed = mark_one(&suspects, error);
    }
    return failed;
}
