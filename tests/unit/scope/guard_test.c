/* Guards: each kind releases at the end of its block, hands over, releases early, and reports its failures.
 */
#include "witness.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

TestSuite(guard, .init = watch);

static bool is_open(int fd)
{
    return fcntl(fd, F_GETFD) >= 0;
}

static bool exists(const char *path)
{
    return access(path, F_OK) == 0;
}

static int cancel_state(void)
{
    int state = exeunt_cancel_off();
    exeunt_cancel_restore(state);
    return state;
}

static int open_zero(int *opened)
{
    EXEUNT_GUARD(fd, in, open("/dev/zero", O_RDONLY | O_CLOEXEC));
    if (in < 0)
        return -errno;
    *opened = in;
    return is_open(in);
}

Test(guard, fd_is_closed_on_return)
{
    int opened = -1;
    cr_expect_eq(open_zero(&opened), 1);
    cr_expect_not(is_open(opened));
    cr_expect_eq(reports.count, 0);
}

static int open_missing(void)
{
    EXEUNT_GUARD(fd, in, open("/nowhere/at/all", O_RDONLY | O_CLOEXEC));
    if (in < 0)
        return -errno;
    return 0;
}

Test(guard, a_failed_acquire_is_tested_plainly)
{
    cr_expect_eq(open_missing(), -ENOENT);
    cr_expect_eq(reports.count, 0);
}

Test(guard, the_last_declared_is_released_first)
{
    {
        EXEUNT_GUARD(logged, first, "1");
        EXEUNT_GUARD(logged, second, "2");
        cr_expect(first && second);
    }
    expect_events("21");
}

Test(guard, take_hands_over)
{
    int taken;
    {
        EXEUNT_GUARD(fd, in, open("/dev/zero", O_RDONLY | O_CLOEXEC));
        taken = EXEUNT_TAKE(fd, in);
        cr_expect_eq(in, -1);
    }
    cr_assert(is_open(taken));
    close(taken);
}

Test(guard, release_is_checked_and_leaves_the_guard_empty)
{
    EXEUNT_GUARD(file, full, fopen("/dev/full", "we"));
    cr_assert(full);
    fputs("lost", full);
    errno = ENOTTY;
    cr_expect_eq(EXEUNT_RELEASE(file, full), -ENOSPC);
    cr_expect_eq(errno, ENOTTY);
    cr_expect_null(full);
    cr_expect_eq(EXEUNT_RELEASE(file, full), 0);
    cr_expect_eq(reports.count, 0);
}

Test(guard, a_failing_release_is_reported_and_keeps_errno)
{
    int line;
    {
        // clang-format off
        EXEUNT_GUARD(fd, doomed, open("/dev/zero", O_RDONLY | O_CLOEXEC)); line = __LINE__;
        // clang-format on
        close(doomed);
        errno = ENOTTY;
    }
    cr_expect_eq(errno, ENOTTY);
    cr_assert_eq(reports.count, 1);
    cr_expect_str_eq(reports.place.kind, "fd");
    cr_expect_str_eq(reports.place.name, "doomed");
    cr_expect_str_eq(reports.place.file, __FILE__);
    cr_expect_eq(reports.place.line, line);
    cr_expect_eq(reports.failure.code, -EBADF);
    cr_expect_str_eq(reports.failure.message, "Bad file descriptor");
}

Test(guard, the_default_reporter_writes_one_line)
{
    int ends[2];
    cr_assert_eq(pipe2(ends, O_CLOEXEC), 0);
    exeunt_reporter *ours = exeunt_scope_set_reporter(NULL);
    cr_expect_eq(ours, remember);
    int kept = dup(STDERR_FILENO);
    dup2(ends[1], STDERR_FILENO);
    exeunt_scope_report(&(const struct exeunt_place){"fd", "in", "upload.c", 31}, -EIO);
    dup2(kept, STDERR_FILENO);
    close(kept);
    char line[256] = "";
    cr_expect_gt(read(ends[0], line, sizeof line - 1), 0);
    cr_expect_str_eq(line, "exeunt: upload.c:31: release of fd 'in' failed: Input/output error (-5)\n");
    close(ends[0]);
    close(ends[1]);
}

static int state_of_acquire, state_of_release;

static const char *note_acquire(void)
{
    state_of_acquire = cancel_state();
    return "held";
}

static int note_release(const char *held)
{
    if (held)
        state_of_release = cancel_state();
    return 0;
}
EXEUNT_DEFINE_GUARD(noted, const char *, NULL, note_release);

Test(guard, cancellation_is_off_in_acquire_and_release_only)
{
    {
        EXEUNT_GUARD(noted, held, note_acquire());
        cr_expect_not_null(held);
        cr_expect_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
    }
    cr_expect_eq(state_of_acquire, PTHREAD_CANCEL_DISABLE);
    cr_expect_eq(state_of_release, PTHREAD_CANCEL_DISABLE);
    cr_expect_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
}

static int throw_busy(void)
{
    exeunt_throw(-EBUSY, "acquire throws");
}

static int acquire_throws(void *arg)
{
    EXEUNT_GUARD(fd, never, throw_busy());
    (void)arg;
    return 0;
}

Test(guard, an_acquire_that_throws_leaves_cancellation_as_it_was)
{
    cr_expect_eq(exeunt_try(acquire_throws, NULL, NULL), -EBUSY);
    cr_expect_eq(cancel_state(), PTHREAD_CANCEL_ENABLE);
    cr_expect_eq(reports.count, 0);
}

Test(guard, socket_is_shut_down_for_all_copies)
{
    int ends[2];
    cr_assert_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
    int copy = dup(ends[0]);
    {
        EXEUNT_GUARD(socket, end, ends[0]);
        cr_expect(is_open(end));
    }
    char byte;
    cr_expect_eq(read(ends[1], &byte, 1), 0, "the peer sees the end although a copy is open");
    cr_expect_not(is_open(ends[0]));
    close(ends[1]);
    close(copy);
    {
        EXEUNT_GUARD(socket, unconnected, socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
        cr_expect_geq(unconnected, 0);
    }
    cr_expect_eq(reports.count, 0, "a socket without a peer is no failure");
}

Test(guard, memory_is_freed)
{
    EXEUNT_GUARD(memory, bytes, malloc(100));
    cr_assert_not_null(bytes);
    memset(bytes, 0, 100);
}

Test(guard, mutex_is_unlocked)
{
    pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
    {
        EXEUNT_GUARD(mutex, held, exeunt_mutex_lock(&mutex));
        cr_assert_not_null(held);
        EXEUNT_GUARD(mutex, again, exeunt_mutex_trylock(&mutex));
        cr_expect_null(again);
        cr_expect_eq(errno, EBUSY);
    }
    cr_expect_eq(pthread_mutex_trylock(&mutex), 0);
    pthread_mutex_unlock(&mutex);
}

static void *die_holding(void *mutex)
{
    pthread_mutex_lock(mutex);
    return NULL;
}

Test(guard, a_robust_mutex_of_a_dead_owner_is_held)
{
    pthread_mutexattr_t attributes;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_t mutex;
    pthread_mutex_init(&mutex, &attributes);
    pthread_t owner;
    cr_assert_eq(pthread_create(&owner, NULL, die_holding, &mutex), 0);
    pthread_join(owner, NULL);
    {
        EXEUNT_GUARD(mutex, inherited, exeunt_mutex_lock(&mutex));
        cr_assert_not_null(inherited);
        cr_expect_eq(errno, EOWNERDEAD);
        pthread_mutex_consistent(inherited);
    }
    cr_expect_eq(pthread_mutex_trylock(&mutex), 0);
    pthread_mutex_unlock(&mutex);
    pthread_mutex_destroy(&mutex);
}

Test(guard, rwlock_is_unlocked)
{
    pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
    {
        EXEUNT_GUARD(rwlock, reader, exeunt_rwlock_read(&lock));
        EXEUNT_GUARD(rwlock, another, exeunt_rwlock_tryread(&lock));
        EXEUNT_GUARD(rwlock, writer, exeunt_rwlock_trywrite(&lock));
        cr_expect(reader && another && !writer);
        cr_expect_eq(errno, EBUSY);
    }
    {
        EXEUNT_GUARD(rwlock, writer, exeunt_rwlock_write(&lock));
        EXEUNT_GUARD(rwlock, reader, exeunt_rwlock_tryread(&lock));
        cr_expect(writer && !reader);
    }
    cr_expect_eq(pthread_rwlock_trywrlock(&lock), 0);
    pthread_rwlock_unlock(&lock);
}

Test(guard, temp_is_closed_and_unlinked)
{
    char *path;
    int fd;
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make("/tmp", "exeunt-scope-"));
        cr_assert_geq(temp.fd, 0);
        cr_expect(exists(temp.path));
        path = strdup(temp.path);
        fd = temp.fd;
    }
    cr_expect_not(exists(path));
    cr_expect_not(is_open(fd));
    free(path);
}

Test(guard, temp_is_kept_or_renamed_after_a_checked_close)
{
    EXEUNT_GUARD(memory, dir, strdup("/tmp/exeunt-scope-XXXXXX"));
    cr_assert_not_null(mkdtemp(dir));
    EXEUNT_GUARD(memory, target, malloc(64));
    snprintf(target, 64, "%s/target", (char *)dir);
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make(dir, "t"));
        cr_expect_eq(exeunt_temp_close(&temp), 0);
        cr_expect_eq(temp.fd, -1);
        cr_expect(exists(temp.path));
        cr_expect_eq(exeunt_temp_rename(&temp, target), 0);
        cr_expect_eq(exeunt_temp_rename(&temp, target), -EINVAL);
    }
    cr_expect(exists(target));
    cr_expect_eq(unlink(target), 0);
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make(dir, "t"));
        cr_expect_eq(exeunt_temp_rename(&temp, "/nowhere/at/all"), -ENOENT);
        cr_expect(exists(temp.path), "still ours");
    }
    char kept[64];
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make(dir, "t"));
        snprintf(kept, sizeof kept, "%s", temp.path);
        exeunt_temp_keep(&temp);
    }
    cr_expect(exists(kept));
    cr_expect_eq(unlink(kept), 0);
    cr_expect_eq(rmdir(dir), 0, "nothing else was left behind");
    cr_expect_eq(reports.count, 0);
}

Test(guard, temp_that_cannot_be_closed_or_unlinked_is_reported)
{
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make("/tmp", "exeunt-scope-"));
        cr_assert_geq(temp.fd, 0);
        cr_expect_eq(unlink(temp.path), 0);
    }
    cr_expect_eq(reports.count, 1);
    cr_expect_str_eq(reports.place.kind, "temp");
    cr_expect_eq(reports.failure.code, -ENOENT);
}

/* Goes down through directories with long names, to a path of `length` or more; returns it, to be freed. */
static char *make_deep(const char *top, size_t length)
{
    char name[201];
    memset(name, 'd', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    char *path = strdup(top);
    while (strlen(path) < length) {
        char *deeper;
        cr_assert_gt(asprintf(&deeper, "%s/%s", path, name), 0);
        free(path);
        path = deeper;
        cr_assert_eq(mkdir(path, 0700), 0);
    }
    return path;
}

Test(guard, temp_paths_may_be_long)
{
    char top[] = "/tmp/exeunt-scope-XXXXXX";
    cr_assert_not_null(mkdtemp(top));
    EXEUNT_GUARD(memory, deep, make_deep(top, 3600));
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make(deep, "long-"));
        cr_expect_geq(temp.fd, 0);
        cr_expect_gt(strlen(temp.path), 3600);
    }
    EXEUNT_GUARD(memory, beyond, malloc(6000));
    memset(beyond, 'x', 5999);
    ((char *)beyond)[5999] = '\0';
    {
        EXEUNT_GUARD(temp, temp, exeunt_temp_make(deep, beyond));
        cr_expect_eq(temp.fd, -1);
        cr_expect_null(temp.path);
        cr_expect_eq(errno, ENAMETOOLONG);
    }
    while (strlen(deep) >= strlen(top)) {
        cr_expect_eq(rmdir(deep), 0, "nothing was left in %s", (char *)deep);
        *strrchr(deep, '/') = '\0';
    }
    cr_expect_eq(reports.count, 0);
}

/* Two steps of one release fail: both are told. */
Test(guard, each_failed_step_of_a_release_is_reported)
{
    struct exeunt_temp temp = exeunt_temp_make("/tmp", "exeunt-scope-");
    cr_assert_geq(temp.fd, 0);
    cr_assert_eq(unlink(temp.path), 0);
    close(temp.fd);
    cr_expect_eq(exeunt_temp_release(temp), -EBADF);
    cr_expect_eq(reports.count, 1);
    cr_expect_str_eq(reports.place.kind, "temp");
    cr_expect_eq(reports.failure.code, -ENOENT);
    cr_expect_eq(exeunt_socket_release(temp.fd), -EBADF);
    cr_expect_eq(reports.count, 2);
    cr_expect_str_eq(reports.place.kind, "socket");
}
