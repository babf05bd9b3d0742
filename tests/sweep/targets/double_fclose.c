/* A stream that could not be flushed is closed at once, and by the common cleanup once more.
 * fclose of a closed stream is undefined: glibc notices, if one is lucky. */
#include <stdio.h>

static int save(const char *path)
{
    int failed = 0;
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return -1;
    if (fputs("text\n", file) < 0 || fflush(file) != 0) { /* blamed */
        failed = -1;
#ifndef MENDED
        fclose(file);
#endif
    }
    return fclose(file) | failed;
}

int main(void)
{
    return save("result.txt") != 0;
}
