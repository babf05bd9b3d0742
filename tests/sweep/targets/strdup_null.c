/* A copy of a name is made and used at once; the copy can be NULL.
 * One of thousands of such lines in older programs. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static int capital(const char *name)
{
    char *copy = strdup(name); /* blamed */
#ifdef MENDED
    if (copy == NULL)
        return -1;
#endif
    copy[0] = (char)toupper((unsigned char)copy[0]);
    int failed = copy[0] != 'N';
    free(copy);
    return failed;
}

int main(void)
{
    return capital("name") != 0;
}
