/* Near miss: the child is waited for by another thread than the one that started it.
 * When the starter's own work fails, that thread still does its duty. */
#include <pthread.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static void *wait_for(void *child)
{
    return (void *)(intptr_t)(waitpid((pid_t)(intptr_t)child, NULL, 0) < 0);
}

static int start(pthread_t *waiter)
{
    struct stat found;
    pid_t child = fork();
    if (child == 0)
        _exit(0);
    if (child < 0)
        return -1;
    if (pthread_create(waiter, NULL, wait_for, (void *)(intptr_t)child) != 0) {
        waitpid(child, NULL, 0);
        return -1;
    }
    return stat("one.txt", &found) == 0 ? 0 : 1;
}

int main(void)
{
    pthread_t waiter;
    void *failed;
    int started = start(&waiter);
    if (started < 0 || pthread_join(waiter, &failed) != 0)
        return 1;
    return started != 0 || failed != NULL;
}
