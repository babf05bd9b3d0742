/* Two copies are made with one check for both: when the second fails, the first is lost.
 * `if (!a || !b) return -1;` looks careful. */
#include <stdlib.h>
#include <string.h>

static int login(const char *user, const char *host)
{
    char *first = strdup(user); /* blamed */
    char *second = first == NULL ? NULL : strdup(host);
    if (first == NULL || second == NULL) {
#ifdef MENDED
        free(first);
#endif
        return -1;
    }
    free(first);
    free(second);
    return 0;
}

int main(int count, char **arguments)
{
    return login(arguments[0], count > 1 ? arguments[1] : "nowhere") != 0;
}
