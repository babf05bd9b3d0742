/* The report for machines: the document, one JSON object on one line, keys always in the same order. */
#include <errno.h>

#include "document.h"
#include "report.h"
#include "sweep.h"

/* Ends the object. */
static int dump(json_t *root, FILE *out)
{
    if (root == NULL)
        return -ENOMEM;
    errno = 0;
    bool written = json_dumpf(root, out, JSON_COMPACT) == 0 && putc('\n', out) != EOF && fflush(out) == 0;
    int reason = errno;
    json_decref(root);
    if (written && !ferror(out))
        return 0;
    return reason != 0 ? -reason : -EIO;
}

static int write_json(const struct result *result, const struct report_options *options, FILE *out)
{
    (void)options;
    return result->seed > INT64_MAX ? -ERANGE : dump(document_of_result(result), out);
}

static int write_sweep(const struct sweep_result *result, const struct report_options *options, FILE *out)
{
    (void)options;
    return dump(sweep_document(result), out);
}

static int write_suite(const struct suite *suite, const struct report_options *options, FILE *out)
{
    (void)options;
    return dump(document_of_suite(suite), out);
}

REPORT(json) = {
    .name = "json",
    .summary = "everything for machines: one JSON object with samples and all findings (--json FILE)",
    .write = write_json,
    .write_sweep = write_sweep,
    .write_suite = write_suite,
};
