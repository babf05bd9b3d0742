/* What a count proves where chance is left. Pure functions. */
#pragma once

#include <stdint.h>

/* The upper end of the one-sided Clopper-Pearson interval: with that confidence (0.95), what was seen `hits`
 * times in `trials` happens less often than so per trial. It is the p at which a binomial distribution gives
 * at most so many hits with probability 1 - confidence (Clopper and Pearson, Biometrika 26, 1934). 1 where
 * nothing is proven: no trials, or nothing but hits. */
double chance_below(uint64_t hits, uint64_t trials, double confidence);
