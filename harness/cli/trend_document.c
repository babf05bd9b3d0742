/* Decides what machines are told of results over nights. */
#include <string.h>

#include "trend.h"
#include "value.h"

static json_t *day_value(const struct store_day *day)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "day", value_text(day->day));
    value_put(&object, "runs", value_number(day->runs));
    value_put(&object, "operations", value_number(day->operations));
    value_put(&object, "faults", value_number(day->faults));
    value_put(&object, "duration_ms", value_number(day->duration_ms));
    value_put(&object, "findings", value_number(day->findings));
    value_put(&object, "leaked", value_number_if(day->leaked_known, day->leaked));
    value_put(&object, "emfile_operation", value_number_if(day->emfile_operation > 0, day->emfile_operation));
    value_put(&object, "points", value_number_if(day->points > 0, day->points));
    value_put(&object, "contexts", value_number_if(day->contexts > 0, day->contexts));
    value_put(&object, "contexts_failed", value_number_if(day->contexts > 0, day->contexts_failed));
    return value_filled(&object);
}

static json_t *history_value(const struct store_history *history)
{
    struct value_filling object = {.into = json_object()};
    value_put(&object, "kind", value_text(history->kind));
    value_put(&object, "place", value_text_or_null(history->place));
    value_put(&object, "point", value_text_or_null(history->point));
    value_put(&object, "signature", value_hex(history->signature));
    value_put(&object, "first", value_text(history->first));
    value_put(&object, "last", value_text(history->last));
    value_put(&object, "runs", value_number(history->runs));
    return value_filled(&object);
}

/* The subject of day number *day; *day and *history go on to the next one's. */
static json_t *subject_value(const struct store_trend *trend, size_t *day, size_t *history)
{
    const char *subject = trend->days[*day].subject;
    struct value_filling object = {.into = json_object()}, days = {.into = json_array()},
                         findings = {.into = json_array()};
    for (; *day < trend->day_count && strcmp(trend->days[*day].subject, subject) == 0; ++*day)
        value_add(&days, day_value(&trend->days[*day]));
    for (; *history < trend->history_count && strcmp(trend->histories[*history].subject, subject) == 0;
         ++*history)
        value_add(&findings, history_value(&trend->histories[*history]));
    value_put(&object, "subject", value_text(subject));
    value_put(&object, "days", value_filled(&days));
    value_put(&object, "findings", value_filled(&findings));
    return value_filled(&object);
}

json_t *trend_document(const struct store_trend *trend)
{
    size_t day = 0, history = 0; /* both lists are in the order of their subjects */
    struct value_filling object = {.into = json_object()}, subjects = {.into = json_array()};
    while (day < trend->day_count)
        value_add(&subjects, subject_value(trend, &day, &history));
    value_put(&object, "format", json_string("exeunt-trend"));
    value_put(&object, "version", json_integer(1));
    value_put(&object, "subjects", value_filled(&subjects));
    return value_filled(&object);
}
