/* Decides what it means that a resource is kept from leaking: the next one who wants it gets it. A descriptor
 * holds a lock on its file, a socket holds its address, a transaction the database; a mutex lies in shared
 * memory; a temporary file has a name.
 *
 * That is asked the same way in the same process and after its end, so the table has one measure. After
 * its end the kernel has closed descriptors and sockets, SQLite rolls back what it finds half done, and a
 * robust mutex is handed on with EOWNERDEAD: nobody is left who could give it back, and the next one can
 * repair. While the process lives, EOWNERDEAD says that a thread went and left its mutex locked. */
#include "exit_cell.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/hash.h"

static const char temp_prefix[] = "held-";

/* The path of `name` in the cell's folder. Returns `path`. */
static char *within(const char *folder, const char *name, char path[PATH_MAX])
{
    if (snprintf(path, PATH_MAX, "%s/%s", folder, name) >= PATH_MAX)
        path[0] = '\0';
    return path;
}

static void note(struct cell *cell, int failure)
{
    cell->failure = failure;
    cell->taken = failure == 0;
}

/* ---- Descriptor: it holds a lock on its file --------------------------------------------------------- */

static int lock_file(const char *folder)
{
    char path[PATH_MAX];
    EXEUNT_GUARD(fd, file, open(within(folder, "file", path), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (file < 0 || flock(file, LOCK_EX | LOCK_NB) != 0)
        return -1;
    return EXEUNT_TAKE(fd, file);
}

int descriptor_take(struct cell *cell)
{
    int fd = lock_file(cell->folder);
    note(cell, fd >= 0 ? 0 : -errno);
    return fd;
}

static void take_descriptor(struct cell *cell)
{
    cell->fd = descriptor_take(cell);
}

static void give_descriptor(struct cell *cell)
{
    exeunt_fd_release(cell->fd);
}

static int look_for_descriptor(const char *folder, bool process_ended)
{
    (void)process_ended;
    EXEUNT_GUARD(fd, file, lock_file(folder));
    return file >= 0 ? 0 : errno == EWOULDBLOCK ? -EBUSY : -errno;
}

/* ---- Mutex: in shared memory, and robust ------------------------------------------------------------- */

static pthread_mutex_t *map_mutex(const char *folder, int flags)
{
    char path[PATH_MAX];
    EXEUNT_GUARD(fd, file, open(within(folder, "mutex", path), O_RDWR | O_CLOEXEC | flags, 0600));
    if (file < 0 || ftruncate(file, sizeof(pthread_mutex_t)) != 0)
        return NULL;
    void *memory = mmap(NULL, sizeof(pthread_mutex_t), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    return memory != MAP_FAILED ? memory : NULL;
}

/* It stays mapped: the kernel still has it in the list of a thread that leaves it locked. */
static int open_mutex(struct cell *cell)
{
    pthread_mutexattr_t attributes;
    cell->mutex = map_mutex(cell->folder, O_CREAT);
    if (cell->mutex == NULL)
        return -errno;
    pthread_mutexattr_init(&attributes);
    pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED);
    pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST);
    int failed = -pthread_mutex_init(cell->mutex, &attributes);
    pthread_mutexattr_destroy(&attributes);
    return failed;
}

pthread_mutex_t *mutex_take(struct cell *cell)
{
    pthread_mutex_t *held = exeunt_mutex_lock(cell->mutex);
    note(cell, held != NULL ? 0 : -errno);
    return held;
}

static void take_mutex(struct cell *cell)
{
    mutex_take(cell);
}

static void give_mutex(struct cell *cell)
{
    exeunt_mutex_release(cell->mutex);
}

static int look_for_mutex(const char *folder, bool process_ended)
{
    pthread_mutex_t *mutex = map_mutex(folder, 0);
    if (mutex == NULL)
        return -errno;
    int got = pthread_mutex_trylock(mutex);
    if (got == EOWNERDEAD)
        pthread_mutex_consistent(mutex);
    if (got == 0 || got == EOWNERDEAD)
        pthread_mutex_unlock(mutex);
    munmap(mutex, sizeof *mutex);
    return got == EOWNERDEAD ? (process_ended ? 0 : -EBUSY) : -got;
}

/* ---- Transaction: it holds the database -------------------------------------------------------------- */

static sqlite3 *connect_to(const char *folder, int flags)
{
    char path[PATH_MAX];
    sqlite3 *db = connection_open(within(folder, "database", path), SQLITE_OPEN_READWRITE | flags);
    if (db != NULL) /* whoever looks does not wait */
        sqlite3_busy_timeout(db, 0);
    return db;
}

static int open_database(struct cell *cell)
{
    cell->db = connect_to(cell->folder, SQLITE_OPEN_CREATE);
    if (cell->db == NULL)
        return -errno;
    int failed = database_run(cell->db, "PRAGMA synchronous = OFF", NULL, 0);
    if (failed == 0)
        failed = database_run(cell->db, "CREATE TABLE half (filling BLOB)", NULL, 0);
    /* So small that what is written goes to the file before the end of the transaction. */
    return failed != 0 ? failed : database_run(cell->db, "PRAGMA cache_size = 1", NULL, 0);
}

sqlite3 *transaction_take(struct cell *cell)
{
    int failed = transaction_begin(cell->db);
    if (failed == 0)
        failed = database_run(cell->db, "INSERT INTO half VALUES (zeroblob(200000))", NULL, 0);
    note(cell, failed);
    return failed == 0 ? cell->db : NULL;
}

static void take_transaction(struct cell *cell)
{
    transaction_take(cell);
}

static void give_transaction(struct cell *cell)
{
    transaction_release(cell->db);
}

static int look_for_transaction(const char *folder, bool process_ended)
{
    (void)process_ended;
    EXEUNT_GUARD(connection, db, connect_to(folder, 0));
    int64_t halves = 0, whole = 0;
    if (db == NULL)
        return -errno;
    int failed = transaction_begin(db);
    if (failed == 0)
        failed = database_number(db, "SELECT count(*) FROM half", NULL, 0, &halves);
    if (failed == 0)
        failed =
            database_number(db, "SELECT integrity_check = 'ok' FROM pragma_integrity_check", NULL, 0, &whole);
    if (failed == 0 && (halves != 0 || whole != 1))
        failed = -EBUSY;
    return failed;
}

/* ---- Socket: it holds its address -------------------------------------------------------------------- */

/* In the abstract namespace, so that it is free once the socket is closed. */
static int bind_socket(const char *folder)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "exeunt-exits-%016llx",
             (unsigned long long)hash_text(folder));
    EXEUNT_GUARD(fd, bound, socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (bound < 0 || bind(bound, (struct sockaddr *)&address, sizeof address) != 0)
        return -1;
    return EXEUNT_TAKE(fd, bound);
}

int socket_take(struct cell *cell)
{
    int fd = bind_socket(cell->folder);
    note(cell, fd >= 0 ? 0 : -errno);
    return fd;
}

static void take_socket(struct cell *cell)
{
    cell->fd = socket_take(cell);
}

static void give_socket(struct cell *cell)
{
    exeunt_socket_release(cell->fd);
}

static int look_for_socket(const char *folder, bool process_ended)
{
    (void)process_ended;
    EXEUNT_GUARD(fd, bound, bind_socket(folder));
    return bound >= 0 ? 0 : errno == EADDRINUSE ? -EBUSY : -errno;
}

/* ---- Temporary file: it has a name ------------------------------------------------------------------- */

struct exeunt_temp temp_take(struct cell *cell)
{
    struct exeunt_temp temp = exeunt_temp_make(cell->folder, temp_prefix);
    note(cell, temp.fd >= 0 ? 0 : -errno);
    return temp;
}

static void take_temp(struct cell *cell)
{
    cell->temp = temp_take(cell);
}

static void give_temp(struct cell *cell)
{
    exeunt_temp_release(cell->temp);
}

static int look_for_temp(const char *folder, bool process_ended)
{
    (void)process_ended;
    DIR *entries = opendir(folder);
    if (entries == NULL)
        return -errno;
    int left = 0;
    for (const struct dirent *entry; (entry = readdir(entries)) != NULL;)
        if (strncmp(entry->d_name, temp_prefix, strlen(temp_prefix)) == 0)
            left = -EBUSY;
    closedir(entries);
    return left;
}

/* ---- Any of them ------------------------------------------------------------------------------------- */

static int open_nothing(struct cell *cell)
{
    (void)cell;
    return 0;
}

static const struct {
    int (*open)(struct cell *cell);
    void (*take)(struct cell *cell);
    void (*give)(struct cell *cell);
    int (*look)(const char *folder, bool process_ended);
} resources[EXIT_RESOURCES] = {
    [DESCRIPTOR] = {open_nothing, take_descriptor, give_descriptor, look_for_descriptor},
    [MUTEX] = {open_mutex, take_mutex, give_mutex, look_for_mutex},
    [TRANSACTION] = {open_database, take_transaction, give_transaction, look_for_transaction},
    [SOCKET] = {open_nothing, take_socket, give_socket, look_for_socket},
    [TEMPORARY_FILE] = {open_nothing, take_temp, give_temp, look_for_temp},
};

int cell_open(struct cell *cell)
{
    if (mkdir(cell->folder, 0700) != 0)
        return -errno;
    return resources[cell->resource].open(cell);
}

void cell_close(struct cell *cell)
{
    connection_close(cell->db);
    cell->db = NULL;
}

void cell_take(struct cell *cell)
{
    resources[cell->resource].take(cell);
}

void cell_give(void *arg)
{
    struct cell *cell = arg;
    if (cell->taken)
        resources[cell->resource].give(cell);
    cell->taken = false;
}

int cell_look(const char *folder, enum exit_resource resource, bool process_ended)
{
    return resources[resource].look(folder, process_ended);
}
