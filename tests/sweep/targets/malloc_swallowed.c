/* A list that cannot grow drops the entry and goes on: the sum is printed, it is only not the sum.
 * "Best effort" where the caller expects all or nothing. */
#include <stdio.h>
#include <stdlib.h>

struct entry {
    struct entry *next;
    int value;
};

static int sum_up(int count)
{
    struct entry *list = NULL;
    int sum = 0, failed = 0;
    for (int i = 1; i <= count; i++) {
        struct entry *entry = malloc(sizeof *entry); /* blamed */
        if (entry == NULL) {
#ifdef MENDED
            failed = 1;
#endif
            continue;
        }
        *entry = (struct entry){.next = list, .value = i};
        list = entry;
    }
    while (list != NULL) {
        struct entry *next = list->next;
        sum += list->value;
        free(list);
        list = next;
    }
    return failed || printf("%d\n", sum) < 0 || fflush(stdout) != 0;
}

int main(void)
{
    return sum_up(3);
}
