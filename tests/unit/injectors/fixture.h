/* Something for calls to work on, and a picture of it by the kernel: raw system calls alone, so that no
 * wrapper sees how the picture is taken. */
#pragma once

#include <dirent.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "network.h"

enum {
    FIXTURE_LENGTH = 100,
    FIXTURE_OFFSET = 10,
    FIXTURE_NAME_MAX = 64,
    FIXTURE_PATH_MAX = 128,
    FIXTURE_AREA = 3 * 4096
};

struct fixture {
    char folder[FIXTURE_NAME_MAX];
    char from[FIXTURE_PATH_MAX];  /* FIXTURE_LENGTH bytes: 0, 1, 2, ... */
    char to[FIXTURE_PATH_MAX];    /* empty */
    char new[FIXTURE_PATH_MAX];   /* not there */
    char empty[FIXTURE_PATH_MAX]; /* an empty folder */
    char pattern[FIXTURE_PATH_MAX];
    int folder_fd;
    int file;     /* `from`, at FIXTURE_OFFSET */
    int other;    /* `to` */
    FILE *stream; /* over `file`, without a buffer */
    DIR *listing;
    int ends[2];
    unsigned char *block;  /* of the heap, FIXTURE_LENGTH bytes as in `from` */
    unsigned char *area;   /* mapped, FIXTURE_AREA bytes that are not 0 */
    pid_t child;           /* has ended and not been waited for; 0: none */
    pthread_mutex_t mutex; /* free, as the rwlock is */
    pthread_rwlock_t rwlock;
    sem_t semaphore;        /* 1 */
    struct network network; /* of calls that need one */
};

struct picture {
    int64_t fds;              /* open descriptors */
    int64_t offset, length;   /* of `file`; -1: it is closed */
    int64_t other_length;     /* of `to` */
    uint64_t sum;             /* of what `from` holds */
    uint64_t from, to, entry; /* inodes of the names, 0: not there; number of names in the folder */
    uint64_t other;           /* inode that `other` refers to, 0: closed */
    uint64_t threads;
    uint64_t network;   /* its sum */
    pid_t child;        /* `child`, or else any other: has ended and can be waited for; 0: none */
    uint64_t pending;   /* signals */
    bool locked;        /* flock on `from` */
    uint64_t heap;      /* bytes in use, by the allocator */
    uint64_t block;     /* sum of what it holds */
    uint64_t maps;      /* sum of what is mapped how, but for heap and stack */
    int area;           /* its first byte, -1: it is not mapped */
    bool mutex, rwlock; /* are held */
    int semaphore;
};

/* Whether pictures have the last four, which other calls change by the way. */
extern bool picture_has_memory;

void fixture_make(struct fixture *fixture);
void fixture_remove(struct fixture *fixture);
struct picture fixture_picture(const struct fixture *fixture);
bool picture_equal(const struct picture *a, const struct picture *b);

/* Whether the lock is held by its own word. */
bool fixture_has_mutex(const struct fixture *fixture);
bool fixture_has_rwlock(const struct fixture *fixture);

/* Whether the stream's error flag is set. False if it is closed. */
bool fixture_marked(const struct fixture *fixture);

/* The C library's own function of that name, past all wrappers. */
void *unwrapped(const char *name);

/* Bytes of that value in both files together. */
long fixture_count(const struct fixture *fixture, unsigned char value);
