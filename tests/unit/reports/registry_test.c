/* Reports are found by their name, in the order of the alphabet. */
#include "report.h"

#include <criterion/criterion.h>
#include <string.h>

Test(registry, holds_every_report_once_by_name)
{
    size_t count = 0;
    for (; report_at(count) != NULL; count++) {
        cr_expect_eq(report_named(report_at(count)->name), report_at(count));
        if (count > 0)
            cr_expect_lt(strcmp(report_at(count - 1)->name, report_at(count)->name), 0);
    }
    cr_expect_geq(count, 2);
    cr_expect_null(report_named("terminol"));
}
