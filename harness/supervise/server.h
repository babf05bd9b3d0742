/* The fork server, as the supervisor sees it: the program, contained like every child, stopped before its
 * main. What it forks has the namespace to itself. */
#pragma once

#include <stdbool.h>

#include "ledger/serve.h"
#include "supervise/child.h"

struct server {
    struct child child;
    int socket; /* readable when there is news; -1: there is no server */
    int proc;   /* our /proc */
};

/* Starts one for the program of the options, whose streams and socket are the server's own. `input` is its
 * standard input, at its start. Returns 0, -EOPNOTSUPP if the program cannot be forked safely there or is not
 * contained by a PID namespace, or another negative errno, both with `error` set. To be ended with
 * server_end, in the thread that started it. */
int server_start(const struct child_options *options, int input, struct server *out, struct error *error);

/* Orders a run with these streams. False: the server is lost. */
bool server_run(const struct server *server, const int streams[3]);

/* Orders the end of the run and all that descend from it. */
void server_end_run(const struct server *server);

/* The next report, once the socket is readable. False: the server is lost. */
bool server_report(const struct server *server, struct serve_report *out);

/* Ends the server and all that descends from it. Accepts one that is not there. */
void server_end(struct server *server);
