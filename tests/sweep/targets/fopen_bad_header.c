/* A loader that rejects a file whose header cannot be read, and forgets that it had opened it.
 * The stream stays open. */
#include <stdio.h>
#include <string.h>

static int load(const char *path)
{
    char header[64];
    FILE *file = fopen(path, "re"); /* blamed */
    if (file == NULL)
        return -1;
    if (fgets(header, sizeof header, file) == NULL || strcmp(header, "alpha\n") != 0) {
#ifdef MENDED
        fclose(file);
#endif
        return -1;
    }
    return fclose(file);
}

int main(void)
{
    return load("one.txt") != 0;
}
