/* Near miss: nobody looks whether the read lock was taken, and it cannot fail: that takes hundreds of
 * millions of readers. */
#include <pthread.h>
#include <sys/stat.h>

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static const char *name = "one.txt";

static int look(void)
{
    struct stat found;
    pthread_rwlock_rdlock(&lock);
    int failed = stat(name, &found);
    pthread_rwlock_unlock(&lock);
    return failed;
}

int main(void)
{
    int failed = look();
    return (failed | look()) != 0;
}
