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
