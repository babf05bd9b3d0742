/* Near miss: a library that keeps memory of its own when it fails. Setting a locale does that in glibc:
 * nothing that the program could give back. */
#include <locale.h>
#include <stdio.h>

int main(void)
{
    if (setlocale(LC_ALL, "C.UTF-8") == NULL)
        return 1;
    return puts("text") < 0 || fflush(stdout) != 0;
}
