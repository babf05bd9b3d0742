/* `p = realloc(p, n)`: when there is no memory, the old block is still there and p does not know it.
 * The most copied leak of C. */
#include <stdlib.h>

static int grow(void)
{
    char *text = malloc(64); /* blamed */
    if (text == NULL)
        return -1;
    text[0] = 'x';
#ifdef MENDED
    char *grown = realloc(text, 4096);
    if (grown == NULL)
        free(text);
    text = grown;
#else
    text = realloc(text, 4096);
#endif
    if (text == NULL)
        return -1;
    free(text);
    return 0;
}

int main(void)
{
    return grow() != 0;
}
