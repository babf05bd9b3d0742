/* The pipes have the program's process number in its own PID namespace in their names, which is what fiu-ctrl
 * must be given. */
#include "campaign/remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"

int remote_open(struct ledger_view *ledger, struct remote *out, struct error *error)
{
    struct remote remote = {.told = false};
    int failed = folder_make(remote.folder, error);
    if (failed != 0)
        return failed;
    char *prefix = ledger->ledger->remote;
    if (snprintf(prefix, LEDGER_REMOTE_MAX, "%s/fiu", remote.folder) >= LEDGER_REMOTE_MAX) {
        remote_close(&remote);
        return error_not_done(error, -ENAMETOOLONG,
                              "the path of the temporary folder is too long; set TMPDIR");
    }
    *out = remote;
    return 0;
}

void remote_tell(struct remote *remote, const struct ledger_view *ledger)
{
    if (remote->folder[0] == '\0' || remote->told || ledger->ledger->remote_open == 0)
        return;
    remote->told = true;
    fprintf(stderr, "exeunt: switch points with: fiu-ctrl -f %s/fiu -c 'enable name=POINT' %u\n",
            remote->folder, ledger->ledger->attached);
}

void remote_close(struct remote *remote)
{
    if (remote->folder[0] != '\0')
        folder_remove(remote->folder);
    *remote = (struct remote){.told = false};
}
