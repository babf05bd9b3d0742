/* Findings as they are collected: broken guarantees out of the ledger's events, each kind and place once. */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "ledger/layout.h"
#include "oracle/result.h"

enum { FINDINGS_MAX = 4096, FINDINGS_SWEEPS_MAX = 64 };

/* A finding before its places have names: addresses in the child. */
struct raw_finding {
    enum finding_kind kind;
    uint64_t taken_at, site; /* 0: unknown */
    int32_t point;           /* -1: none was injected */
    int error;               /* the four below are of the one with the lowest coordinate */
    uint64_t operation;      /* encoded as in the ledger */
    int32_t path;            /* index of the thread's spawn path */
    uint64_t k;
    uint64_t count;
    uint64_t bytes; /* of memory, all together */
    int resource;   /* index of its kind, of a resource that leaked or nobody had */
};

/* Zeroed: empty. */
struct findings {
    struct raw_finding *list;
    size_t count, capacity;
    uint64_t sweeps[FINDINGS_SWEEPS_MAX]; /* places that close all numbers there are */
    size_t sweep_count;
    uint64_t dropped; /* events of findings beyond FINDINGS_MAX, or for which memory was short */
};

/* Adds what the event says, if it says that a guarantee is broken. */
void findings_add(struct findings *findings, const struct ledger_event *event);

/* Adds `raw`, or its count to the same one. */
void findings_put(struct findings *findings, const struct raw_finding *raw);
void findings_clear(struct findings *findings);

/* Sets the signature and joins findings that turn out to be the same once their places have names; sorts
 * them, broken guarantees first, and of these the most frequent. Returns their number afterwards. */
size_t findings_join(struct finding *findings, size_t count);

/* Writes the coordinate: "1724:upload/metadata#1", or "1724" without a point; outside any operation the
 * thread's spawn path `path` stands for it: "0.1:posix/io/oc/open#3". Of an unknown thread, "?", "". */
void finding_coordinate(const struct raw_finding *raw, const char *path, const char *point, char *out,
                        size_t size);
