/* Children of fork, while a trace is kept: they go on with plan and trace, under a spawn path of their own.
 * The kernel empties the process's state in every child, so the one who forks keeps a copy that the child
 * takes back, in memory of its own: another thread may fork at the same time. Whatever of the ledger is a
 * process's, slots, locks, threads and children, stays the parent's. */
#include "blocks.h"
#include "preload.h"
#include "trace.h"

#include <errno.h>
#include <string.h>

struct following follow_begin(void)
{
    struct self *me = &self;
    struct following following = {0};
    if (LIKELY(preload.trace == NULL) || me->bypass != 0)
        return following;
    int saved = errno;
    following.path = path_below(me, ++me->forks, true, &following.path_hash);
    if (following.path != LEDGER_PATH_UNKNOWN)
        following.kept = blocks_map(sizeof preload);
    if (following.kept != NULL)
        memcpy(following.kept, &preload, sizeof preload);
    errno = saved;
    return following;
}

static void become_child(const struct following *following)
{
    struct self *me = &self;
    memcpy(&preload, following->kept, sizeof preload);
    preload.is_followed = true;
    preload.fd_count = 0;
    self_begin_anew(me);
    me->path = following->path;
    me->path_hash = following->path_hash;
    trace_followed();
}

void follow_end(const struct following *following, pid_t child)
{
    if (LIKELY(following->kept == NULL))
        return;
    int saved = errno;
    if (child == 0)
        become_child(following);
    blocks_unmap(following->kept, sizeof preload);
    errno = saved;
}
