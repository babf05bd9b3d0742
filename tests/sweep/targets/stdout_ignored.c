/* Standard output is a file like any other, and can be full: `program > /dev/full` ends with status 0.
 * The pipeline behind it works on half of the data. */
#include <stdio.h>

static int show(const char *text)
{
    int failed = fputs(text, stdout) < 0; /* blamed */
    failed |= fflush(stdout) != 0;
#ifndef MENDED
    failed = 0;
#endif
    return failed;
}

int main(void)
{
    return show("three lines\n");
}
