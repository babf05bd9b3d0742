/* The children of a subreaper: its own, and all descendants that have lost their parent. */
#pragma once

/* Ends and reaps children of this process until none is left. What it cannot see, without /proc, or may
 * not end, it leaves. Async-signal-safe; the caller has no other thread. */
void orphans_end(void);
