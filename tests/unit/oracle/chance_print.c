/* Answers lines of hits, trials and confidence with the bound, for chance.py. */
#include <inttypes.h>
#include <stdio.h>

#include "oracle/chance.h"

int main(void)
{
    uint64_t hits, trials;
    double confidence;
    while (scanf("%" SCNu64 " %" SCNu64 " %lf", &hits, &trials, &confidence) == 3)
        printf("%.17g\n", chance_below(hits, trials, confidence));
    return 0;
}
