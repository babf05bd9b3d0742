/* Decides what is the same finding, and which findings come first. */
#include "campaign/sweep/tally.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int no_memory(struct error *error)
{
    return error_not_done(error, -ENOMEM, "no memory for the findings");
}

int tally_begin(struct tally *tally, const struct plan_points *points, const struct contexts *contexts,
                struct error *error)
{
    tally->points = calloc(points->count + 1, sizeof *tally->points);
    tally->failed_contexts = calloc(contexts->count + 1, sizeof *tally->failed_contexts);
    if (tally->points == NULL || tally->failed_contexts == NULL)
        return no_memory(error);
    tally->point_count = points->count;
    for (size_t i = 0; i < points->count; i++)
        snprintf(tally->points[i].name, sizeof tally->points[i].name, "%s", points->names[i]);
    for (size_t i = 0; i < contexts->call_count; i++) {
        const struct call *call = &contexts->calls[i];
        if ((size_t)call->point >= points->count)
            continue;
        tally->points[call->point].calls++;
        tally->points[call->point].contexts += call->number == 0;
    }
    return 0;
}

static struct tally_key *key_of(const struct tally *tally, uint64_t key)
{
    for (size_t i = 0; i < tally->key_count; i++)
        if (tally->keys[i].key == key)
            return &tally->keys[i];
    return NULL;
}

int tally_see(struct tally *tally, uint64_t key, enum sweep_mode mode, bool *is_new, struct error *error)
{
    struct tally_key *known = key_of(tally, key);
    *is_new = known == NULL || mode < known->mode;
    if (known != NULL) {
        known->count++;
        known->mode = *is_new ? mode : known->mode;
        return 0;
    }
    struct tally_key *keys = realloc(tally->keys, (tally->key_count + 1) * sizeof *keys);
    if (keys == NULL)
        return no_memory(error);
    tally->keys = keys;
    keys[tally->key_count++] = (struct tally_key){.key = key, .count = 1, .finding = SIZE_MAX, .mode = mode};
    return 0;
}

static struct sweep_finding *same_signature(const struct tally *tally, uint64_t signature, size_t *index)
{
    for (size_t i = 0; i < tally->finding_count; i++)
        if (tally->findings[i].signature == signature) {
            *index = i;
            return &tally->findings[i];
        }
    return NULL;
}

/* What is shown by fewer faults is told so, under the number that it has. */
static bool take_simpler(struct sweep_finding *known, struct sweep_finding *simpler)
{
    if (simpler->mode >= known->mode) {
        sweep_finding_clear(simpler);
        return false;
    }
    simpler->id = known->id;
    sweep_finding_clear(known);
    *known = *simpler;
    return true;
}

int tally_add(struct tally *tally, struct novelty *novelty, struct sweep_finding **out, struct error *error)
{
    struct tally_key *key = key_of(tally, novelty->key);
    struct sweep_finding finding = novelty->finding;
    struct sweep_finding *known = same_signature(tally, finding.signature, &key->finding);
    novelty->finding = (struct sweep_finding){0}; /* the tally's now, or gone */
    *out = NULL;
    if (known != NULL) {
        if (take_simpler(known, &finding))
            *out = known;
        return 0;
    }
    struct sweep_finding *findings = realloc(tally->findings, (tally->finding_count + 1) * sizeof *findings);
    if (findings == NULL) {
        sweep_finding_clear(&finding);
        return no_memory(error);
    }
    tally->findings = findings;
    findings[tally->finding_count] = finding;
    key->finding = tally->finding_count;
    *out = &findings[tally->finding_count++];
    return 0;
}

int tally_tell(struct tally *tally, const struct sweep_options *options, struct novelty *novelty,
               struct error *error)
{
    struct sweep_finding *added;
    int failed = tally_add(tally, novelty, &added, error);
    if (failed != 0 || added == NULL)
        return failed;
    if (options->found != NULL)
        options->found(options->context, added);
    if (added->id == 0)
        added->id = tally->finding_count;
    return 0;
}

/* A context counts as failed once, whatever failed in it. */
static void cover(struct tally *tally, const struct call *call)
{
    if ((size_t)call->point >= tally->point_count)
        return;
    for (size_t i = 0; i < tally->failed_count; i++)
        if (tally->failed_contexts[i] == call->context)
            return;
    tally->failed_contexts[tally->failed_count++] = call->context;
    tally->points[call->point].failed++;
}

void tally_run(struct tally *tally, const struct task *task, enum sweep_kind outcome)
{
    tally->runs++;
    tally->outcomes[outcome]++;
    if (outcome != SWEEP_DRIFTED)
        cover(tally, &task->calls[0]);
}

int tally_fill(struct tally *tally, struct sweep_result *out, struct error *error)
{
    out->points = calloc(tally->point_count + 1, sizeof *out->points);
    if (out->points == NULL)
        return no_memory(error);
    for (size_t i = 0; i < tally->point_count; i++)
        if (tally->points[i].calls > 0)
            out->points[out->point_count++] = tally->points[i];
    for (size_t i = 0; i < tally->key_count; i++)
        if (tally->keys[i].finding != SIZE_MAX)
            tally->findings[tally->keys[i].finding].count += tally->keys[i].count;
    if (tally->finding_count > 0)
        qsort(tally->findings, tally->finding_count, sizeof *tally->findings, sweep_worst_first);
    out->findings = tally->findings;
    out->finding_count = tally->finding_count;
    tally->findings = NULL;
    tally->finding_count = 0;
    out->runs = tally->runs;
    memcpy(out->outcomes, tally->outcomes, sizeof out->outcomes);
    return 0;
}

void tally_clear(struct tally *tally)
{
    for (size_t i = 0; i < tally->finding_count; i++)
        sweep_finding_clear(&tally->findings[i]);
    free(tally->findings);
    free(tally->keys);
    free(tally->points);
    free(tally->failed_contexts);
    *tally = (struct tally){0};
}
