/* Activity: whether anything of a family of processes has run, by the kernel's word. */
#pragma once

#include <stdint.h>
#include <sys/types.h>

/* A figure that changes whenever a task of the process, or of whatever descends from it, has run, by the
 * supervisor's /proc. 0: the kernel does not tell, or nobody is there. */
uint64_t activity_of(pid_t process);
