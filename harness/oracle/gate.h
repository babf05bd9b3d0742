/* The regression gate: what the parts of a campaign gave, held against what they gave when the baseline was
 * recorded. Plain values and pure functions.
 *
 * A finding is known again by what an unrelated edit of the source leaves alone: its kind, the resource, the
 * file that took it (or, where nothing was taken, the function whose call failed) and the point. Lines move,
 * so they are shown and not compared; of several that are alike in all of this, as many are known as there
 * were. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "oracle/sweep.h"

enum { GATE_SUBJECT_MAX = 2 * RESULT_NAME_MAX };

struct gate_finding {
    char kind[32];
    char resource[24];              /* "": none */
    char file[RESULT_PLACE_MAX];    /* or module; "": not known */
    char function[RESULT_NAME_MAX]; /* whose call failed, where nothing was taken; "" */
    char point[PLAN_POINT_NAME_MAX];
    /* The rest is shown, not compared. */
    char error[16];
    unsigned line;                 /* 0: not known */
    char replay[SWEEP_REPLAY_MAX]; /* the command that shows it again; "" */
    bool flaky;                    /* it does not come each time: it never fails a gate by itself */
    bool forgotten;                /* taken out of the baseline, which is written without it */
};

/* A point that failed with an errno; of exit paths, a path and a resource. */
struct gate_covered {
    char point[PLAN_POINT_NAME_MAX];
    char error[32]; /* "": whichever */
    bool seldom;    /* so seldom that another run may not meet it: no baseline holds to it */
};

/* What a guarantee is given of: a variant, a program, an idiom. */
struct gate_subject {
    char name[GATE_SUBJECT_MAX];
    bool control;  /* known to leave something behind */
    bool caught;   /* the control was */
    bool measured; /* exit paths: nothing is made to fail, `faults` counts the cells of a table */
    uint64_t faults;
    char note[SWEEP_NOTE_MAX];    /* what else its report says; "" */
    bool by_chance;               /* the faults were drawn: another time there may be others */
    uint64_t hits;                /* by chance: how often something was left behind */
    struct gate_covered *covered; /* sorted; owned */
    size_t covered_count;
    struct gate_finding *findings; /* sorted; owned */
    size_t finding_count;
};

/* One command of the campaign. */
struct gate_part {
    char *command;   /* as a campaign's file has it; owned */
    char *trouble;   /* why it proves nothing; NULL: it did its work; owned */
    unsigned status; /* its exit status */
    size_t subject_count;
    struct gate_subject *subjects; /* owned */
};

struct gate_parts {
    size_t count;
    struct gate_part *list; /* owned */
    const char *file;       /* where they are written down, as the user named it; NULL: nowhere */
};

enum gate_state {
    GATE_HELD,
    GATE_BROKEN,
    GATE_DEAD,   /* a control that was not caught */
    GATE_UNDONE, /* not found out */
    GATE_STATES,
};

enum gate_promise {
    GATE_FINDINGS, /* nothing new is left behind */
    GATE_COVERAGE, /* all is met that was met before */
    GATE_CONTROL,  /* what is known to leak is caught */
    GATE_PROMISES,
};

/* One guarantee, and whether it holds. */
struct gate_guarantee {
    const struct gate_part *part;
    const char *subject;
    enum gate_promise promise;
    enum gate_state state;
    char why[SWEEP_NOTE_MAX + 64]; /* in words; "": it holds */
};

enum gate_age { GATE_NEW, GATE_KNOWN, GATE_GONE };

struct gate_news {
    const struct gate_part *part;
    const char *subject;
    const struct gate_finding *finding;
    enum gate_age age;
    bool fails; /* by it the guarantee is broken */
};

struct gate_verdict {
    const char *baseline; /* the file of what was before */
    size_t guarantee_count, news_count;
    struct gate_guarantee *guarantees; /* in the order of the parts; owned */
    struct gate_news *news;            /* owned */
    size_t counts[GATE_STATES];
    enum verdict verdict; /* of all */
    enum exit_status exit_status;
    char sentence[512];
};

/* Sorts what the subject covered and its findings, as they stand in a baseline. */
void gate_sort(struct gate_subject *subject);

/* What its faults are called, one of them: "fault", or "cell". */
const char *gate_noun(const struct gate_subject *subject);

/* The subject of that name in the part, or NULL. */
const struct gate_subject *gate_subject_of(const struct gate_part *part, const char *name);

/* Holds `now` against `before`, which has a file: parts of the same commands in the same order. Strings and
 * findings of *out are theirs. Returns 0 with *out the caller's (gate_verdict_clear), or -ENOMEM. */
int gate_judge(const struct gate_parts *before, const struct gate_parts *now, struct gate_verdict *out);

/* Whether `parts` may become a baseline: all did their work, met faults, and caught their controls. Returns
 * 0, or sets the error: EXIT_NOT_DONE, EXIT_CONTROL_MISSED, or EXIT_USAGE where a command was wrong. */
int gate_check(const struct gate_parts *parts, struct error *error);

/* Marks in `before` what `verdict` found gone as forgotten. Returns how many there are. */
size_t gate_forget_gone(struct gate_parts *before, const struct gate_verdict *verdict);

const char *gate_state_name(enum gate_state state);       /* "held", "broken", ... */
const char *gate_promise_name(enum gate_promise promise); /* "nothing new is left behind", ... */

void gate_parts_clear(struct gate_parts *parts);
void gate_verdict_clear(struct gate_verdict *verdict);
