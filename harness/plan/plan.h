/* The plan: which points fail, when, with which errno. A pure function of the seed.
 *
 * A fault's coordinate is operation:point#k, where k counts the calls of that point within the
 * operation, from 1. Whether a call is due depends on seed, rule and coordinate alone: not on threads,
 * not on time, not on other points. The struct has a fixed layout without pointers, since it stands in
 * the shared memory that the child maps. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"
#include "base/hash.h"

enum {
    PLAN_RULES_MAX = 64,
    PLAN_ERRNOS_MAX = 16,
    PLAN_POINTS_MAX = 512,
    PLAN_PATTERNS_MAX = 64,
    PLAN_POINT_NAME_MAX = 64, /* bytes, with the closing NUL */
};

enum plan_kind {
    PLAN_ERRNO,  /* the call fails with an errno */
    PLAN_SHORT,  /* a reading or writing call moves fewer bytes than asked */
    PLAN_DELAY,  /* the call is made delay_ns later */
    PLAN_CANCEL, /* the calling thread is cancelled; the call goes on, which acts on it if it is one that does
                  */
};

enum plan_when { PLAN_RANDOM, PLAN_WINDOW };

/* An operation's number is below; the plan and the ledger write it as number + 1, with 0 for none. */
#define PLAN_OPERATION_END ((UINT64_C(1) << 40) - 1)

/* In the hash of a spawn path the number of a forked child comes with this bit, that of a thread without. */
#define PLAN_FORKED (UINT64_C(1) << 32)

/* Who a rule is about. A call has one number to tell its operation, or else its thread, by: see plan_due. */
struct plan_who {
    uint64_t operation; /* number + 1; 0: not told */
    uint64_t path;      /* hash of a thread's spawn path, 0: not told */
};

/* One rule: the part of a plan between two semicolons. */
struct plan_rule {
    uint32_t kind;              /* enum plan_kind */
    uint32_t when;              /* enum plan_when */
    uint64_t seed;              /* hash of the plan's seed and the rule's place in the plan */
    uint64_t threshold;         /* PLAN_RANDOM: due if the hash is below, p * 2^64 */
    uint64_t first, last, step; /* PLAN_WINDOW: k = first, first + step, ... up to last */
    uint64_t delay_ns;          /* PLAN_DELAY */
    uint32_t errno_count;       /* 0: the realistic ones of the point's profile */
    int32_t errnos[PLAN_ERRNOS_MAX];
    int32_t failnum;     /* what fiu_fail returns at a point of the program's own; 0: its errno, which is then
                            fiu_failinfo's too */
    uint32_t persists;   /* 1: once it was due, it is for every later call of its points, whoever makes it */
    struct plan_who who; /* nothing told: everyone */
    uint64_t points[PLAN_POINTS_MAX / 64]; /* bit i: the rule holds for point i */
};

/* A name or wildcard of a rule, kept for points that come to be known only while the program runs. */
struct plan_pattern {
    uint32_t rule;
    char text[PLAN_POINT_NAME_MAX];
};

struct plan {
    uint64_t seed;
    uint32_t rule_count;
    uint32_t within_operations; /* 1: calls outside any operation are never due */
    uint32_t image; /* of the programs that the process executes one after the other, the one that is planned
                       for: 1 the first; 0: all */
    uint32_t pattern_count;
    struct plan_pattern patterns[PLAN_PATTERNS_MAX];
    struct plan_rule rules[PLAN_RULES_MAX];
};

/* Whether the rule is about one coordinate. */
static inline bool plan_is_at(const struct plan_rule *rule)
{
    return rule->who.operation != 0 || rule->who.path != 0;
}

static inline bool plan_holds_for(const struct plan_rule *rule, unsigned point)
{
    return (rule->points[point / 64] >> (point % 64) & 1) != 0;
}

/* What a plan can be about: the points in play, by index. The names are not owned. */
struct plan_points {
    size_t count;
    const char *const *names;
    bool open; /* more of them may come to be known while the program runs */
};

/* Parses `text`, the grammar of --faults: rules separated by ';', POINTS[:KIND[,KIND...]][@WHEN] or a
 * coordinate, WHO:POINT#K[+][:KIND[,KIND...]].
 *   POINTS  point names separated by ',', '*' matches any rest as in libfiu: posix/io/STAR
 *   KIND    errno names, or `short`, or `delay=TIME`, or `cancel`, or `fiu=FAILNUM/FAILINFO`, numbers as in
 *           libfiu; none: the realistic errnos of each point
 *   WHEN    p=0.02, or F, F+, F..L, each with +S, as strace counts: 3 the third call, 3+ from the third
 *           on, 2..20+2 every second of them; none: every call
 *   WHO     operation or spawn path of a thread: 17, 0.1; 0 is the first operation and the main thread, 0.f1
 *           that of the first child that it forks
 *   K       number of the call; K+: and then every later call of the point, whoever makes it. Without a KIND
 *           the first realistic errno of the point
 * "none" is the plan without rules. Wildcards are expanded at once to points of `points`; if these are open,
 * names and wildcards are kept too, and a name is taken on trust unless its first part is that of a point
 * that is known ("posix/...").
 * Returns 0 or -EINVAL with `error` set; *out is untouched on failure. */
int plan_parse(const char *text, const struct plan_points *points, uint64_t seed, struct plan *out,
               struct error *error);

/* Who has that spawn path. "?": nobody. */
struct plan_who plan_who_of_path(const char *path);

/* Adds a rule about one coordinate: call `k` of the point by `who` fails with `error`, 0: the first realistic
 * one. Persistent: and so do all later calls of the point, whoever makes them. Begin with a zeroed plan.
 * Returns 0, or -E2BIG if there is no room for another rule. */
int plan_fail_at(struct plan *plan, unsigned point, struct plan_who who, uint64_t k, int error,
                 bool persistent);

/* The point has come to be known by that name: rules whose wildcards mean it hold for it from now on. */
void plan_add_point(struct plan *plan, unsigned point, const char *name);

/* Whether the name or wildcard of a rule means the point: as in libfiu, a star at the end stands for any
 * rest. */
bool plan_matches(const char *pattern, const char *name);

/* Rewrites those rules of a plan that are commands of libfiu's fiu-run and fiu-ctrl,
 * "fiu:enable_random name=POINT,probability=P" and "fiu:enable name=POINT", into the plan's own grammar; the
 * others stay. Returns 0 with *out the caller's to free, or a negative errno with `error`. */
int plan_from_fiu(const char *text, char **out, struct error *error);

/* What is to be done at a coordinate. */
struct plan_fault {
    uint32_t kind;     /* enum plan_kind */
    int32_t error;     /* PLAN_ERRNO: the rule's errno, or 0: choose from the profile by `choice` */
    int32_t failnum;   /* of the rule */
    uint64_t delay_ns; /* PLAN_DELAY */
    uint64_t choice;   /* pseudorandom bits of this coordinate, for choices that hang on it */
    uint32_t rule;     /* number of the rule that is due; PLAN_RULES_MAX: none, but the schedule's */
};

/* The rule's stream at a point in an operation (`point_hash` = hash_text of the point's name): SplitMix64,
 * whose k-th output decides the k-th call. Returns its state before the first. */
static inline uint64_t plan_stream(const struct plan_rule *rule, uint64_t point_hash, uint64_t operation)
{
    return hash_mix(rule->seed ^ hash_mix(operation)) + point_hash;
}

/* Whether an output makes a call due by a PLAN_RANDOM rule. */
static inline bool plan_below(const struct plan_rule *rule, uint64_t output)
{
    return output < rule->threshold || rule->threshold == UINT64_MAX;
}

/* Decides the call `who`:`point`#`k` (k from 1), where `who` is the number + 1 of the operation or, outside
 * of any, the hash of the thread's spawn path. `struck`: bit i says that rule i, which persists, has been
 * due. The first due rule wins. True and *out set if the call is due. Async-signal-safe, no shared state. */
bool plan_due(const struct plan *plan, unsigned point, uint64_t point_hash, uint64_t who, uint64_t k,
              uint64_t struck, struct plan_fault *out);

/* Number of bytes that a short call of `asked` bytes, at least 2, moves: 1 .. asked - 1. */
size_t plan_short_length(size_t asked, uint64_t choice);

/* errno by name and the other way round, for all names that this C library knows.
 * plan_errno_value: 0 if unknown. plan_errno_name: "E?" if unknown; static string. */
int plan_errno_value(const char *name);
const char *plan_errno_name(int error);
