/* Which errno each wrapped call can really return, and what the call has done by then: the one table of
 * points. Shared by the preload, which follows it, and by `exeunt list`, which prints it. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The points of the preload's wrappers, one for each function; its 64-bit and fortified twins share it. */
enum fault_point_index {
    POINT_OPEN,
    POINT_OPENAT,
    POINT_CREAT,
    POINT_CLOSE,
    POINT_MKSTEMP,
    POINT_MKOSTEMP,
    POINT_DUP,
    POINT_DUP2,
    POINT_DUP3,
    POINT_FCNTL_DUPFD,
    POINT_PIPE,
    POINT_PIPE2,
    POINT_READ,
    POINT_WRITE,
    POINT_PREAD,
    POINT_PWRITE,
    POINT_READV,
    POINT_WRITEV,
    POINT_LSEEK,
    POINT_FTRUNCATE,
    POINT_FSYNC,
    POINT_FDATASYNC,
    POINT_RENAME,
    POINT_RENAMEAT,
    POINT_RENAMEAT2,
    POINT_UNLINK,
    POINT_UNLINKAT,
    POINT_OPENDIR,
    POINT_CLOSEDIR,
    POINT_STAT,
    POINT_LSTAT,
    POINT_FSTAT,
    POINT_FSTATAT,
    POINT_STATX,
    FAULT_POINTS_COUNT,
};

enum { FAULT_ERRNOS_MAX = 20 };

/* One errno of a profile. */
struct fault_errno {
    int error;      /* positive errno; 0 ends a profile */
    bool realistic; /* the call can return it for a valid request; others must be asked for by name */
    bool done;      /* the call has done its work all the same: so the wrapper really makes it */
};

struct fault_point {
    const char *name;   /* libfiu's name where it has one */
    const char *calls;  /* the functions that are wrapped, separated by spaces */
    const char *source; /* standard or kernel version that has the function */
    bool shortens;      /* takes the kind `short` */
    struct fault_errno errnos[FAULT_ERRNOS_MAX];
};

extern const struct fault_point fault_points[FAULT_POINTS_COUNT];

/* The errno of the profile, or NULL if the call never returns it. */
const struct fault_errno *fault_errno_of(const struct fault_point *point, int error);

/* The realistic errno that `choice` picks, or NULL if the profile has none. */
const struct fault_errno *fault_realistic(const struct fault_point *point, uint64_t choice);
