/* A pool's session is put back by the request that failed, and by its caller once more.
 * Then the pool gives it to two at a time. */
#include <sys/stat.h>

#include "exeunt/mark.h"

static void put_back(unsigned session)
{
    exeunt_gave("session", session); /* blamed */
}

static int request(unsigned session, const char *path)
{
    struct stat found;
    if (stat(path, &found) == 0)
        return 0;
#ifndef MENDED
    put_back(session);
#else
    (void)session;
#endif
    return -1;
}

int main(void)
{
    exeunt_took("session", 7); /* blamed */
    int failed = request(7, "one.txt");
    put_back(7);
    return failed != 0;
}
