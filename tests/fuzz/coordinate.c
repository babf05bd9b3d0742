/* Who a coordinate is about: an operation's number is that of the text, and who has a spawn path as the
 * ledger writes it is who the plan means by it. */
#include "plan/coordinate.h"
#include "input.h"

#include <inttypes.h>

static void check(const char *text, const struct plan_who *who)
{
    struct plan_who again;
    struct error error;
    char written[24];
    MUST(plan_is_at(&(struct plan_rule){.who = *who}));
    MUST(who->path == 0 || plan_who_of_path(text).path == who->path);
    if (who->operation == 0)
        return;
    MUST(who->operation <= PLAN_OPERATION_END);
    snprintf(written, sizeof written, "%" PRIu64, who->operation - 1);
    MUST(plan_parse_who(written, &again, &error) == 0 && again.operation == who->operation);
    MUST(strtoull(text, NULL, 10) == who->operation - 1);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = input_text(&(struct input){bytes, size});
    struct plan_who who = {0};
    struct error error = {.text = ""};
    if (plan_parse_who(text, &who, &error) == 0)
        check(text, &who);
    else
        MUST(error.text[0] != '\0' && who.operation == 0 && who.path == 0);
    (void)plan_who_of_path(text);
    free(text);
    return 0;
}
