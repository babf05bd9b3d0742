/* Decides what counts as having run: time on a processor, which grows while a task computes, and the number
 * of times that it got one, which tells of the shortest turn. */
#include "supervise/activity.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum { GENERATIONS_MAX = 64 };

static FILE *open_of_task(pid_t process, const char *task, const char *name)
{
    char path[320];
    snprintf(path, sizeof path, "/proc/%d/task/%s/%s", process, task, name);
    return fopen(path, "re");
}

static uint64_t turns_of_task(pid_t process, const char *task)
{
    uint64_t run_ns = 0, turns = 0;
    FILE *file = open_of_task(process, task, "schedstat");
    if (file == NULL)
        return 0;
    if (fscanf(file, "%" SCNu64 " %*u %" SCNu64, &run_ns, &turns) != 2)
        run_ns = turns = 0;
    fclose(file);
    return run_ns + turns;
}

static uint64_t of_generation(pid_t process, unsigned generation);

static uint64_t of_children(pid_t process, const char *task, unsigned generation)
{
    uint64_t sum = 0;
    int child;
    FILE *file = generation < GENERATIONS_MAX ? open_of_task(process, task, "children") : NULL;
    if (file == NULL)
        return 0;
    while (fscanf(file, "%d", &child) == 1)
        sum += of_generation(child, generation + 1);
    fclose(file);
    return sum;
}

static uint64_t of_generation(pid_t process, unsigned generation)
{
    char path[32];
    uint64_t sum = 0;
    snprintf(path, sizeof path, "/proc/%d/task", process);
    DIR *tasks = opendir(path);
    if (tasks == NULL)
        return 0;
    for (struct dirent *entry; (entry = readdir(tasks)) != NULL;)
        if (entry->d_name[0] != '.')
            sum += turns_of_task(process, entry->d_name) + of_children(process, entry->d_name, generation);
    closedir(tasks);
    return sum;
}

uint64_t activity_of(pid_t process)
{
    return of_generation(process, 0);
}
