/* Decides what is said of a file that is damaged: what is wrong with it, and what is missing in that which is
 * shown. */
#include "results.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>

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
    struct store *store;
    struct error met = {.text = ""};
    char what[300] = "nothing";
    if (store_salvage(file, &store, &met) != 0)
        return -EBADMSG;
    int failed = use(store, context, &met);
    bool is_whole = store_lost(store)[0] == '\0';
    if (!is_whole)
        snprintf(what, sizeof what, "something of table %s", store_lost(store));
    store_close(store);
    bool is_missing = failed != 0 && !is_whole && met.exit_status == EXIT_USAGE;
    if (failed != 0 && !is_missing) {
        *error = met;
        return failed;
    }
    error_not_done(
        error, -EBADMSG,
        "'%s' is damaged: %s cannot be read%s; move it away, and a new one will be made; 'sqlite3 FILE "
        ".recover' may save more",
        file, what, is_missing ? ", perhaps what was asked for" : ", and the rest is shown");
    return is_missing ? -EBADMSG : RESULTS_IN_PART;
}

int results_read(const char *file, results_use *use, void *context, struct error *error)
{
    int failed = use_file(file, use, context, error);
    return failed == -EBADMSG ? use_rest(file, use, context, error) : failed;
}
