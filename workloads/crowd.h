/* The clients' process, as the service's has it: told which client is to come, and when the service is done
 * with one. It ends with the process that started it, however that ends.
 *
 * None of its calls can be failed, and none of its descriptors counts: it is the stage, not the play. */
#pragma once

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "doors.h"

struct crowd {
    pid_t process; /* 0: none */
    int wire;
};

struct crowd_options {
    const char *program; /* its path */
    const char *folder;
    uint64_t seed;
    uint64_t misbehave_percent;
    const struct doors *doors;
};

/* What is said on the wire: packets, orders one way and answers the other. */
enum order_kind { ORDER_COME = 1, ORDER_OVER, ORDER_END };

struct order {
    uint32_t kind;
    int32_t status;  /* ORDER_OVER: of the operation, 0 or a negative errno */
    uint64_t number; /* of the client */
};

struct answer {
    int32_t error; /* 0, or why it could not be done: positive */
    uint32_t reserved;
    uint64_t number; /* of the client */
};

/* The path of the clients' program, which lies beside the one that this process runs. Returns 0 or a negative
 * errno with a reason. */
int crowd_program(char path[PATH_MAX], struct exeunt_reason *reason);

/* Starts the process and waits until it is there. Returns 0 or a negative errno with a reason. */
int crowd_start(const struct crowd_options *options, struct crowd *out, struct exeunt_reason *reason);

/* Has client `number` come to a door: it stands there, or will at once. One thread at a time. Ends this
 * process with a sentence if the client cannot come: then nothing that follows would mean anything. */
void crowd_call(const struct crowd *crowd, uint64_t number);

/* Tells that the service is done with client `number`, and how. Any thread. */
void crowd_tell_over(const struct crowd *crowd, uint64_t number, int status);

/* Waits until all have written down what they saw, and for the end of the process. */
void crowd_end(struct crowd *crowd);
