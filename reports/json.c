/* The report for machines: the document, one JSON object on one line, keys always in the same order. */
#include <errno.h>

#include "document.h"
#include "report.h"
#include "sweep.h"

/* Ends the document. */
static int dump(json_t *document, FILE *out)
{
    int rc = document != NULL ? document_write(document, out) : -ENOMEM;
    json_decref(document);
    return rc;
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
