/* A pool's session that is taken for a request and not put back when the request fails.
 * No descriptor shows it: the pool runs dry. */
#include <sys/stat.h>

#include "exeunt/mark.h"

static int busy[2];

static int session_take(void)
{
    int session = busy[0] ? 1 : 0;
    busy[session] = 1;
    return session;
}

static int request(const char *path)
{
    struct stat found;
    int session = session_take();
    exeunt_took("session", (unsigned)session); /* blamed */
    if (stat(path, &found) != 0) {
#ifdef MENDED
        busy[session] = 0;
        exeunt_gave("session", (unsigned)session);
#endif
        return -1;
    }
    busy[session] = 0;
    exeunt_gave("session", (unsigned)session);
    return 0;
}

int main(void)
{
    return request("one.txt") != 0;
}
