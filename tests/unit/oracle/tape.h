/* Records of runs, written by hand. Events stand behind each other, divided by "; ":
 *
 *     ?o1 sLLm     call of the point o, its first
 *     !o1 sLLm     the same call fails
 *     +d1 sLLmf    descriptor 1 is taken (l: a lock, f: a file)
 *     -d1 sLLmg    and given back
 *     x sL         the process ends in order
 *     .            the thread has ended
 *
 * all in the main thread, or in thread 1 behind "1 ". What follows is the stack, the outermost pair first, a
 * letter for each return address: capital ones are a system library's. Pairs stand at the CFA of their
 * distance from the outermost one, or of the digit behind the letter. So in sLLmf, the frames of _start (s),
 * of libc (LL) and of main called a function at m, which made its call at f. */
#pragma once

#include "oracle/record.h"

/* With contexts set. The caller's for record_clear. */
struct record tape_record(const char *tape);

/* Index of a stack, which is added to the record. */
uint32_t tape_stack(struct record *record, const char *stack);
