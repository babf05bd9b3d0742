/* The one table of points, by index: which errno each wrapped call can really return. The preload follows
 * it, `exeunt list` prints it, plans are held against it. */
#pragma once

#include "plan/profile.h"

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
    POINT_RMDIR,
    POINT_REMOVE,
    POINT_OPENDIR,
    POINT_CLOSEDIR,
    POINT_STAT,
    POINT_LSTAT,
    POINT_FSTAT,
    POINT_FSTATAT,
    POINT_STATX,
    /* io.c: more descriptors */

    /* stdio.c */
    POINT_FOPEN,
    POINT_FDOPEN,
    POINT_FREOPEN,
    POINT_FCLOSE,
    POINT_FMEMOPEN,
    POINT_OPEN_MEMSTREAM,
    POINT_POPEN,
    POINT_PCLOSE,
    POINT_TMPFILE,
    POINT_FREAD,
    POINT_FWRITE,
    POINT_FGETC,
    POINT_GETC,
    POINT_GETCHAR,
    POINT_FGETS,
    POINT_GETLINE,
    POINT_GETDELIM,
    POINT_FPUTC,
    POINT_PUTC,
    POINT_PUTCHAR,
    POINT_FPUTS,
    POINT_PUTS,
    POINT_PRINTF,
    POINT_FPRINTF,
    POINT_DPRINTF,
    POINT_VPRINTF,
    POINT_VFPRINTF,
    POINT_VDPRINTF,
    POINT_FFLUSH,
    POINT_FSEEK,
    POINT_FSEEKO,
    POINT_FSETPOS,
    POINT_FTELL,
    POINT_FTELLO,
    POINT_FGETPOS,

    /* mem.c */

    /* proc.c */

    /* thread.c */
    POINT_PTHREAD_CREATE,

    FAULT_POINTS_COUNT,
};
