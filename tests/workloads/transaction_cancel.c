/* Transfers that are cancelled leave no descriptor, lock, connection or transaction. Half of them are
 * cancelled at one of the places where the transfer allows it, the others while SQLite does a call of the
 * system, which must not be felt there.
 *
 * Usage: transaction_cancel CANCELLATIONS SEED */
#include <stdio.h>
#include <unistd.h>

#include "cancellation.h"
#include "database.h"

/* SQLite is not written to be cancelled within its calls: it must be safe from that. */
static void count_call(void)
{
    if (!cancellation_call())
        fprintf(stderr, "SQLite could have been cancelled\n");
}

static ssize_t pread_counted(int fd, void *buffer, size_t size, off_t offset)
{
    count_call();
    return pread(fd, buffer, size, offset);
}

static ssize_t pwrite_counted(int fd, const void *buffer, size_t size, off_t offset)
{
    count_call();
    return pwrite(fd, buffer, size, offset);
}

static void count_calls(void)
{
    sqlite3_vfs *system = sqlite3_vfs_find(NULL);
    system->xSetSystemCall(system, "pread64", (sqlite3_syscall_ptr)pread_counted);
    system->xSetSystemCall(system, "pwrite64", (sqlite3_syscall_ptr)pwrite_counted);
}

int main(int argc, char **argv)
{
    static const struct cancellation transaction = {
        .workload = "transaction", .settings = {64, 8, 0}, .places = 9, .calls = 24, .opened = count_calls};
    return cancellation_main(&transaction, argc, argv);
}
