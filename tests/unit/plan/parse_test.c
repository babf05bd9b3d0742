/* The grammar of --faults: what a plan means, and the sentence that a wrong one gets. */
#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "plan/plan.h"

enum { OPEN, CLOSE, READ, OWN };
static const char *const names[] = {"posix/io/oc/open", "posix/io/oc/close", "posix/io/rw/read",
                                    "upload/metadata"};
static const struct plan_points points = {.count = sizeof names / sizeof *names, .names = names};

#define BIT(point) (UINT64_C(1) << (point))
#define EVERY      PLAN_WINDOW, 1, UINT64_MAX, 1

Test(parse, accepts)
{
    static const struct {
        const char *text, *reason;
        uint64_t points;
        enum plan_kind kind;
        uint32_t errno_count;
        int32_t last_errno;
        enum plan_when when;
        uint64_t first, last, step;
    } rows[] = {
        {"upload/metadata", "a point alone: every call, realistic errnos", BIT(OWN), PLAN_ERRNO, 0, 0, EVERY},
        {"posix/io/oc/*", "a wildcard takes all that begin so", BIT(OPEN) | BIT(CLOSE), PLAN_ERRNO, 0, 0,
         EVERY},
        {"*", "every point", BIT(OPEN) | BIT(CLOSE) | BIT(READ) | BIT(OWN), PLAN_ERRNO, 0, 0, EVERY},
        {"posix/io/rw/read,upload/*", "several names", BIT(READ) | BIT(OWN), PLAN_ERRNO, 0, 0, EVERY},
        {"posix/io/oc/open:EMFILE", "one errno", BIT(OPEN), PLAN_ERRNO, 1, EMFILE, EVERY},
        {"posix/io/oc/open:EIO,ENOENT", "several errnos", BIT(OPEN), PLAN_ERRNO, 2, ENOENT, EVERY},
        {"posix/io/rw/read:short", "short", BIT(READ), PLAN_SHORT, 0, 0, EVERY},
        {"posix/io/rw/read:delay=2ms", "delay", BIT(READ), PLAN_DELAY, 0, 0, EVERY},
        {"posix/io/rw/read:cancel", "cancel", BIT(READ), PLAN_CANCEL, 0, 0, EVERY},
        {"upload/metadata:cancel@3", "cancel, of a point of the program's own", BIT(OWN), PLAN_CANCEL, 0, 0,
         PLAN_WINDOW, 3, 3, 1},
        {"posix/io/oc/open:fiu=7/24", "fiu: failinfo is the errno", BIT(OPEN), PLAN_ERRNO, 1, EMFILE, EVERY},
        {"upload/metadata:fiu=-1/0", "fiu: no failinfo", BIT(OWN), PLAN_ERRNO, 0, 0, EVERY},
        {"posix/io/oc/open@3", "F: the third", BIT(OPEN), PLAN_ERRNO, 0, 0, PLAN_WINDOW, 3, 3, 1},
        {"posix/io/oc/open@3+", "F+: from the third on", BIT(OPEN), PLAN_ERRNO, 0, 0, PLAN_WINDOW, 3,
         UINT64_MAX, 1},
        {"posix/io/oc/open@3+2", "F+S: every second from there", BIT(OPEN), PLAN_ERRNO, 0, 0, PLAN_WINDOW, 3,
         UINT64_MAX, 2},
        {"posix/io/oc/open@2..20", "F..L", BIT(OPEN), PLAN_ERRNO, 0, 0, PLAN_WINDOW, 2, 20, 1},
        {"posix/io/oc/open@2..20+3", "F..L+S", BIT(OPEN), PLAN_ERRNO, 0, 0, PLAN_WINDOW, 2, 20, 3},
        {"posix/io/oc/open@2..2", "a window of one", BIT(OPEN), PLAN_ERRNO, 0, 0, PLAN_WINDOW, 2, 2, 1},
        {" posix/io/oc/open : EIO , ENOENT @ 4 ", "blanks around the words", BIT(OPEN), PLAN_ERRNO, 2, ENOENT,
         PLAN_WINDOW, 4, 4, 1},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan plan = {0};
        struct error error = {.text = "untouched"};
        cr_expect_eq(plan_parse(rows[i].text, &points, 1, &plan, &error), 0, "%s: %s", rows[i].reason,
                     error.text);
        const struct plan_rule *rule = &plan.rules[0];
        cr_expect_str_eq(error.text, "untouched", "%s", rows[i].reason);
        cr_expect_eq(plan.rule_count, 1, "%s", rows[i].reason);
        cr_expect_eq(rule->points[0], rows[i].points, "%s", rows[i].reason);
        cr_expect_eq(rule->kind, rows[i].kind, "%s", rows[i].reason);
        cr_expect_eq(rule->errno_count, rows[i].errno_count, "%s", rows[i].reason);
        if (rule->errno_count > 0)
            cr_expect_eq(rule->errnos[rule->errno_count - 1], rows[i].last_errno, "%s", rows[i].reason);
        cr_expect_eq(rule->when, rows[i].when, "%s", rows[i].reason);
        cr_expect_eq(rule->first, rows[i].first, "%s", rows[i].reason);
        cr_expect_eq(rule->last, rows[i].last, "%s", rows[i].reason);
        cr_expect_eq(rule->step, rows[i].step, "%s", rows[i].reason);
    }
}

Test(parse, probability_becomes_a_threshold)
{
    static const struct {
        const char *text, *reason;
        uint64_t threshold;
    } rows[] = {
        {"*@p=0", "never", 0},
        {"*@p=1", "always: every hash is below, or equal", UINT64_MAX},
        {"*@p=0.5", "half of all hashes", UINT64_C(1) << 63},
        {"*@p=0.25", "a quarter", UINT64_C(1) << 62},
        {"*@p=1e-3", "an exponent", (uint64_t)(0.001 * 18446744073709551616.0)},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan plan;
        struct error error = {.text = ""};
        cr_assert_eq(plan_parse(rows[i].text, &points, 1, &plan, &error), 0, "%s", error.text);
        cr_expect_eq(plan.rules[0].when, PLAN_RANDOM, "%s", rows[i].reason);
        cr_expect_eq(plan.rules[0].threshold, rows[i].threshold, "%s", rows[i].reason);
    }
}

Test(parse, delay_is_in_nanoseconds)
{
    struct plan plan;
    struct error error = {.text = ""};
    cr_assert_eq(plan_parse("posix/io/rw/read:delay=2ms", &points, 1, &plan, &error), 0, "%s", error.text);
    cr_assert_eq(plan.rules[0].delay_ns, 2000000);
}

Test(parse, none_has_no_rules)
{
    struct plan plan;
    struct error error = {.text = ""};
    cr_assert_eq(plan_parse(" none ", &points, 9, &plan, &error), 0, "%s", error.text);
    cr_assert_eq(plan.rule_count, 0);
    cr_assert_eq(plan.seed, 9);
}

Test(parse, each_rule_has_a_seed_of_its_own)
{
    struct plan one, other;
    struct error error = {.text = ""};
    cr_assert_eq(plan_parse("*@p=0.5;*@p=0.5", &points, 1, &one, &error), 0, "%s", error.text);
    cr_assert_eq(plan_parse("*@p=0.5;*@p=0.5", &points, 2, &other, &error), 0, "%s", error.text);
    cr_assert_neq(one.rules[0].seed, one.rules[1].seed, "of the rule's place");
    cr_assert_neq(one.rules[0].seed, other.rules[0].seed, "of the plan's seed");
}

/* Each word that the sentence must have: the thing that is wrong, and what to do. */
Test(parse, refuses)
{
    static const struct {
        const char *text, *names, *says, *reason;
    } rows[] = {
        {"", "plan", "write 'none'", "nothing"},
        {"   ", "plan", "write 'none'", "blanks"},
        {"posix/io/oc/opne", "'posix/io/oc/opne'", "did you mean 'posix/io/oc/open'", "a misspelt point"},
        {"upload/metdata:EIO", "'upload/metdata'", "did you mean 'upload/metadata'", "a misspelt own point"},
        {"zebra", "'zebra'", "list --points", "a point that is near to none"},
        {"zebra/*", "'zebra/*'", "list --points", "a wildcard that takes nothing"},
        {"*/open", "'*/open'", "list --points", "a star is a wildcard at the end only"},
        {"none;none", "'none'", "stands alone", "none beside rules"},
        {"none;posix/io/oc/open", "'none'", "stands alone", "none before a rule"},
        {"*:delay=99999h", "'delay=99999h'", "at most", "a delay that is too long"},
        {"upload/metadata:EOI", "'EOI'", "did you mean 'EIO'", "a misspelt errno"},
        {"upload/metadata:eio", "'eio'", "no errno", "another case"},
        {"upload/metadata:5", "'5'", "no errno", "an errno's number"},
        {"upload/metadata:fiu=4294967297/5", "'fiu=4294967297/5'", "fiu=FAILNUM/FAILINFO",
         "a failnum too large"},
        {"upload/metadata:fiu=1/4294967301", "'fiu=1/4294967301'", "fiu=FAILNUM/FAILINFO",
         "a failinfo too large"},
        {"upload/metadata:fiu=1/", "'fiu=1/'", "fiu=FAILNUM/FAILINFO", "no failinfo"},
        {"upload/metadata:shrot", "'shrot'", "'short'", "a misspelt kind"},
        {"upload/metadata:EIO,cancel", "'cancel'", "a rule of their own", "cancel beside an errno"},
        {"upload/metadata:cancle", "'cancle'", "cancel", "a slip"},
        {"upload/metadata:short,EIO", "'short'", "a rule of their own", "short beside an errno"},
        {"upload/metadata:EIO,delay=1ms", "'delay=TIME'", "a rule of their own", "delay beside an errno"},
        {"upload/metadata:delay=2", "'delay=2'", "units", "a delay without a unit"},
        {"upload/metadata:delay=", "'delay='", "units", "a delay without a time"},
        {"upload/metadata:delay=-1ms", "'delay=-1ms'", "units", "a negative delay"},
        {"*@p=1.1", "'1.1'", "from 0 to 1", "a probability above 1"},
        {"*@p=-0.1", "'-0.1'", "from 0 to 1", "a negative one"},
        {"*@p=nan", "'nan'", "from 0 to 1", "one that is no number"},
        {"*@p=inf", "'inf'", "from 0 to 1", "one that is infinite"},
        {"*@p=", "''", "from 0 to 1", "none"},
        {"*@p=2%", "'2%'", "from 0 to 1", "a percentage"},
        {"*@p=0.5@3", "'0.5@3'", "from 0 to 1", "two times WHEN"},
        {"*@0", "'@0'", "@3+", "calls count from 1"},
        {"*@-1", "'@-1'", "@3+", "a negative call"},
        {"*@5..2", "'@5..2'", "@3+", "a window that ends before it begins"},
        {"*@2..", "'@2..'", "@3+", "a window without its end"},
        {"*@2..20+0", "'@2..20+0'", "@3+", "a step of 0"},
        {"*@3x", "'@3x'", "@3+", "letters after the number"},
        {"*@18446744073709551616", "'@18446744073709551616'", "@3+", "a number that would wrap"},
        {"*@", "plan", "missing", "an empty WHEN"},
        {"*:", "plan", "missing", "no kind after the colon"},
        {":EIO", "plan", "missing", "no point before the colon"},
        {"*:EIO,,EINTR", "plan", "missing", "no errno between two commas"},
        {"*;;*", "plan", "missing", "no rule between two semicolons"},
        {"*:EIO,", "plan", "missing", "a comma at the end of the errnos"},
        {"posix/io/oc/open,", "plan", "missing", "a comma at the end of the points"},
        {"posix/io/oc/open#3", "'posix/io/oc/open#3'", "0:POINT#3", "a coordinate of nobody"},
        {"posix/io/oc/open#3:EIO", "'posix/io/oc/open#3'", "17:POINT#3", "nobody, with an errno"},
        {"1.2:posix/io/oc/open#3", "'1.2'", "0.1:POINT#3", "a path that does not begin with the main thread"},
        {"0.:posix/io/oc/open#3", "'0.'", "0.1:POINT#3", "a path without its end"},
        {"0.0:posix/io/oc/open#3", "'0.0'", "0.1:POINT#3", "threads count from 1"},
        {"0.1x:posix/io/oc/open#3", "'0.1x'", "0.1:POINT#3", "letters after the path"},
        {"1099511627775:posix/io/oc/open#3", "'1099511627775'", "operation", "more than there can be"},
        {"0:posix/io/oc/opne#3", "'posix/io/oc/opne'", "did you mean 'posix/io/oc/open'", "a misspelt point"},
        {"0:posix/io/oc/*#3", "'posix/io/oc/*'", "just one", "a wildcard"},
        {"0:posix/io/oc/open,posix/io/rw/read#3", "'posix/io/oc/open,posix/io/rw/read'", "just one", "two"},
        {"0:posix/io/oc/open", "'posix/io/oc/open'", "posix/io/oc/open#3+", "no call"},
        {"0:posix/io/oc/open#", "'posix/io/oc/open#'", "posix/io/oc/open#3+", "no number"},
        {"0:posix/io/oc/open#0", "'posix/io/oc/open#0'", "#3", "calls count from 1"},
        {"0:posix/io/oc/open#3+2", "'posix/io/oc/open#3+2'", "#3+", "a step"},
        {"0:posix/io/oc/open#3:EOI", "'EOI'", "did you mean 'EIO'", "a misspelt errno"},
        {"0:posix/io/oc/open#3:", "plan", "missing", "no kind after the colon"},
        {"0:posix/io/oc/open#3@3", "'0:posix/io/oc/open#3'", "leave out '@'", "said twice which call"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct plan plan = {.seed = 4711};
        struct error error = {.text = ""};
        cr_expect_eq(plan_parse(rows[i].text, &points, 1, &plan, &error), -EINVAL, "%s", rows[i].reason);
        cr_expect_eq(error.exit_status, EXIT_USAGE, "%s", rows[i].reason);
        cr_expect_not_null(strstr(error.text, rows[i].names), "%s: %s", rows[i].reason, error.text);
        cr_expect_not_null(strstr(error.text, rows[i].says), "%s: %s", rows[i].reason, error.text);
        cr_expect_eq(plan.seed, 4711, "%s: the plan is touched", rows[i].reason);
    }
}

/* What fiu-run gives where nothing is said: 1 and 0. */
Test(parse, takes_fius_commands)
{
    static const struct {
        const char *text, *plan, *says, *reason;
    } rows[] = {
        {"fiu:enable name=a/b", "a/b:fiu=1/0", "", "fiu-run's own numbers"},
        {"fiu:enable name=a/b,failnum=7", "a/b:fiu=7/0", "", "failinfo stays 0"},
        {"fiu:enable name=a/b,failinfo=5,failnum=-2", "a/b:fiu=-2/5", "", "each is its own"},
        {"fiu:enable name=a/*,failinfo=EMFILE,onetime", "a/*:fiu=1/24@1", "", "an errno's name"},
        {"fiu:enable_random name=a,probability=0.1;b:EIO", "a:fiu=1/0@p=0.1;b:EIO", "", "others stay"},
        {"fiu:enable name=a/b,failnum=x", NULL, "'x' is neither", "no number"},
        {"fiu:enable name=a/b,failnum=", NULL, "'' is neither", "no number either"},
        {"fiu:enable name=a/b,failnum=99999999999", NULL, "'99999999999'", "too large"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *plan = NULL;
        struct error error = {.text = ""};
        int code = plan_from_fiu(rows[i].text, &plan, &error);
        cr_expect_eq(code, rows[i].plan != NULL ? 0 : -EINVAL, "%s: %s", rows[i].reason, error.text);
        cr_expect_str_eq(plan != NULL ? plan : "", rows[i].plan != NULL ? rows[i].plan : "", "%s",
                         rows[i].reason);
        cr_expect_not_null(strstr(error.text, rows[i].says), "%s: %s", rows[i].reason, error.text);
        free(plan);
    }
}

/* `count` times `piece` with `separator` between. */
static void repeat(const char *piece, const char *separator, unsigned count, char *out, size_t size)
{
    size_t length = 0;
    for (unsigned i = 0; i < count && length < size; i++)
        length += (size_t)snprintf(out + length, size - length, "%s%s", i > 0 ? separator : "", piece);
}

Test(parse, knows_its_limits)
{
    static const struct {
        const char *before, *piece, *separator;
        unsigned count;
        int code;
        const char *says, *reason;
    } rows[] = {
        {"", "*", ";", PLAN_RULES_MAX, 0, "", "as many rules as there is room for"},
        {"", "*", ";", PLAN_RULES_MAX + 1, -EINVAL, "more than 64 rules", "one more"},
        {"*:", "EIO", ",", PLAN_ERRNOS_MAX, 0, "", "as many errnos as there is room for"},
        {"*:", "EIO", ",", PLAN_ERRNOS_MAX + 1, -EINVAL, "more than 16 errnos", "one more"},
        {"", "x", "", 500, -EINVAL, "xxxx...' is too long", "a name without end"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[1024];
        size_t before = (size_t)snprintf(text, sizeof text, "%s", rows[i].before);
        repeat(rows[i].piece, rows[i].separator, rows[i].count, text + before, sizeof text - before);
        struct plan plan;
        struct error error = {.text = ""};
        cr_expect_eq(plan_parse(text, &points, 1, &plan, &error), rows[i].code, "%s: %s", rows[i].reason,
                     error.text);
        cr_expect_not_null(strstr(error.text, rows[i].says), "%s: %s", rows[i].reason, error.text);
    }
}

Test(parse, errno_names_go_both_ways)
{
    for (int value = 1; value <= 133; value++)
        if (strcmp(plan_errno_name(value), "E?") != 0)
            cr_expect_eq(plan_errno_value(plan_errno_name(value)), value, "%s", plan_errno_name(value));
    cr_assert_eq(plan_errno_value("EMFILE"), EMFILE);
    cr_assert_eq(plan_errno_value("ENOTHING"), 0);
    cr_assert_str_eq(plan_errno_name(100000), "E?");
}
