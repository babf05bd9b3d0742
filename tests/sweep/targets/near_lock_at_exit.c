/* Near miss: the program ends from within a section that a mutex guards. Nobody is left to want it.
 * The frame that holds it is active to the end. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static off_t known_size;

static void refresh(const char *path)
{
    struct stat found;
    pthread_mutex_lock(&lock);
    if (stat(path, &found) != 0)
        exit(1);
    known_size = found.st_size;
    pthread_mutex_unlock(&lock);
}

int main(void)
{
    refresh("one.txt");
    return 0;
}
