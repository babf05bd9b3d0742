/* A program that AddressSanitizer watches: under the preload, too. Usage: asan_target right|wrong. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "exeunt/mark.h"

static char *volatile block;

int main(int argc, char **argv)
{
    int null = open("/dev/null", O_WRONLY);
    if (argc < 2 || null < 0 || dup2(null, STDERR_FILENO) < 0)
        return 2;
    exeunt_begin(1);
    block = strdup("text");
    block = realloc(block, 100);
    char before = block[0];
    free(block);
    if (strcmp(argv[1], "wrong") == 0)
        before = block[0]; /* NOLINT: reported, and ends the process with status 1 */
    exeunt_end(0);
    return before == 't' ? 0 : 3;
}
