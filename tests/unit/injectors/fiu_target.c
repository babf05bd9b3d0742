/* Programs in miniature that use libfiu themselves, beside the plan. */
#include <errno.h>
#include <fcntl.h>
#include <fiu-control.h>
#include <fiu.h>
#include <stdint.h>
#include <sys/wait.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

static bool failinfo_is(intptr_t expected)
{
    return (intptr_t)fiu_failinfo() == expected;
}

static void own_point(void)
{
    need(fiu_fail("app/point") == ENOMEM && failinfo_is(ENOMEM));
    need(fiu_fail("app/point") == 0 && fiu_fail("app/unknown") == 0);
}

static void own_point_realistic(void)
{
    need(fiu_fail("app/point") == EIO && failinfo_is(EIO));
}

/* Both numbers are libfiu's, and neither need be that of an errno. */
static void own_point_numbered(void)
{
    need(fiu_fail("app/point") == 7 && failinfo_is(9000));
    need(fiu_fail("app/point") == -1 && failinfo_is(0));
    need(fiu_fail("app/point") == 0);
}

static void call_numbered(void)
{
    need(open("/dev/null", O_RDONLY) == -1 && errno == EMFILE && failinfo_is(EMFILE));
    need(dup(0) == -1 && (errno == EMFILE || errno == ENOMEM));
}

static void own_point_often(void)
{
    for (int i = 0; i < 2000; i++)
        fiu_fail("app/point");
}

static void nothing_enabled(void)
{
    for (int i = 0; i < 100; i++) {
        need(fiu_fail("app/point") == 0 && fiu_fail("app/unknown") == 0 && fiu_fail("posix/io/oc/open") == 0);
        need(close(open_null()) == 0);
    }
}

static void enabled_point(void)
{
    need(fiu_init(0) == 0 && fiu_fail("app/unknown") == 0);
    need(fiu_enable("app/unknown", 7, (void *)9, 0) == 0);
    need(fiu_fail("app/unknown") == 7 && failinfo_is(9) && fiu_fail("app/other") == 0);
    need(fiu_disable("app/unknown") == 0 && fiu_fail("app/unknown") == 0);
}

static void enabled_planned_point(void)
{
    need(fiu_enable("app/point", 5, NULL, 0) == 0 && fiu_fail("app/point") == 5 && failinfo_is(0));
    need(fiu_disable("app/point") == 0 && fiu_fail("app/point") == 0);
}

static void enabled_once(void)
{
    need(fiu_enable("app/point", 5, NULL, FIU_ONETIME) == 0);
    need(fiu_fail("app/point") == 5 && fiu_fail("app/point") == 0);
}

static void enabled_at_random(void)
{
    need(fiu_enable_random("app/point", 5, NULL, 0, 1.0f) == 0 && fiu_fail("app/point") == 5);
    need(fiu_enable_random("app/unknown", 6, NULL, 0, 1.0f) == 0 && fiu_fail("app/unknown") == 6);
}

static void enabled_by_wildcard(void)
{
    need(fiu_enable("posix/io/oc/*", 1, (void *)(intptr_t)EMFILE, 0) == 0);
    need(open("/dev/null", O_RDONLY) == -1 && errno == EMFILE);
    need(dup(0) == -1 && errno == EMFILE);
}

static void enabled_call(void)
{
    need(fiu_enable("posix/io/oc/open", 1, (void *)(intptr_t)EACCES, 0) == 0);
    need(open("/dev/null", O_RDONLY) == -1 && errno == EACCES);
    need(fiu_disable("posix/io/oc/open") == 0);
    need(close(open_null()) == 0);
}

static void enabled_call_outside(void)
{
    exeunt_end(0);
    enabled_call();
}

/* As many programs hand over an address: it must come back whole. */
static void failinfo_address(void)
{
    static const char context[] = "context";
    need(fiu_enable("app/point", 5, (void *)(uintptr_t)context, 0) == 0);
    need(fiu_fail("app/point") == 5 && failinfo_is((intptr_t)context));
}

/* What the plan's fault came with does not outlive the next failure. */
static void failinfo_after_plan(void)
{
    need(fiu_fail("app/point") == ENOMEM && failinfo_is(ENOMEM));
    need(fiu_enable("app/unknown", 7, (void *)9, 0) == 0);
    need(fiu_fail("app/unknown") == 7 && failinfo_is(9));
    need(open("/dev/null", O_RDONLY) == -1 && errno == EACCES && failinfo_is(EACCES));
}

static void use_libfiu(void)
{
    need(fiu_init(0) == 0 && fiu_fail("app/point") == 0);
    need(fiu_enable("app/point", 5, NULL, 0) == 0 && fiu_fail("app/point") == 5);
    need(fiu_disable("app/point") == 0 && fiu_fail("app/point") == 0);
}

static void forked_child(void)
{
    in_child(use_libfiu);
}

/* It has no part in libfiu, though it shares the memory. */
static void vforked_child(void)
{
    int status;
    need(fiu_enable("app/unknown", 7, NULL, 0) == 0);
    pid_t child = vfork();
    if (child == 0)
        _exit(fiu_fail("app/unknown"));
    need(waitpid(child, &status, 0) == child && status == 0 && fiu_fail("app/unknown") == 7);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"own-point", own_point},
        {"own-point-realistic", own_point_realistic},
        {"own-point-numbered", own_point_numbered},
        {"call-numbered", call_numbered},
        {"own-point-often", own_point_often},
        {"nothing-enabled", nothing_enabled},
        {"enabled-point", enabled_point},
        {"enabled-planned-point", enabled_planned_point},
        {"enabled-once", enabled_once},
        {"enabled-at-random", enabled_at_random},
        {"enabled-by-wildcard", enabled_by_wildcard},
        {"enabled-call", enabled_call},
        {"enabled-call-outside", enabled_call_outside},
        {"failinfo-address", failinfo_address},
        {"failinfo-after-plan", failinfo_after_plan},
        {"forked-child", forked_child},
        {"vforked-child", vforked_child},
    };
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
