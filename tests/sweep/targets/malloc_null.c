/* Memory is taken for granted: the result of malloc is used without a look at it.
 * "It never fails on Linux", until there is a limit. */
#include <stdlib.h>
#include <string.h>

static int keep(const char *text)
{
    char *copy = malloc(strlen(text) + 1); /* blamed */
#ifdef MENDED
    if (copy == NULL)
        return -1;
#endif
    strcpy(copy, text);
    free(copy);
    return 0;
}

int main(void)
{
    return keep("some text") != 0;
}
