/* The pipes have the program's process number in its own PID namespace in their names, which is what fiu-ctrl
 * must be given. */
#include "campaign/remote.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/folder.h"
#include "base/text.h"

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

static const char *known_point(const void *of, size_t index)
{
    static char name[PLAN_POINT_NAME_MAX];
    if (index >= ledger_point_count(of))
        return NULL;
    ledger_point_name(of, (uint32_t)index, name);
    return name;
}

static bool is_met(const struct ledger_view *ledger, const char *pattern)
{
    const char *name;
    for (size_t i = 0; (name = known_point(ledger, i)) != NULL; i++)
        if (plan_matches(pattern, name))
            return true;
    return false;
}

void remote_unmet(const struct ledger_view *ledger, char *note, size_t size)
{
    uint32_t count = ledger->ledger->switched_count;
    for (uint32_t i = 0; i < count && i < LEDGER_SWITCHED_MAX; i++) {
        char name[PLAN_POINT_NAME_MAX], hint[96] = "";
        size_t length = strlen(note);
        snprintf(name, sizeof name, "%.*s", PLAN_POINT_NAME_MAX - 1, ledger->ledger->switched[i]);
        if (is_met(ledger, name))
            continue;
        snprintf(note + length, size - length,
                 "%sfiu-ctrl switched '%s', but the program met no point of that name%s",
                 length > 0 ? "; " : "", name, text_hint(hint, sizeof hint, name, known_point, ledger));
        return;
    }
}

void remote_close(struct remote *remote)
{
    if (remote->folder[0] != '\0')
        folder_remove(remote->folder);
    *remote = (struct remote){.told = false};
}
