/* Sockets for calls to work on, all within this machine: made, looked at and closed by raw system calls. */
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/select.h>

struct network {
    bool made;
    int pair[2];  /* of UNIX sockets, connected; NETWORK_QUEUED bytes wait in the second, and a descriptor */
    int listener; /* TCP; one connection waits in it */
    struct sockaddr_in address; /* its address */
    int waiting;                /* the connection's other side */
    int fresh;                  /* TCP; neither bound nor connected */
    int epoll;                  /* has the second of the pair */
    struct pollfd polled[2];    /* the pair, for reading */
    fd_set selected;            /* the same */
};
enum { NETWORK_QUEUED = 40 };

/* The bytes that wait are `first`, `first` + 1, ... */
void network_make(struct network *network, unsigned char first);

/* A sum of all that calls can change in the sockets. 0: they are not made. */
uint64_t network_sum(const struct network *network);

/* Bytes that wait in the socket. */
long network_queued(int socket);
