/* What a sweep must judge, a mode each. What fails is always the first stat, unless a mode says otherwise.
 * Lines that must be named are marked with a word in capitals. */
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "exeunt/mark.h"

static pthread_mutex_t first = PTHREAD_MUTEX_INITIALIZER, second = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t both;

static int fails(void)
{
    struct stat found;
    return stat("/", &found) != 0; /* FAULT */
}

static int relock(void)
{
    pthread_mutex_lock(&first); /* TAKEN */
    if (fails())
        pthread_mutex_lock(&first); /* WAITING */
    pthread_mutex_unlock(&first);
    return 0;
}

static void *other_way(void *arg)
{
    pthread_mutex_lock(&second); /* OTHER_TAKEN */
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&first); /* OTHER_WAITING */
    return arg;
}

static int cycle(void)
{
    pthread_t thread;
    if (!fails())
        return 0;
    pthread_barrier_init(&both, NULL, 2);
    pthread_mutex_lock(&first); /* ONE_TAKEN */
    if (pthread_create(&thread, NULL, other_way, NULL) != 0)
        return 1;
    pthread_barrier_wait(&both);
    pthread_mutex_lock(&second); /* ONE_WAITING */
    return 0;
}

static int silent(void)
{
    puts(fails() ? "nothing" : "something");
    return 0;
}

static int benign(void)
{
    exeunt_benign();
    return silent();
}

static int benign_ended(void)
{
    {
        exeunt_benign();
    }
    return silent();
}

/* Of all stats that fail for good, one comes behind the block. */
static int benign_in_part(void)
{
    exeunt_benign_begin();
    int failed = fails();
    exeunt_benign_end();
    puts(failed && fails() ? "nothing" : "something");
    return 0;
}

static int keep(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* KEPT */
    if (fd < 0)
        return 1;
    if (fails())
        return 1;
    close(fd);
    return 0;
}

static int benign_leak(void)
{
    exeunt_benign();
    int failed = keep();
    return failed & fails();
}

static int swallow(void)
{
    return fails() && 0;
}

static int swallow_benign(void)
{
    exeunt_benign();
    return swallow();
}

static int say(void)
{
    if (fails())
        fputs("cannot look at the root\n", stderr);
    return 0;
}

/* What is kept is kept after the first failure; another call comes after it. */
static int keep_and_clean(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* KEPT_BY_ONE */
    if (fd < 0)
        return 1;
    if (fails()) {
        unlink("nobody");
        return 1;
    }
    close(fd);
    return 0;
}

static int keep_if_both(void)
{
    int fd = open("/dev/null", O_RDONLY | O_CLOEXEC); /* KEPT_BY_TWO */
    if (fd < 0)
        return 1;
    bool failed = fails();
    if (failed && mkdir("both", 0700) != 0)
        return 1;
    close(fd);
    return failed;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*run)(void);
    } modes[] = {
        {"relock", relock},
        {"cycle", cycle},
        {"silent", silent},
        {"benign", benign},
        {"benign-ended", benign_ended},
        {"benign-in-part", benign_in_part},
        {"benign-leak", benign_leak},
        {"swallow", swallow},
        {"swallow-benign", swallow_benign},
        {"say", say},
        {"keep", keep},
        {"keep-and-clean", keep_and_clean},
        {"keep-if-both", keep_if_both},
    };
    for (size_t i = 0; count == 2 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(arguments[1], modes[i].name) == 0)
            return modes[i].run() != 0;
    return 2;
}
