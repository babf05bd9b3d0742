/* Files and descriptors in a folder of their own, made, looked at and removed by raw system calls. */
#include "fixture.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/hash.h"

static int raw_open(const char *path, int flags)
{
    return (int)syscall(SYS_openat, AT_FDCWD, path, flags, 0600);
}

static bool raw_stat(int folder, const char *path, struct stat *status)
{
    return syscall(SYS_newfstatat, folder, path, status, path[0] == '\0' ? AT_EMPTY_PATH : 0) == 0;
}

static uint64_t inode_of(int folder, const char *path)
{
    struct stat status;
    return raw_stat(folder, path, &status) ? status.st_ino : 0;
}

void *unwrapped(const char *name)
{
    void *library = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
    void *found = library != NULL ? dlsym(library, name) : NULL;
    if (found == NULL)
        abort();
    return found;
}

static FILE *raw_stream(int fd)
{
    FILE *(*make)(int, const char *) = (FILE * (*)(int, const char *)) unwrapped("fdopen");
    FILE *stream = make(fd, "r+");
    if (stream == NULL || setvbuf(stream, NULL, _IONBF, 0) != 0)
        abort();
    return stream;
}

static bool raw_is_open(int fd)
{
    return syscall(SYS_fcntl, fd, F_GETFD) != -1;
}

void fixture_make(struct fixture *fixture)
{
    unsigned char content[FIXTURE_LENGTH];
    for (unsigned i = 0; i < FIXTURE_LENGTH; i++)
        content[i] = (unsigned char)i;
    *fixture = (struct fixture){0};
    char *folder = fixture->folder;
    snprintf(folder, FIXTURE_NAME_MAX, "%s/exeunt-fixture-XXXXXX",
             access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"); /* there are thousands of them */
    if (mkdtemp(folder) == NULL)
        abort();
    snprintf(fixture->from, FIXTURE_PATH_MAX, "%s/from", folder);
    snprintf(fixture->to, FIXTURE_PATH_MAX, "%s/to", folder);
    snprintf(fixture->new, FIXTURE_PATH_MAX, "%s/new", folder);
    snprintf(fixture->empty, FIXTURE_PATH_MAX, "%s/empty", folder);
    snprintf(fixture->pattern, FIXTURE_PATH_MAX, "%s/temp-XXXXXX", folder);
    fixture->listing = fdopendir(raw_open(folder, O_RDONLY | O_DIRECTORY)); /* not wrapped, as opendir is */
    fixture->folder_fd = raw_open(folder, O_RDONLY | O_DIRECTORY);
    fixture->file = raw_open(fixture->from, O_RDWR | O_CREAT);
    fixture->other = raw_open(fixture->to, O_RDWR | O_CREAT);
    if (fixture->listing == NULL || fixture->folder_fd < 0 || fixture->file < 0 || fixture->other < 0 ||
        mkdir(fixture->empty, 0700) != 0 ||
        syscall(SYS_write, fixture->file, content, sizeof content) != (long)sizeof content ||
        syscall(SYS_lseek, fixture->file, FIXTURE_OFFSET, SEEK_SET) != FIXTURE_OFFSET)
        abort();
    fixture->stream = raw_stream(fixture->file);
    fixture->block = malloc(FIXTURE_LENGTH);
    fixture->area = (unsigned char *)syscall(SYS_mmap, NULL, FIXTURE_AREA, PROT_READ | PROT_WRITE,
                                             MAP_PRIVATE | MAP_ANONYMOUS, -1L, 0L);
    if (fixture->block == NULL || fixture->area == MAP_FAILED)
        abort();
    memcpy(fixture->block, content, sizeof content);
    memset(fixture->area, 0x55, FIXTURE_AREA);
    fixture->mutex = (pthread_mutex_t)PTHREAD_MUTEX_INITIALIZER;
    fixture->rwlock = (pthread_rwlock_t)PTHREAD_RWLOCK_INITIALIZER;
    sem_init(&fixture->semaphore, 0, 1);
}

bool fixture_has_mutex(const struct fixture *fixture)
{
    return fixture->mutex.__data.__lock != 0;
}

bool fixture_has_rwlock(const struct fixture *fixture)
{
    return fixture->rwlock.__data.__cur_writer != 0 || fixture->rwlock.__data.__readers >> 3 != 0;
}

/* Removes what is in the folder; a folder that a call made in there is empty. */
static void empty_folder(int folder)
{
    _Alignas(struct dirent64) char names[4096];
    long length;
    syscall(SYS_lseek, folder, 0, SEEK_SET);
    while ((length = syscall(SYS_getdents64, folder, names, sizeof names)) > 0)
        for (long at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(names + at);
            if (syscall(SYS_unlinkat, folder, entry->d_name, 0) != 0)
                syscall(SYS_unlinkat, folder, entry->d_name, AT_REMOVEDIR);
            at += entry->d_reclen;
        }
}

/* Children that a call started are waited for as well: none is to be there in the next picture, or to come
 * late and take the ledger of the next program for its own. */
static void reap_all(void)
{
    while (syscall(SYS_wait4, -1, NULL, 0, NULL) > 0)
        continue;
}

/* The program ends soon: descriptors stay, as those do that a call made. The ledger may hold one of them, and
 * is not to hear that it is closed. */
void fixture_remove(struct fixture *fixture)
{
    int folder = raw_open(fixture->folder, O_RDONLY | O_DIRECTORY);
    empty_folder(folder);
    syscall(SYS_close, folder);
    reap_all();
    if (fixture_has_mutex(fixture))
        pthread_mutex_unlock(&fixture->mutex);
    if (fixture_has_rwlock(fixture))
        pthread_rwlock_unlock(&fixture->rwlock);
    if (syscall(SYS_unlinkat, AT_FDCWD, fixture->folder, AT_REMOVEDIR) != 0)
        abort();
}

static long raw_read(const char *path, unsigned char *content, size_t size)
{
    int fd = raw_open(path, O_RDONLY);
    long length = syscall(SYS_pread64, fd, content, size, 0);
    syscall(SYS_close, fd);
    return length > 0 ? length : 0;
}

static uint64_t sum_of(const char *path)
{
    unsigned char content[4 * FIXTURE_LENGTH];
    uint64_t sum = 0;
    long length = raw_read(path, content, sizeof content);
    for (long at = 0; at < length; at++)
        sum = hash_add(sum, content[at]);
    return sum;
}

bool picture_has_memory;

/* Goes by lines: "[heap]" grows when libfiu allocates, "[stack]" when anybody calls. */
static uint64_t sum_of_maps(void)
{
    static char maps[1 << 16];
    size_t length = 0;
    int fd = raw_open("/proc/self/maps", O_RDONLY);
    for (long got; (got = syscall(SYS_read, fd, maps + length, sizeof maps - 1 - length)) > 0;)
        length += (size_t)got;
    syscall(SYS_close, fd);
    maps[length] = '\0';
    uint64_t sum = 0;
    char *rest = NULL;
    for (char *line = strtok_r(maps, "\n", &rest); line != NULL; line = strtok_r(NULL, "\n", &rest))
        if (strstr(line, "[heap]") == NULL && strstr(line, "[stack]") == NULL)
            sum = hash_add(sum, hash_text(line));
    return sum;
}

static void add_memory(const struct fixture *fixture, struct picture *picture)
{
    unsigned char byte;
    int fd = raw_open("/proc/self/mem", O_RDONLY);
    picture->area = syscall(SYS_pread64, fd, &byte, 1, fixture->area) == 1 ? byte : -1;
    syscall(SYS_close, fd);
    for (unsigned i = 0; i < FIXTURE_LENGTH; i++)
        picture->block = hash_add(picture->block, fixture->block[i]);
    picture->heap = mallinfo2().uordblks;
    picture->maps = sum_of_maps();
}

static bool is_locked(const char *path)
{
    int fd = raw_open(path, O_RDONLY);
    bool locked = fd >= 0 && syscall(SYS_flock, fd, LOCK_EX | LOCK_NB) != 0;
    syscall(SYS_close, fd);
    return locked;
}

static pid_t waitable(pid_t child)
{
    siginfo_t info = {0};
    int kind = child != 0 ? P_PID : P_ALL;
    return syscall(SYS_waitid, kind, child, &info, WEXITED | WNOWAIT, NULL) == 0 ? info.si_pid : 0;
}

struct picture fixture_picture(const struct fixture *fixture)
{
    struct stat status;
    struct picture picture = {
        .fds = -1, .offset = syscall(SYS_lseek, fixture->file, 0, SEEK_CUR), .length = -1};
    if (raw_stat(AT_FDCWD, "/proc/self/fd", &status))
        picture.fds = status.st_size;
    if (raw_stat(AT_FDCWD, "/proc/self/task", &status))
        picture.threads = status.st_nlink;
    if (raw_stat(fixture->file, "", &status))
        picture.length = status.st_size;
    if (raw_stat(fixture->other, "", &status))
        picture.other_length = status.st_size;
    picture.mutex = fixture_has_mutex(fixture);
    picture.rwlock = fixture_has_rwlock(fixture);
    sem_getvalue((sem_t *)&fixture->semaphore, &picture.semaphore);
    picture.sum = sum_of(fixture->from);
    picture.child = waitable(fixture->child);
    syscall(SYS_rt_sigpending, &picture.pending, sizeof picture.pending);
    picture.locked = is_locked(fixture->from);
    picture.from = inode_of(AT_FDCWD, fixture->from);
    picture.to = inode_of(AT_FDCWD, fixture->to);
    picture.other = inode_of(fixture->other, "");
    picture.network = network_sum(&fixture->network);
    char names[2048];
    syscall(SYS_lseek, fixture->folder_fd, 0, SEEK_SET);
    picture.entry = (uint64_t)syscall(SYS_getdents64, fixture->folder_fd, names, sizeof names);
    if (picture_has_memory)
        add_memory(fixture, &picture);
    return picture;
}

bool picture_equal(const struct picture *a, const struct picture *b)
{
    return a->fds == b->fds && a->offset == b->offset && a->length == b->length &&
           a->other_length == b->other_length && a->sum == b->sum && a->from == b->from && a->to == b->to &&
           a->other == b->other && a->entry == b->entry && a->threads == b->threads && a->child == b->child &&
           a->pending == b->pending && a->locked == b->locked && a->heap == b->heap && a->block == b->block &&
           a->maps == b->maps && a->area == b->area && a->mutex == b->mutex && a->rwlock == b->rwlock &&
           a->semaphore == b->semaphore && a->network == b->network;
}

bool fixture_marked(const struct fixture *fixture)
{
    return raw_is_open(fixture->file) && ferror(fixture->stream) != 0;
}

long fixture_count(const struct fixture *fixture, unsigned char value)
{
    const char *const paths[] = {fixture->from, fixture->to};
    unsigned char content[4 * FIXTURE_LENGTH];
    long count = 0;
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        long length = raw_read(paths[i], content, sizeof content);
        for (long at = 0; at < length; at++)
            count += content[at] == value;
    }
    return count;
}
