/* Decides what is said of a file that is damaged: what is wrong with it, and what is missing in that which is
 * shown. */
#include "results.h"

#include <errno.h>

static int use_file(const char *file, results_use *use, void *context, struct error *error)
{
    struct store *store;
    int failed = store_open(file, STORE_READ, &store, error);
    if (failed != 0)
        return failed;
    failed = use(store, context, error);
    store_close(store);
    return failed;
}

/* That something asked for is not there may be the damage's doing. */
static int use_rest(const char *file, results_use *use, void *context, struct error *error)
{
    static const char advice[] =
        "move it away, and a new one will be made; 'sqlite3 FILE .recover' may save more";
    struct store *store;
    struct error met = {.text = ""};
    if (store_salvage(file, &store, &met) != 0)
        return -EBADMSG;
    EXEUNT_GUARD(store, salvaged, store);
    int failed = use(store, context, &met);
    const char *lost = store_lost(store);
    if (failed != 0 && (lost[0] == '\0' || failed == -EBADMSG || met.exit_status != EXIT_USAGE)) {
        *error = met;
        return failed;
    }
    if (failed != 0)
        error_usage(error,
                    "'%s' is damaged: something of table %s cannot be read, perhaps what was asked for; %s",
                    file, lost, advice);
    else if (lost[0] != '\0')
        error_not_done(error, -EBADMSG,
                       "'%s' is damaged: something of table %s cannot be read, and the rest is shown; %s",
                       file, lost, advice);
    else
        error_not_done(error, -EBADMSG, "'%s' is damaged, but every row of it can be read; %s", file, advice);
    return failed != 0 ? -EBADMSG : RESULTS_IN_PART;
}

int results_read(const char *file, results_use *use, void *context, struct error *error)
{
    int failed = use_file(file, use, context, error);
    return failed == -EBADMSG ? use_rest(file, use, context, error) : failed;
}
