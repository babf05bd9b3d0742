/* Finds workloads, variants and settings by name, and says which name was probably meant. */
#include "target.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/text.h"

enum { TYPED_MAX = 64, HINT_MAX = 96 };

static const char *workload_name(const void *of, size_t index)
{
    (void)of;
    const struct exeunt_workload *workload = exeunt_workload_at(index);
    return workload != NULL ? workload->name : NULL;
}

static const char *variant_name(const void *of, size_t index)
{
    return ((const struct exeunt_variant *)of)[index].name;
}

static const char *setting_key(const void *of, size_t index)
{
    return ((const struct exeunt_setting *)of)[index].key;
}

int target_no_program(const char *typed, const char *command, struct error *error)
{
    char name[TYPED_MAX];
    snprintf(name, sizeof name, "%.*s", (int)strcspn(typed, "/"), typed);
    if (exeunt_workload_named(name) != NULL || access(typed, X_OK) != 0)
        return 0;
    return error_usage(error, "'%.80s' is a program: put '--' before it, as in: exeunt %s -- %.80s", typed,
                       command, typed);
}

static int find_workload(const char *typed, const char *name, struct campaign_options *campaign,
                         struct error *error)
{
    char hint[HINT_MAX];
    const struct exeunt_workload *workload = exeunt_workload_named(name);
    if (workload == NULL && target_no_program(typed, "run", error) != 0)
        return -EINVAL;
    if (workload == NULL)
        return error_usage(error, "there is no workload '%s'%s; 'exeunt list' names them", name,
                           text_hint(hint, sizeof hint, name, workload_name, NULL));
    campaign_choose(campaign, workload);
    return 0;
}

int target_workload(const char *typed, struct campaign_options *campaign, struct error *error)
{
    char name[TYPED_MAX];
    size_t length = strcspn(typed, "/");
    snprintf(name, sizeof name, "%.*s", (int)length, typed);
    int rc = find_workload(typed, name, campaign, error);
    if (rc == 0 && typed[length] == '/')
        return error_usage(error,
                           "'%.80s' names a variant, but all variants of '%s' are compared: leave it out",
                           typed, name);
    return rc;
}

/* "upload/unguarded, upload/guarded": the variants that can be asked for. */
static void write_variants(char *to, size_t size, const struct exeunt_workload *workload)
{
    size_t end = 0;
    to[0] = '\0';
    for (const struct exeunt_variant *variant = workload->variants; variant->name != NULL && end < size;
         variant++)
        end += (size_t)snprintf(to + end, size - end, "%s%s/%s", end == 0 ? "" : ", ", workload->name,
                                variant->name);
}

int target_variant(const char *typed, struct campaign_options *campaign, struct error *error)
{
    char name[TYPED_MAX], hint[HINT_MAX], known[256];
    size_t length = strcspn(typed, "/");
    snprintf(name, sizeof name, "%.*s", (int)length, typed);
    int rc = find_workload(typed, name, campaign, error);
    if (rc < 0)
        return rc;
    write_variants(known, sizeof known, campaign->workload);
    if (typed[length] == '\0')
        return error_usage(error, "'%s' has several variants: say which (%s)", name, known);
    const char *wanted = typed + length + 1;
    for (const struct exeunt_variant *variant = campaign->workload->variants; variant->name != NULL;
         variant++) {
        if (strcmp(variant->name, wanted) == 0) {
            campaign->variant = variant;
            return 0;
        }
    }
    return error_usage(error, "workload '%s' has no variant '%.64s'%s; it has %s", name, wanted,
                       text_hint(hint, sizeof hint, wanted, variant_name, campaign->workload->variants),
                       known);
}

int target_setting(const char *typed, struct campaign_options *campaign, struct error *error)
{
    const struct exeunt_setting *settings = campaign->workload->settings;
    char key[TYPED_MAX], hint[HINT_MAX];
    size_t length = strcspn(typed, "=");
    snprintf(key, sizeof key, "%.*s", (int)length, typed);
    if (typed[length] == '\0')
        return error_usage(error, "--set '%s' has no value: write --set KEY=VALUE", key);
    const char *value = typed + length + 1;
    for (size_t i = 0; settings[i].key != NULL; i++) {
        if (strcmp(settings[i].key, key) != 0)
            continue;
        if (text_number(value, settings[i].low, settings[i].high, &campaign->settings[i]) != 0)
            return error_usage(error,
                               "--set %s: '%.64s' is not a whole number from %" PRIu64 " to %" PRIu64 " (%s)",
                               key, value, settings[i].low, settings[i].high, settings[i].help);
        return 0;
    }
    return error_usage(error, "workload '%s' has no setting '%s'%s; 'exeunt list' names them",
                       campaign->workload->name, key,
                       text_hint(hint, sizeof hint, key, setting_key, settings));
}
