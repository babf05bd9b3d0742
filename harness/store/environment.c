/* What a run hangs on beside its command. */
#include <gnu/libc-version.h>
#include <stdio.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "store/commit.h"
#include "store/store.h"

void store_environment_now(const char *target, struct store_environment *out)
{
    *out = (struct store_environment){.exeunt = EXEUNT_VERSION};
    struct utsname system = {0};
    uname(&system);
    snprintf(out->kernel, sizeof out->kernel, "%s", system.release);
    snprintf(out->libc, sizeof out->libc, "glibc %s", gnu_get_libc_version());
    snprintf(out->host, sizeof out->host, "%s", system.nodename);
    snprintf(out->machine, sizeof out->machine, "%s", system.machine);
    if (getcwd(out->folder, sizeof out->folder) == NULL)
        out->folder[0] = '\0';
    commit_of(target, out->target_commit);
}
