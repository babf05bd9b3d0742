/* Prints the example of a gate in the form that is named, for checkers that are not ours. */
#include <stdio.h>
#include <stdlib.h>

#include "gate_example.h"

int main(int argc, char **argv)
{
    struct gate_verdict verdict;
    if (argc != 2)
        return 2;
    gate_example(&verdict);
    char *text = gate_example_report(argv[1], &verdict, false);
    fputs(text, stdout);
    free(text);
    gate_verdict_clear(&verdict);
    return 0;
}
