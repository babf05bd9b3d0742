/* The idioms of cleanup: one block for each. */
#pragma once

#include "exit_cell.h"

exit_scene exit_unguarded;               /* whoever leaves early leaves the resource, too */
exit_scene exit_handwritten;             /* a release at every exit that the author sees */
exit_scene exit_push, exit_push_plain;   /* pthread_cleanup_push, built with -fexceptions and without */
exit_scene exit_guard, exit_guard_plain; /* a guard, built with -fexceptions and without */
exit_scene exit_stack;                   /* an exit stack in a guard */
