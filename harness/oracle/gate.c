/* Decides what has become worse since the baseline was recorded. Nothing passes for want of evidence: a part
 * that did no work, a subject that is gone and an empty run each break what they were to prove. */
#include "oracle/gate.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/text.h"
#include "oracle/judge.h"

enum { LOST_SHOWN = 3 };

/* What is written while it is judged. */
struct judging {
    struct gate_verdict *verdict;
    const struct gate_part *part; /* of now */
    bool failed;
};

const char *gate_state_name(enum gate_state state)
{
    static const char *const names[GATE_STATES] = {
        [GATE_HELD] = "held", [GATE_BROKEN] = "broken", [GATE_DEAD] = "dead", [GATE_UNDONE] = "undone"};
    return state < GATE_STATES ? names[state] : NULL;
}

const char *gate_promise_name(enum gate_promise promise)
{
    static const char *const names[GATE_PROMISES] = {[GATE_FINDINGS] = "nothing new is left behind",
                                                     [GATE_COVERAGE] = "all is met that was met before",
                                                     [GATE_CONTROL] = "what is known to leak is caught"};
    return promise < GATE_PROMISES ? names[promise] : NULL;
}

static void put(struct judging *judging, const char *subject, enum gate_promise promise,
                enum gate_state state, const char *why)
{
    struct gate_verdict *verdict = judging->verdict;
    struct gate_guarantee *list = realloc(verdict->guarantees, (verdict->guarantee_count + 1) * sizeof *list);
    if (list == NULL) {
        judging->failed = true;
        return;
    }
    verdict->guarantees = list;
    struct gate_guarantee *added = &list[verdict->guarantee_count++];
    *added = (struct gate_guarantee){judging->part, subject, promise, state, ""};
    snprintf(added->why, sizeof added->why, "%s", why);
}

static void tell(struct judging *judging, const char *subject, const struct gate_finding *finding,
                 enum gate_age age, bool fails)
{
    struct gate_verdict *verdict = judging->verdict;
    struct gate_news *news = realloc(verdict->news, (verdict->news_count + 1) * sizeof *news);
    if (news == NULL) {
        judging->failed = true;
        return;
    }
    verdict->news = news;
    news[verdict->news_count++] = (struct gate_news){judging->part, subject, finding, age, fails};
}

static bool is_same(const struct gate_finding *a, const struct gate_finding *b)
{
    return strcmp(a->kind, b->kind) == 0 && strcmp(a->resource, b->resource) == 0 &&
           strcmp(a->file, b->file) == 0 && strcmp(a->function, b->function) == 0 &&
           strcmp(a->point, b->point) == 0;
}

/* Findings of before and now, and which of them belong together. */
struct pairing {
    const struct gate_subject *before, *now;
    bool *taken, *known; /* of before; of now */
};

/* Looks for the one of before that is the same and belongs to no other yet. */
static void pair(struct pairing *pairing, size_t index, bool at_the_line)
{
    const struct gate_finding *finding = &pairing->now->findings[index];
    for (size_t i = 0; i < pairing->before->finding_count && !pairing->known[index]; i++) {
        const struct gate_finding *recorded = &pairing->before->findings[i];
        if (!pairing->taken[i] && is_same(recorded, finding) &&
            (!at_the_line || recorded->line == finding->line))
            pairing->taken[i] = pairing->known[index] = true;
    }
}

/* Those at the same lines first: which of two alike is new is then told right as long as the old one's line
 * did not move. Then those that come each time: one that does not must not take their place. */
static void pair_all(struct pairing *pairing)
{
    for (size_t i = 0; i < pairing->now->finding_count; i++)
        pair(pairing, i, true);
    for (size_t i = 0; i < pairing->now->finding_count; i++)
        if (!pairing->now->findings[i].flaky)
            pair(pairing, i, false);
    for (size_t i = 0; i < pairing->now->finding_count; i++)
        pair(pairing, i, false);
}

/* Tells of each finding what has become of it. Returns how many fail the gate. */
static size_t tell_all(struct judging *judging, const struct pairing *pairing)
{
    const struct gate_subject *before = pairing->before, *now = pairing->now;
    size_t new = 0;
    for (size_t i = 0; i < now->finding_count; i++) {
        bool known = pairing->known[i], fails = !known && !now->findings[i].flaky;
        new += fails;
        tell(judging, now->name, &now->findings[i], known ? GATE_KNOWN : GATE_NEW, fails);
    }
    /* By chance it may only not have been met: it is as little gone as one that does not come each time. */
    for (size_t i = 0; i < before->finding_count && !now->by_chance; i++)
        if (!pairing->taken[i] && !before->findings[i].flaky)
            tell(judging, now->name, &before->findings[i], GATE_GONE, false);
    return new;
}

static size_t hold_findings(struct judging *judging, const struct gate_subject *before,
                            const struct gate_subject *now)
{
    struct pairing pairing = {before, now, calloc(before->finding_count + 1, sizeof *pairing.taken),
                              calloc(now->finding_count + 1, sizeof *pairing.known)};
    size_t new = 0;
    if (pairing.taken != NULL && pairing.known != NULL) {
        pair_all(&pairing);
        new = tell_all(judging, &pairing);
    } else {
        judging->failed = true;
    }
    free(pairing.taken);
    free(pairing.known);
    return new;
}

static void judge_findings(struct judging *judging, const struct gate_subject *before,
                           const struct gate_subject *now)
{
    char why[64] = "";
    size_t new = hold_findings(judging, before, now);
    if (new > 0)
        snprintf(why, sizeof why, "%zu new finding%s", new, text_plural(new));
    put(judging, now->name, GATE_FINDINGS, new > 0 ? GATE_BROKEN : GATE_HELD, why);
}

const char *gate_noun(const struct gate_subject *subject)
{
    return subject->measured ? "cell" : "fault";
}

static bool is_covered(const struct gate_subject *now, const struct gate_covered *covered)
{
    for (size_t i = 0; i < now->covered_count; i++)
        if (strcmp(now->covered[i].point, covered->point) == 0 &&
            strcmp(now->covered[i].error, covered->error) == 0)
            return true;
    return false;
}

/* "a:EIO, b and 3 more are not met any more" into `out`, "" if all are. */
static void say_lost(const struct gate_subject *before, const struct gate_subject *now, char *out,
                     size_t size)
{
    size_t lost = 0, end = 0;
    out[0] = '\0';
    for (size_t i = 0; i < before->covered_count && end < size; i++) {
        const struct gate_covered *covered = &before->covered[i];
        if (is_covered(now, covered) || lost++ >= LOST_SHOWN)
            continue;
        end += (size_t)snprintf(out + end, size - end, "%s%s%s%s", lost > 1 ? ", " : "", covered->point,
                                covered->error[0] != '\0' ? ":" : "", covered->error);
    }
    if (lost > LOST_SHOWN && end < size)
        end += (size_t)snprintf(out + end, size - end, " and %zu more", lost - LOST_SHOWN);
    if (lost > 0 && end < size)
        snprintf(out + end, size - end, "%s not met any more", lost == 1 ? " is" : " are");
}

static void judge_coverage(struct judging *judging, const struct gate_subject *before,
                           const struct gate_subject *now)
{
    char why[sizeof((struct gate_guarantee *)NULL)->why];
    if (now->faults == 0)
        snprintf(why, sizeof why, "nothing was made to fail%s%s", now->note[0] != '\0' ? ": " : "",
                 now->note);
    else if (!now->by_chance && now->faults < before->faults / 2)
        snprintf(why, sizeof why, "%" PRIu64 " %s%s, where there were %" PRIu64, now->faults, gate_noun(now),
                 text_plural(now->faults), before->faults);
    else
        say_lost(before, now, why, sizeof why);
    put(judging, now->name, GATE_COVERAGE, why[0] != '\0' ? GATE_BROKEN : GATE_HELD, why);
}

static void judge_control(struct judging *judging, const struct gate_subject *now)
{
    char why[64] = "";
    if (!now->caught)
        snprintf(why, sizeof why, "it was not caught in %" PRIu64 " %s%s", now->faults, gate_noun(now),
                 text_plural(now->faults));
    put(judging, now->name, GATE_CONTROL, now->caught ? GATE_HELD : GATE_DEAD, why);
}

static void judge_subject(struct judging *judging, const struct gate_subject *before,
                          const struct gate_subject *now)
{
    if (now->control) {
        judge_control(judging, now);
        return;
    }
    judge_findings(judging, before, now);
    judge_coverage(judging, before, now);
}

const struct gate_subject *gate_subject_of(const struct gate_part *part, const char *name)
{
    for (size_t i = 0; i < part->subject_count; i++)
        if (strcmp(part->subjects[i].name, name) == 0)
            return &part->subjects[i];
    return NULL;
}

/* Of a part that did not do its work, or a subject that is not judged any more. */
static void judge_missing(struct judging *judging, const struct gate_subject *before)
{
    const char *trouble = judging->part->trouble;
    put(judging, before->name, before->control ? GATE_CONTROL : GATE_FINDINGS,
        trouble != NULL   ? GATE_UNDONE
        : before->control ? GATE_DEAD
                          : GATE_BROKEN,
        trouble != NULL ? trouble : "the command does not judge it any more");
}

static void judge_part(struct judging *judging, const struct gate_part *before)
{
    static const struct gate_subject nothing;
    const struct gate_part *now = judging->part;
    for (size_t i = 0; i < before->subject_count; i++) {
        const struct gate_subject *subject = gate_subject_of(now, before->subjects[i].name);
        if (now->trouble != NULL || subject == NULL)
            judge_missing(judging, &before->subjects[i]);
        else if (subject->control && !before->subjects[i].control)
            put(judging, subject->name, GATE_FINDINGS, GATE_BROKEN, "it counts as known to leak now");
        else
            judge_subject(judging, &before->subjects[i], subject);
    }
    for (size_t i = 0; now->trouble == NULL && i < now->subject_count; i++)
        if (gate_subject_of(before, now->subjects[i].name) == NULL)
            judge_subject(judging, &nothing, &now->subjects[i]);
}

/* "2 guarantees are broken; 30 hold", the worst first. */
static void conclude(struct gate_verdict *verdict)
{
    static const struct {
        enum gate_state state;
        enum verdict verdict;
        const char *one, *several;
    } worst[] = {
        {GATE_BROKEN, VERDICT_FAIL, "guarantee is broken", "guarantees are broken"},
        {GATE_DEAD, VERDICT_CONTROL_MISSED, "known leak was not caught", "known leaks were not caught"},
        {GATE_UNDONE, VERDICT_INCONCLUSIVE, "guarantee could not be judged",
         "guarantees could not be judged"},
        {GATE_HELD, VERDICT_PASS, "guarantee holds", "guarantees hold"},
    };
    size_t size = sizeof verdict->sentence, end = 0;
    for (size_t i = 0; i < verdict->guarantee_count; i++)
        verdict->counts[verdict->guarantees[i].state]++;
    verdict->verdict = verdict->guarantee_count == 0 ? VERDICT_INCONCLUSIVE : VERDICT_PASS;
    for (size_t i = 0; i < sizeof worst / sizeof *worst; i++) {
        size_t count = verdict->counts[worst[i].state];
        if (count == 0)
            continue;
        if (verdict->verdict == VERDICT_PASS)
            verdict->verdict = worst[i].verdict;
        end += (size_t)snprintf(verdict->sentence + end, size - end, "%s%zu %s", end > 0 ? "; " : "", count,
                                count == 1 ? worst[i].one : worst[i].several);
    }
    verdict->exit_status = judge_exit_status(verdict->verdict);
    snprintf(verdict->sentence + end, size - end, "%s", end > 0 ? "." : "there is no guarantee to judge.");
}

int gate_judge(const struct gate_parts *before, const struct gate_parts *now, struct gate_verdict *out)
{
    struct gate_verdict verdict = {.baseline = before->file};
    struct judging judging = {.verdict = &verdict};
    for (size_t i = 0; i < before->count && i < now->count; i++) {
        judging.part = &now->list[i];
        judge_part(&judging, &before->list[i]);
    }
    if (judging.failed) {
        gate_verdict_clear(&verdict);
        return -ENOMEM;
    }
    conclude(&verdict);
    *out = verdict;
    return 0;
}

void gate_verdict_clear(struct gate_verdict *verdict)
{
    free(verdict->guarantees);
    free(verdict->news);
    *verdict = (struct gate_verdict){0};
}
