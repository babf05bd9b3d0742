/* What fputs accepted stands in the stream's buffer: it is fclose that writes it, and nobody asks it how it
 * went. On network file systems a disk quota shows there and nowhere else. */
#include <stdio.h>

static int save(const char *path)
{
    FILE *file = fopen(path, "we");
    if (file == NULL)
        return -1;
    int failed = fputs("text\n", file) < 0;
#ifdef MENDED
    failed |= fclose(file);
#else
    fclose(file); /* blamed */
#endif
    return failed;
}

int main(void)
{
    return save("result.txt") != 0;
}
