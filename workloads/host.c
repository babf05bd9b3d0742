/* The program that the built-in workloads run in: a queue of numbered jobs, N worker threads, and the
 * manners of a real service, which gives up when the system has no descriptors or no space left for it.
 *
 * Ordinary in every other respect: exeunt treats it as it treats anybody's program. */
#include <errno.h>
#include <getopt.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/text.h"
#include "exeunt/mark.h"
#include "exeunt/scope.h"
#include "exeunt/workload.h"

enum { WORKERS_MAX = 256, JOBS_MAX = 4096, STATUS_GAVE_UP = 1 };

/* Everything the workers share. */
struct queue {
    const struct exeunt_workload *workload;
    const struct exeunt_variant *variant;
    struct exeunt_job_site site;
    void *state;
    uint64_t workers;
    uint64_t first;          /* number of the first job */
    uint64_t operations;     /* 0: no end */
    uint64_t jobs[JOBS_MAX]; /* those to be done instead, operation i does the i-th of them */
    uint64_t job_count;
    uint64_t end_ns; /* CLOCK_MONOTONIC; 0: no end */
    _Atomic uint64_t next;
};

static _Atomic uint64_t failed_releases;

static void count_failed_release(const struct exeunt_place *place, const struct exeunt_failure *failure)
{
    (void)place, (void)failure;
    atomic_fetch_add_explicit(&failed_releases, 1, memory_order_relaxed);
}

/* The next job's number. False: there is none. */
static bool take_job(struct queue *queue, uint64_t *number)
{
    if (exeunt_stopping() || (queue->end_ns != 0 && clock_now_ns() >= queue->end_ns))
        return false;
    *number = atomic_fetch_add_explicit(&queue->next, 1, memory_order_relaxed);
    return queue->operations == 0 || *number - queue->first < queue->operations;
}

/* What the operation of that number is to do. */
static uint64_t job_of(const struct queue *queue, uint64_t number)
{
    return queue->job_count != 0 ? queue->jobs[number] : number;
}

/* A failure of the whole service and not of one job: nothing will be opened or stored any more. An
 * injected one is a rehearsal. */
static bool is_fatal(int status)
{
    return (status == -EMFILE || status == -ENFILE || status == -ENOSPC || status == -EDQUOT) &&
           !exeunt_injected(-status);
}

/* Ends the process at once: the other workers are still at work, so no exit handlers are run. */
_Noreturn static void give_up(const struct queue *queue, int status)
{
    dprintf(STDERR_FILENO, "%s worker: [Errno %d] %s\n", queue->workload->name, -status, strerror(-status));
    _exit(STATUS_GAVE_UP);
}

static void *work(void *arg)
{
    struct queue *queue = arg;
    uint64_t number;
    while (take_job(queue, &number)) {
        exeunt_begin(number);
        int status = queue->variant->operation(queue->state, job_of(queue, number));
        bool fatal = is_fatal(status);
        exeunt_end(status);
        if (fatal)
            give_up(queue, status);
    }
    return NULL;
}

static int run_workers(struct queue *queue)
{
    pthread_t threads[WORKERS_MAX];
    uint64_t started = 0;
    int failed = 0;
    while (started < queue->workers && failed == 0) {
        failed = -pthread_create(&threads[started], NULL, work, queue);
        started += failed == 0;
    }
    if (failed != 0)
        fprintf(stderr, "cannot start worker thread %llu of %llu: %s\n", (unsigned long long)started + 1,
                (unsigned long long)queue->workers, strerror(-failed));
    for (uint64_t i = 0; i < started; i++)
        pthread_join(threads[i], NULL);
    return failed;
}

static int run(struct queue *queue)
{
    struct exeunt_reason reason;
    if (queue->workload->open(&queue->site, &queue->state, &reason) != 0) {
        fprintf(stderr, "%s\n", reason.text);
        return EXEUNT_HOST_NOT_STARTED;
    }
    exeunt_rest();
    int failed = run_workers(queue);
    exeunt_rest();
    queue->workload->close(queue->state);
    return failed == 0 ? 0 : EXEUNT_HOST_NOT_STARTED;
}

static bool choose(struct queue *queue, const char *workload, const char *variant)
{
    queue->workload = exeunt_workload_named(workload);
    if (queue->workload == NULL)
        return false;
    for (const struct exeunt_variant *known = queue->workload->variants; known->name != NULL; known++)
        if (strcmp(known->name, variant) == 0)
            queue->variant = known;
    return queue->variant != NULL;
}

/* --set KEY=VALUE, as the supervisor has checked it. */
static bool set(struct queue *queue, char *text)
{
    char *value = strchr(text, '=');
    if (value == NULL || queue->workload == NULL)
        return false;
    *value++ = '\0';
    const struct exeunt_setting *settings = queue->workload->settings;
    for (size_t i = 0; settings[i].key != NULL; i++)
        if (strcmp(settings[i].key, text) == 0)
            return text_number(value, settings[i].low, settings[i].high, &queue->site.settings[i]) == 0;
    return false;
}

/* --jobs N,N... */
static bool list_jobs(struct queue *queue, char *text)
{
    for (char *word; (word = strsep(&text, ",")) != NULL; queue->job_count++)
        if (queue->job_count == JOBS_MAX ||
            text_number(word, 0, UINT64_MAX, &queue->jobs[queue->job_count]) != 0)
            return false;
    queue->operations = queue->job_count;
    return true;
}

static bool parse(int argc, char **argv, struct queue *queue)
{
    static const struct option options[] = {
        {"folder", required_argument, NULL, 'f'},
        {"seed", required_argument, NULL, 's'},
        {"workers", required_argument, NULL, 'w'},
        {"first", required_argument, NULL, 'n'},
        {"operations", required_argument, NULL, 'o'},
        {"for-ns", required_argument, NULL, 't'},
        {"set", required_argument, NULL, 'k'},
        {"jobs", required_argument, NULL, 'j'},
        {NULL, 0, NULL, 0},
    };
    if (argc < 3 || !choose(queue, argv[1], argv[2]))
        return false;
    bool right = true;
    uint64_t for_ns = 0;
    optind = 3;
    for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;) {
        switch (option) {
        case 'f':
            queue->site.folder = optarg;
            break;
        case 's':
            right &= text_number(optarg, 0, UINT64_MAX, &queue->site.seed) == 0;
            break;
        case 'w':
            right &= text_number(optarg, 1, WORKERS_MAX, &queue->workers) == 0;
            break;
        case 'n':
            right &= text_number(optarg, 0, UINT64_MAX, &queue->first) == 0;
            break;
        case 'o':
            right &= text_number(optarg, 1, UINT64_MAX, &queue->operations) == 0;
            break;
        case 't':
            right &= text_number(optarg, 1, UINT64_MAX, &for_ns) == 0;
            break;
        case 'k':
            right &= set(queue, optarg);
            break;
        case 'j':
            right &= list_jobs(queue, optarg);
            break;
        default:
            return false;
        }
    }
    atomic_init(&queue->next, queue->first);
    queue->end_ns = for_ns != 0 ? clock_now_ns() + for_ns : 0;
    return right && optind == argc && queue->site.folder != NULL;
}

int main(int argc, char **argv)
{
    static struct queue queue = {.workers = 1};
    if (!parse(argc, argv, &queue)) {
        fprintf(stderr, "exeunt-host is started by exeunt: "
                        "exeunt-host WORKLOAD VARIANT --folder DIR [--seed N] [--workers N] [--first N] "
                        "[--operations N | --jobs N,N...] [--for-ns N] [--set KEY=VALUE]...\n");
        return EXEUNT_HOST_NOT_STARTED;
    }
    exeunt_scope_set_reporter(count_failed_release);
    int status = run(&queue);
    if (failed_releases != 0)
        printf("releases that failed within a guard: %llu\n", (unsigned long long)failed_releases);
    return status;
}
