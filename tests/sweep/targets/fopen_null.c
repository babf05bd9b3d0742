/* A file that "is always there" is read without a look at what fopen returned.
 * It is there; but there are no descriptors left. */
#include <stdio.h>

static int first_letter(const char *path)
{
    FILE *file = fopen(path, "re"); /* blamed */
#ifdef MENDED
    if (file == NULL)
        return EOF;
#endif
    int letter = fgetc(file);
    return fclose(file) == 0 ? letter : EOF;
}

int main(void)
{
    return first_letter("one.txt") != 'a';
}
