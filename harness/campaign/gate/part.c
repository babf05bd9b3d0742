/* Decides with which words and streams a part is run, and what is told of one that did not come to its end.
 */
#include "campaign/gate/part.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

enum { OWN_WORDS = 8, LOOK_MS = 250 };

static size_t count_of(char *const *words)
{
    size_t count = 0;
    while (words[count] != NULL)
        count++;
    return count;
}

/* Ours stand where they count: the words may choose where results are kept, but not where the document goes.
 * NULL: memory is short. */
static char **full_command(char *const *words, const char *document)
{
    char **all = calloc(count_of(words) + OWN_WORDS, sizeof *all);
    if (all == NULL)
        return NULL;
    size_t count = 0, next = 1;
    all[count++] = "exeunt";
    all[count++] = words[0];
    all[count++] = "--results=none";
    for (; words[next] != NULL && strcmp(words[next], "--") != 0; next++)
        all[count++] = words[next];
    all[count++] = "--quiet";
    all[count++] = "--json";
    all[count++] = (char *)document;
    for (; words[next] != NULL; next++)
        all[count++] = words[next];
    return all;
}

static void become(char **command, const char *words, pid_t parent)
{
    int nothing = open("/dev/null", O_RDWR);
    int heard = open(words, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent || nothing < 0 || heard < 0 || dup2(nothing, STDIN_FILENO) < 0 ||
        dup2(nothing, STDOUT_FILENO) < 0 || dup2(heard, STDERR_FILENO) < 0)
        _exit(EXIT_NOT_DONE);
    if (nothing > STDERR_FILENO)
        close(nothing);
    execv("/proc/self/exe", command);
    dprintf(STDERR_FILENO, "exeunt cannot start itself: %s\n", strerror(errno));
    _exit(EXIT_NOT_DONE);
}

/* It ends in order when it is asked to, so it is waited for however long that takes. */
static int wait_for(pid_t pid, const volatile int *interrupted, int *status)
{
    bool asked = false;
    int fd = pidfd_open(pid, 0), ended = 0;
    while (fd >= 0 && ended == 0) {
        struct pollfd look = {.fd = fd, .events = POLLIN};
        ended = poll(&look, 1, LOOK_MS);
        if (ended < 0 && errno == EINTR)
            ended = 0;
        if (!asked && interrupted != NULL && *interrupted != 0)
            asked = kill(pid, SIGTERM) == 0;
    }
    if (fd >= 0)
        close(fd);
    while (waitpid(pid, status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    return 0;
}

/* The last line, without the name of the program. */
static void take_last_words(const char *path, struct part *out)
{
    static const char name[] = "exeunt: ";
    char line[sizeof out->words];
    FILE *file = fopen(path, "re");
    while (file != NULL && fgets(line, sizeof line, file) != NULL) {
        const char *start = strncmp(line, name, strlen(name)) == 0 ? line + strlen(name) : line;
        if (strncmp(start, "Try 'exeunt", strlen("Try 'exeunt")) != 0)
            snprintf(out->words, sizeof out->words, "%.*s", (int)strcspn(start, "\n"), start);
    }
    if (file != NULL)
        fclose(file);
}

int part_run(char *const *words, const char *folder, const volatile int *interrupted, struct part *out,
             struct error *error)
{
    struct part part = {.words = ""};
    char heard[PATH_MAX + 16];
    snprintf(heard, sizeof heard, "%s/words", folder);
    snprintf(part.document, sizeof part.document, "%s/document", folder);
    unlink(part.document);
    char **command = full_command(words, part.document);
    if (command == NULL)
        return error_not_done(error, -ENOMEM, "no memory for a command");
    pid_t parent = getpid(), pid = fork();
    if (pid == 0)
        become(command, heard, parent);
    int status = 0, rc = pid < 0 ? -errno : wait_for(pid, interrupted, &status);
    free(command);
    if (rc != 0)
        return error_not_done(error, rc, "'%s' cannot be run: %s", words[0], strerror(-rc));
    take_last_words(heard, &part);
    part.status = WIFEXITED(status) ? (unsigned)WEXITSTATUS(status) : EXIT_NOT_DONE;
    if (WIFSIGNALED(status))
        snprintf(part.words, sizeof part.words, "it was ended by signal %d (%s)", WTERMSIG(status),
                 strsignal(WTERMSIG(status)));
    *out = part;
    return 0;
}
