/* Finds the bound by halving: the sum of the binomial distribution falls as p grows. */
#include "oracle/chance.h"

#include <math.h>

/* The logarithm of the number of ways to choose k of n, as a sum of k small terms: the difference of three
 * lgamma would lose the digits that matter where n is large. */
static double log_choose(uint64_t n, uint64_t k)
{
    double sum = 0;
    for (uint64_t i = 1; i <= k; i++)
        sum += log((double)(n - k + i) / (double)i);
    return sum;
}

/* The probability of at most k hits in n trials: the term of k, and those below it by their ratios. */
static double at_most(uint64_t k, uint64_t n, double p, double choose)
{
    double term = exp(choose + (double)k * log(p) + (double)(n - k) * log1p(-p)), sum = term;
    for (uint64_t i = k; i > 0 && term > sum * 1e-18; i--) {
        term *= (double)i / (double)(n - i + 1) * (1 - p) / p;
        sum += term;
    }
    return sum;
}

double chance_below(uint64_t hits, uint64_t trials, double confidence)
{
    if (hits >= trials)
        return 1;
    if (hits == 0)
        return -expm1(log1p(-confidence) / (double)trials);
    double choose = log_choose(trials, hits), low = (double)hits / (double)trials, high = 1;
    for (double middle = (low + 1) / 2; middle > low && middle < high; middle = low + (high - low) / 2)
        *(at_most(hits, trials, middle, choose) > 1 - confidence ? &low : &high) = middle;
    return high;
}
