/* A command: `exeunt NAME ...`. One file per command; main.c has the table of them. */
#pragma once

#include "base/error.h"

struct command {
    const char *name;
    /* Does the command's work. argv[0] is the command's name. Returns an exit status, or a negative errno
     * with `error` set. */
    int (*run)(int argc, char **argv, struct error *error);
    const char *summary;
};

int command_list(int argc, char **argv, struct error *error);
int command_run(int argc, char **argv, struct error *error);
int command_compare(int argc, char **argv, struct error *error);
int command_sweep(int argc, char **argv, struct error *error);
int command_gate(int argc, char **argv, struct error *error);
int command_stress(int argc, char **argv, struct error *error);
int command_report(int argc, char **argv, struct error *error);
int command_replay(int argc, char **argv, struct error *error);
