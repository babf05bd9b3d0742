/* A library of the target's, that does before main what ATTEMPT_LIBRARY says. */
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

extern const int attempt_library;
const int attempt_library = 0;

static void *wait_for_ever(void *none)
{
    while (pause() != 0)
        ;
    return none;
}

static void start_thread(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, wait_for_ever, NULL);
}

static void open_file(void)
{
    if (open("/dev/null", O_RDONLY | O_CLOEXEC) < 0)
        abort();
}

static void write_words(void)
{
    if (write(STDERR_FILENO, "words", 5) != 5)
        abort();
}

static void read_input(void)
{
    char byte;
    if (read(STDIN_FILENO, &byte, 1) != 1)
        abort();
}

static void share_memory(void)
{
    if (mmap(NULL, 1, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
        abort();
}

static void have_no_children(void)
{
    signal(SIGCHLD, SIG_IGN);
}

static void *volatile kept;

static void allocate(void)
{
    if ((kept = malloc(100)) == NULL)
        abort();
}

__attribute__((constructor)) static void act(void)
{
    static const struct {
        const char *name;
        void (*act)(void);
    } acts[] = {
        {"thread", start_thread}, {"file", open_file},      {"words", write_words},
        {"input", read_input},    {"memory", share_memory}, {"children", have_no_children},
        {"allocate", allocate},
    };
    const char *wanted = getenv("ATTEMPT_LIBRARY");
    for (size_t i = 0; wanted != NULL && i < sizeof acts / sizeof *acts; i++)
        if (strcmp(acts[i].name, wanted) == 0)
            acts[i].act();
}
