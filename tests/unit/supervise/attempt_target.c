/* The program whose attempts are tested: its first argument says how it behaves, its second with what. */
#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char **environ;

enum { EXIT_UNABLE = 99 };

static void need(int held, const char *what)
{
    if (held)
        return;
    fprintf(stderr, "target: %s: %s\n", what, strerror(errno));
    exit(EXIT_UNABLE);
}

static _Noreturn void stay(void)
{
    for (;;)
        pause();
}

static int leave(const char *status)
{
    return atoi(status);
}

static int leave_at_once(const char *status)
{
    printf("not flushed");
    _exit(atoi(status));
}

static int end_by(const char *number)
{
    raise(atoi(number));
    return EXIT_UNABLE;
}

static int hang(const char *none)
{
    (void)none;
    stay();
}

static int ignore_terms(const char *none)
{
    (void)none;
    signal(SIGTERM, SIG_IGN);
    raise(SIGTERM);
    stay();
}

static int lock_up(const char *unused)
{
    (void)unused;
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_mutex_lock(&mutex);
    pthread_mutex_lock(&mutex);
    return EXIT_UNABLE;
}

/* Holds a lock and is slow: waits for it end by themselves. */
static void *hold_for_a_while(void *mutex)
{
    pthread_mutex_lock(mutex);
    nanosleep(&(struct timespec){.tv_nsec = 100000000}, NULL);
    pthread_mutex_unlock(mutex);
    return NULL;
}

static int contend(const char *none)
{
    (void)none;
    static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    pthread_t threads[2];
    for (int i = 0; i < 2; i++)
        need(pthread_create(&threads[i], NULL, hold_for_a_while, &mutex) == 0, "pthread_create");
    for (int i = 0; i < 2; i++)
        pthread_join(threads[i], NULL);
    return 0;
}

/* Bytes that tell where they stand. */
static int write_bytes(const char *count)
{
    static char bytes[1 << 16];
    long left = atol(count);
    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (char)('a' + i % 26);
    while (left > 0) {
        ssize_t length = write(STDOUT_FILENO, bytes, left < (long)sizeof bytes ? (size_t)left : sizeof bytes);
        need(length > 0, "write");
        left -= length;
    }
    return 0;
}

static int write_without_end(const char *none)
{
    (void)none;
    while (write(STDERR_FILENO, "and on ", 7) == 7)
        ;
    return EXIT_UNABLE;
}

static int copy_input(const char *none)
{
    (void)none;
    char bytes[100];
    ssize_t length;
    while ((length = read(STDIN_FILENO, bytes, sizeof bytes)) > 0)
        need(write(STDOUT_FILENO, bytes, (size_t)length) == length, "write");
    return 0;
}

static int leave_for(long ns)
{
    pid_t child = fork();
    need(child >= 0, "fork");
    if (child != 0)
        return 0;
    if (ns == 0)
        stay();
    nanosleep(&(struct timespec){.tv_nsec = ns}, NULL);
    _exit(0);
}

static int leave_for_a_moment(const char *none)
{
    (void)none;
    return leave_for(50000000);
}

static int leave_daemons(const char *count)
{
    for (int i = atoi(count); i > 0; i--)
        leave_for(0);
    return 0;
}

static int close_all(const char *status)
{
    close_range(0, ~0U, 0);
    return atoi(status);
}

static int remove_folder(const char *none)
{
    (void)none;
    char folder[4096];
    need(getcwd(folder, sizeof folder) != NULL && rmdir(folder) == 0, "rmdir");
    return 0;
}

static int open_first(const char *path)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd >= 0 ? fd : 100 + errno;
}

/* What is found at the start: variables, working folder, descriptors, blocked signals, process group. */
static int tell_environment(const char *none)
{
    (void)none;
    char folder[4096];
    size_t size = 0;
    sigset_t blocked;
    for (char **variable = environ; *variable != NULL; variable++) {
        size += strlen(*variable) + 1;
        if (strncmp(*variable, "EXEUNT_LEDGER=", strlen("EXEUNT_LEDGER=")) != 0)
            puts(*variable);
    }
    sigprocmask(SIG_SETMASK, NULL, &blocked);
    printf("%zu bytes, in %s, blocked: %d, own group: %d\n", size, getcwd(folder, sizeof folder),
           !sigisemptyset(&blocked), getpgrp() == getpid());
    for (int fd = 0; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            printf("descriptor %d\n", fd);
    return 0;
}

/* Tells whoever listens at that path that it is there, by a socket that says who it is. */
static int show(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path, sizeof address.sun_path, "%s", path);
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    need(connect(fd, (struct sockaddr *)&address, sizeof address) == 0, path);
    return fd;
}

static int be_seen(const char *path)
{
    show(path);
    stay();
}

/* Then waits for a word before it does harm to itself. */
static int lock_up_when_told(const char *path)
{
    char byte;
    need(recv(show(path), &byte, 1, 0) == 1, "recv");
    return lock_up(path);
}

/* One after the other, each in a session of its own, all holding the socket. */
static int fork_for_ever(const char *path)
{
    show(path);
    pid_t child = fork();
    need(child >= 0, "fork");
    while (child == 0) {
        setsid();
        child = fork();
        if (child > 0)
            _exit(0);
    }
    stay();
}

static int change_files(const char *none)
{
    (void)none;
    int fd = open("made", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
    need(fd >= 0 && write(fd, "made", 4) == 4, "made");
    need(unlink("removed") == 0, "removed");
    need(truncate("changed", 1) == 0, "changed");
    return 0;
}

int main(int count, char **arguments)
{
    static const struct {
        const char *name;
        int (*act)(const char *);
    } modes[] = {
        {"exit", leave},
        {"exit-at-once", leave_at_once},
        {"signal", end_by},
        {"hang", hang},
        {"ignore-terms", ignore_terms},
        {"lock-up", lock_up},
        {"contend", contend},
        {"write", write_bytes},
        {"write-without-end", write_without_end},
        {"copy-input", copy_input},
        {"leave-for-a-moment", leave_for_a_moment},
        {"leave-daemons", leave_daemons},
        {"fork-for-ever", fork_for_ever},
        {"close-all", close_all},
        {"remove-folder", remove_folder},
        {"open", open_first},
        {"environment", tell_environment},
        {"be-seen", be_seen},
        {"lock-up-when-told", lock_up_when_told},
        {"change-files", change_files},
    };
    for (size_t i = 0; i < sizeof modes / sizeof *modes; i++)
        if (count > 2 && strcmp(arguments[1], modes[i].name) == 0)
            return modes[i].act(arguments[2]);
    return EXIT_UNABLE;
}
