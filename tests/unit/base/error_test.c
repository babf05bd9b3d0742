/* The error contract: the sentence, the code and the exit status go together. */
#include "base/error.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <string.h>

Test(error, of_usage_ends_with_2)
{
    struct error error;
    cr_assert_eq(error_usage(&error, "limit %d is above %d", 7, 5), -EINVAL);
    cr_assert_eq(error.exit_status, EXIT_USAGE);
    cr_assert_str_eq(error.text, "limit 7 is above 5");
}

Test(error, of_what_could_not_be_done_ends_with_3)
{
    struct error error;
    cr_assert_eq(error_not_done(&error, -ENOSPC, "cannot write '%s'", "x"), -ENOSPC);
    cr_assert_eq(error.exit_status, EXIT_NOT_DONE);
    cr_assert_str_eq(error.text, "cannot write 'x'");
}

Test(error, sentence_is_cut_and_not_overrun)
{
    struct error error;
    char longer[2 * sizeof error.text];
    memset(longer, 'x', sizeof longer - 1);
    longer[sizeof longer - 1] = '\0';
    error_usage(&error, "%s", longer);
    cr_assert_eq(strlen(error.text), sizeof error.text - 1);
}

/* Each with each: the row is the one, the column the other. */
Test(error, the_worse_of_two_exit_statuses)
{
    static const struct {
        enum exit_status with[EXIT_CONTROL_MISSED + 1];
        const char *reason;
    } rows[] = {
        [EXIT_AS_EXPECTED] = {{0, 1, 2, 3, 4}, "any other says more"},
        [EXIT_GUARANTEE_BROKEN] = {{1, 1, 1, 1, 1}, "what is broken is broken"},
        [EXIT_USAGE] = {{2, 1, 2, 3, 4}, "it is mended at once"},
        [EXIT_NOT_DONE] = {{3, 1, 3, 3, 4}, "what was not done is no success"},
        [EXIT_CONTROL_MISSED] = {{4, 1, 4, 4, 4}, "what else holds then is not to be trusted"},
    };
    for (unsigned a = 0; a <= EXIT_CONTROL_MISSED; a++)
        for (unsigned b = 0; b <= EXIT_CONTROL_MISSED; b++)
            cr_expect_eq(exit_status_worse(a, b), rows[a].with[b], "%u and %u: %s", a, b, rows[a].reason);
}
