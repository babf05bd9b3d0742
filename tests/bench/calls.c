/* What is measured: one kind of round, done again and again by each of some threads. A round that is failed
 * on purpose is passed over.
 *
 * Usage: bench_calls open|malloc|fwrite|lock|contend ROUNDS THREADS */
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { THREADS_MAX = 16 };

static void rounds_of_open(long rounds)
{
    char buffer[64];
    for (; rounds > 0; rounds--) {
        int fd = open("/dev/null", O_RDONLY);
        if (fd < 0)
            continue;
        (void)!read(fd, buffer, sizeof buffer);
        close(fd);
    }
}

static void rounds_of_malloc(long rounds)
{
    for (; rounds > 0; rounds--) {
        char *volatile block = malloc(64); /* or else the compiler leaves both out */
        free(block);
    }
}

static void rounds_of_fwrite(long rounds)
{
    static const char line[64];
    FILE *out = fopen("/dev/null", "w");
    if (out == NULL)
        return;
    for (; rounds > 0; rounds--)
        fwrite(line, 1, sizeof line, out);
    fclose(out);
}

static void rounds_of_lock(long rounds)
{
    pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    for (; rounds > 0; rounds--) {
        pthread_mutex_lock(&own);
        pthread_mutex_unlock(&own);
    }
}

/* All want the same lock, do something with it that takes about as long, and something without it. */
static void rounds_of_contend(long rounds)
{
    static pthread_mutex_t shared = PTHREAD_MUTEX_INITIALIZER;
    static volatile unsigned long held;
    volatile unsigned long own = 0;
    for (; rounds > 0; rounds--) {
        pthread_mutex_lock(&shared);
        for (int i = 0; i < 20; i++)
            held++;
        pthread_mutex_unlock(&shared);
        for (int i = 0; i < 100; i++)
            own++;
    }
}

static const struct {
    const char *name;
    void (*run)(long rounds);
} kinds[] = {
    {"open", rounds_of_open}, {"malloc", rounds_of_malloc},   {"fwrite", rounds_of_fwrite},
    {"lock", rounds_of_lock}, {"contend", rounds_of_contend},
};

static void (*chosen)(long rounds);

static void *work(void *rounds)
{
    chosen(*(const long *)rounds);
    return NULL;
}

int main(int argc, char **argv)
{
    long rounds = argc > 2 ? atol(argv[2]) : 0;
    int threads = argc > 3 ? atoi(argv[3]) : 1;
    pthread_t others[THREADS_MAX];
    for (size_t i = 0; argc > 1 && i < sizeof kinds / sizeof *kinds; i++)
        if (strcmp(kinds[i].name, argv[1]) == 0)
            chosen = kinds[i].run;
    if (chosen == NULL || threads < 1 || threads > THREADS_MAX)
        return 2;
    int started = 1;
    for (; started < threads; started++)
        if (pthread_create(&others[started], NULL, work, &rounds) != 0)
            return 1;
    chosen(rounds);
    for (int i = 1; i < started; i++)
        pthread_join(others[i], NULL);
    return 0;
}
