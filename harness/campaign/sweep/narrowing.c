/* Decides how far is looked: who is not cleared by a row without anything wrong is tried alone, so that none
 * is passed over, however many they are. What comes only by several operations together is nobody's. */
#include "campaign/sweep/narrowing.h"

#include "campaign/sweep/sighting.h"

struct suspects {
    struct rows *rows;
    bool traced;
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
    int failed = row_run(suspects->rows, &plan, suspects->traced, &row, error);
    if (failed != 0)
        return failed;
    *out = row.torn == 0 && row_state(&row, row.count - 1, &status) == LEDGER_OPERATION_ENDED;
    suspects->rows_left = row.outcome.ended == ENDED_INTERRUPTED ? 0 : suspects->rows_left - 1;
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

/* Returns how many duties the row had. */
static size_t list_suspects(struct suspects *suspects, const struct row *row,
                            struct duty *const duties[ROW_MAX])
{
    size_t with_duties = 0;
    for (size_t i = 0; i < row->count; i++) {
        struct sighting sighting;
        if (duties[i] == NULL)
            continue;
        with_duties++;
        sighting_make(row, i, duties, &sighting);
        if (sighting.state == SIGHTING_COMPLETE && sighting.shown_count == 0)
            suspects->list[suspects->count++] = duties[i];
    }
    return with_duties;
}

static void set_alone(struct suspects *suspects, bool alone)
{
    for (size_t i = 0; i < suspects->count; i++)
        suspects->list[i]->alone = alone;
}

int narrowing_mark(struct rows *rows, const struct row *row, struct duty *const duties[ROW_MAX],
                   bool spare_traced, struct error *error)
{
    struct suspects suspects = {.rows = rows, .traced = spare_traced};
    bool is_one_of_many = list_suspects(&suspects, row, duties) > 1;
    int failed = 0;
    set_alone(&suspects, true);
    suspects.rows_left = suspects.count; /* more than that, and it was cheaper to try each alone */
    while (is_one_of_many && failed == 0 && suspects.rows_left > 0 && suspects.count > 0) {
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
