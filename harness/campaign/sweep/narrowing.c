/* Decides how far is looked: who is not cleared by a row without anything wrong is tried alone, so that none
 * is passed over, however many they are. What comes only by several operations together is nobody's. */
#include "campaign/sweep/narrowing.h"

#include "campaign/sweep/budget.h"
#include "campaign/sweep/sighting.h"

struct suspects {
    const struct narrowing *with;
    struct duty *list[ROW_MAX];
    size_t count;
    size_t rows_left;
};

/* Whether a row of all suspects [from, to) came to its end, and the check found nothing wrong after it. */
static int are_innocent(struct suspects *suspects, size_t from, size_t to, bool *out, struct error *error)
{
    struct row_plan plan = {.count = 0};
    struct row row;
    int status;
    *out = false;
    for (size_t i = from; i < to; i++)
        roster_give(suspects->list[i], &plan);
    int failed = row_run(suspects->with->rows, &plan, suspects->with->spare_traced, &row, error);
    if (failed != 0)
        return failed;
    *out = row.torn == 0 && row_state(&row, row.count - 1, &status) == LEDGER_OPERATION_ENDED;
    suspects->rows_left--;
    if (row.outcome.ended == ENDED_INTERRUPTED ||
        budget_is_spent(suspects->with->options, suspects->with->started_ns))
        suspects->rows_left = 0;
    row_clear(&row);
    return 0;
}

/* Takes one off the list that is to blame, if one alone is. */
static int take_one(struct suspects *suspects, struct error *error)
{
    size_t from = 0, to = suspects->count;
    int failed = 0;
    while (failed == 0 && suspects->rows_left > 0 && to - from > 1) {
        size_t middle = from + (to - from) / 2;
        bool innocent;
        failed = are_innocent(suspects, from, middle, &innocent, error);
        if (innocent)
            from = middle;
        else
            to = middle;
    }
    suspects->list[from] = suspects->list[--suspects->count];
    return failed;
}

/* Returns whether others had faults in the row, too. */
static bool list_suspects(struct suspects *suspects, const struct row *row,
                          struct duty *const duties[ROW_MAX])
{
    size_t with_duties = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct sighting sighting;
        if (duties[i] == NULL)
            continue;
        with_duties++;
        sighting_make(row, i, duties, &sighting);
        if (sighting.state >= SIGHTING_ASTRAY && sighting.shown_count == 0)
            suspects->list[suspects->count++] = duties[i];
    }
    return with_duties > 1;
}

static void set_alone(struct suspects *suspects, bool alone)
{
    for (size_t i = 0; i < suspects->count; i++)
        suspects->list[i]->alone = alone;
}

int narrowing_mark(const struct narrowing *narrowing, const struct row *row,
                   struct duty *const duties[ROW_MAX], struct error *error)
{
    struct suspects suspects = {.with = narrowing};
    bool has_company = list_suspects(&suspects, row, duties);
    int failed = 0;
    set_alone(&suspects, true);
    if (!budget_is_spent(narrowing->options, narrowing->started_ns))
        suspects.rows_left = suspects.count; /* more than that, and it was cheaper to try each alone */
    while (has_company && failed == 0 && suspects.rows_left > 0 && suspects.count > 0) {
        bool innocent;
        failed = are_innocent(&suspects, 0, suspects.count, &innocent, error);
        if (innocent) {
            set_alone(&suspects, false);
            return failed;
        }
        if (failed == 0)
            failed = take_one(&suspects, error);
    }
    return failed;
}
