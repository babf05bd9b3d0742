/* Collects findings: what stayed, where it was taken, which point had failed. The same three are the same
 * finding, however often and with whatever errno. */
#include "oracle/findings.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"

static bool kind_of(const struct ledger_event *event, enum finding_kind *kind)
{
    switch (event->kind) {
    case LEDGER_LEAK:
        *kind = FINDING_LEAKED_DESCRIPTOR;
        return true;
    case LEDGER_DOUBLE_CLOSE:
        *kind = FINDING_DOUBLE_CLOSE;
        return true;
    case LEDGER_FOREIGN_CLOSE:
        *kind = FINDING_FOREIGN_CLOSE;
        return true;
    case LEDGER_LOCK_LEFT:
        *kind = FINDING_LEFT_LOCK;
        return true;
    case LEDGER_FOREIGN_UNLOCK:
        *kind = FINDING_FOREIGN_UNLOCK;
        return true;
    case LEDGER_DOUBLE_UNLOCK:
        *kind = FINDING_DOUBLE_UNLOCK;
        return true;
    case LEDGER_HELD_DESTROYED:
        *kind = FINDING_DESTROYED_LOCK;
        return true;
    case LEDGER_INVERSION:
        *kind = FINDING_LOCK_INVERSION;
        return true;
    case LEDGER_RESOURCE_LEAK:
        *kind = FINDING_LEAKED_RESOURCE;
        return true;
    case LEDGER_HEAP_LEAK:
        *kind = FINDING_LEAKED_MEMORY;
        return true;
    case LEDGER_UNHELD_RELEASE:
        *kind = FINDING_UNHELD_RELEASE;
        return true;
    case LEDGER_UNENDED:
        *kind = FINDING_UNENDED_OPERATION;
        return true;
    default:
        return false;
    }
}

static struct raw_finding *room_for_one(struct findings *findings)
{
    if (findings->count == FINDINGS_MAX)
        return NULL;
    if (findings->count == findings->capacity) {
        size_t capacity = findings->capacity != 0 ? 2 * findings->capacity : 16;
        struct raw_finding *list = realloc(findings->list, capacity * sizeof *list);
        if (list == NULL)
            return NULL;
        findings->list = list;
        findings->capacity = capacity;
    }
    return &findings->list[findings->count++];
}

static bool is_sweep(const struct findings *findings, uint64_t site)
{
    for (size_t i = 0; i < findings->sweep_count; i++)
        if (findings->sweeps[i] == site)
            return true;
    return false;
}

/* The place closes all numbers there are: what it closed twice is nobody's mistake. */
static void add_sweep(struct findings *findings, uint64_t site)
{
    if (is_sweep(findings, site) || findings->sweep_count == FINDINGS_SWEEPS_MAX)
        return;
    findings->sweeps[findings->sweep_count++] = site;
    size_t kept = 0;
    for (size_t i = 0; i < findings->count; i++)
        if (findings->list[i].kind != FINDING_DOUBLE_CLOSE || findings->list[i].site != site)
            findings->list[kept++] = findings->list[i];
    findings->count = kept;
}

void findings_add(struct findings *findings, const struct ledger_event *event)
{
    enum finding_kind kind;
    bool of_kind = event->kind == LEDGER_RESOURCE_LEAK || event->kind == LEDGER_UNHELD_RELEASE;
    if (event->kind == LEDGER_CLOSE_SWEEP)
        add_sweep(findings, event->site);
    if (!kind_of(event, &kind) || (kind == FINDING_DOUBLE_CLOSE && is_sweep(findings, event->site)))
        return;
    findings_put(findings, &(struct raw_finding){.kind = kind,
                                                 .taken_at = event->taken_at,
                                                 .site = event->site,
                                                 .point = event->point,
                                                 .error = event->error,
                                                 .operation = event->operation,
                                                 .path = event->path,
                                                 .k = event->k,
                                                 .resource = of_kind ? event->fd : 0,
                                                 .count = 1,
                                                 .bytes = event->bytes});
}

/* The first is the one with the lowest coordinate, not the one that the threads' speed brought first. */
static void keep_lowest(struct raw_finding *known, const struct raw_finding *raw)
{
    bool comparable = (raw->operation != 0) == (known->operation != 0);
    bool lower = raw->operation != known->operation ? raw->operation < known->operation : raw->k < known->k;
    if (!comparable || !lower)
        return;
    known->operation = raw->operation;
    known->path = raw->path;
    known->k = raw->k;
    known->error = raw->error;
}

void findings_put(struct findings *findings, const struct raw_finding *raw)
{
    for (size_t i = 0; i < findings->count; i++) {
        struct raw_finding *known = &findings->list[i];
        if (known->kind == raw->kind && known->taken_at == raw->taken_at && known->site == raw->site &&
            known->point == raw->point && known->resource == raw->resource) {
            known->count += raw->count;
            known->bytes += raw->bytes;
            keep_lowest(known, raw);
            return;
        }
    }
    struct raw_finding *added = room_for_one(findings);
    if (added == NULL)
        findings->dropped++;
    else
        *added = *raw;
}

void findings_clear(struct findings *findings)
{
    free(findings->list);
    *findings = (struct findings){0};
}

void finding_coordinate(const struct raw_finding *raw, const char *path, const char *point, char *out,
                        size_t size)
{
    char operation[24];
    snprintf(operation, sizeof operation, "%llu", (unsigned long long)raw->operation - 1);
    const char *who = raw->operation != 0 ? operation : path;
    if (raw->point < 0)
        snprintf(out, size, "%s", strcmp(who, "?") != 0 ? who : "");
    else
        snprintf(out, size, "%s:%s#%llu", who, point, (unsigned long long)raw->k);
}

static uint64_t signature(const struct finding *finding)
{
    uint64_t hash = hash_text(finding_kind_name(finding->kind));
    hash = hash_add(hash, hash_text(finding->taken_at));
    hash = hash_add(hash, hash_text(finding->site));
    if (finding->resource[0] != '\0')
        hash = hash_add(hash, hash_text(finding->resource));
    return hash_add(hash, hash_text(finding->point));
}

/* Broken guarantees before what is told for information. */
static int by_weight(const void *a, const void *b)
{
    const struct finding *left = a, *right = b;
    if (left->informational != right->informational)
        return left->informational ? 1 : -1;
    if (left->count != right->count)
        return left->count < right->count ? 1 : -1;
    return left->signature < right->signature ? -1 : left->signature > right->signature;
}

/* By the operation's number, with which the coordinate begins. */
static bool comes_before(const struct finding *a, const struct finding *b)
{
    return a->in_operation && b->in_operation &&
           strtoull(a->coordinate, NULL, 10) < strtoull(b->coordinate, NULL, 10);
}

size_t findings_join(struct finding *findings, size_t count)
{
    size_t kept = 0;
    for (size_t i = 0; i < count; i++) {
        findings[i].signature = signature(&findings[i]);
        size_t same = 0;
        while (same < kept && findings[same].signature != findings[i].signature)
            same++;
        if (same < kept) {
            findings[same].count += findings[i].count;
            findings[same].bytes += findings[i].bytes;
            if (comes_before(&findings[i], &findings[same])) {
                findings[same].error = findings[i].error;
                memcpy(findings[same].coordinate, findings[i].coordinate, sizeof findings[i].coordinate);
            }
        } else {
            findings[kept++] = findings[i];
        }
    }
    if (kept > 1)
        qsort(findings, kept, sizeof *findings, by_weight);
    return kept;
}
