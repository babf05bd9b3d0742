/* The session service under faults and ill-mannered clients: what each variant leaves behind, and that the
 * faults are the plan's alone. */
#include <criterion/criterion.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "report.h"
#include "scratch.h"
#include "story.h"

enum { PATIENCE_MS = 60000, STEP_MS = 10 };

Test(session, story_at_limit_64_with_several_seeds)
{
    for (int seed = 1; seed <= 5; seed++) {
        char arguments[64];
        snprintf(arguments, sizeof arguments, "--limit-fds 64 --seed %d", seed);
        story_expect("session", arguments, 1);
    }
}

Test(session, story_at_the_default_limit)
{
    story_expect("session", "--seed 9223372036854775807", 2000);
}

Test(session, same_seed_same_faults_with_any_number_of_workers)
{
    char first[32], other[32];
    story_digest("session", "--operations 600 --seed 7 --workers 1", first);
    static const char *const arguments[] = {"--operations 600 --seed 7 --workers 8",
                                            "--operations 600 --seed 7 --workers 32"};
    for (size_t i = 0; i < sizeof arguments / sizeof *arguments; i++) {
        story_digest("session", arguments[i], other);
        cr_assert_str_eq(first, other, "%s", arguments[i]);
    }
    story_digest("session", "--operations 600 --seed 8", other);
    cr_assert_str_neq(first, other, "another seed gives other faults");
}

/* One variant without faults: all clients that behave are served whole, all others are sent away. */
static void expect_all_served(const char *variant, const char *settings)
{
    struct report report = report_of("run session/%s --faults none --operations 300 %s", variant, settings);
    cr_assert_eq(report.status, 0, "%s %s: %s", variant, settings, report.err);
    json_t *seen = report_variant(&report, variant);
    cr_assert_eq(report_number(seen, "operations.succeeded") + report_number(seen, "operations.failed"), 300);
    cr_assert_eq(report_number(seen, "stored.whole"), report_number(seen, "operations.succeeded"));
    cr_assert_eq(report_number(seen, "stored.torn"), 0);
    cr_assert_eq(report_number(seen, "fds.final"), report_number(seen, "fds.baseline"));
    cr_assert_eq(json_array_size(json_object_get(seen, "findings")), 0);
    if (strstr(settings, "misbehave=0") != NULL)
        cr_assert_eq(report_number(seen, "operations.succeeded"), 300);
    else
        cr_assert_gt(report_number(seen, "operations.failed"), 0);
    report_free(&report);
}

Test(session, every_variant_is_right_when_all_goes_well)
{
    static const char *const variants[] = {"unguarded", "guarded", "handwritten"};
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++)
        expect_all_served(variants[i], "--set misbehave=0");
}

Test(session, clients_that_misbehave_do_no_harm_to_guarded_sessions)
{
    expect_all_served("guarded", "--set misbehave=40");
    expect_all_served("handwritten", "--set misbehave=40");
    expect_all_served("guarded", "--set misbehave=100 --workers 16");
}

Test(session, clients_that_misbehave_leak_without_any_injected_fault)
{
    struct report report =
        report_of("run session/unguarded --faults none --set misbehave=40 --operations 100");
    cr_assert_eq(report.status, 1, "%s", report.err);
    json_t *variant = report_variant(&report, "unguarded");
    cr_assert_eq(report_number(variant, "fds.leaked"), report_number(variant, "operations.failed"));
    cr_assert_gt(report_number(variant, "fds.leaked"), 0);
    report_free(&report);
}

static json_t *finding_of(const struct report *report, const char *kind, const char *resource)
{
    size_t index;
    json_t *finding;
    json_array_foreach(json_object_get(report_variant(report, "unguarded"), "findings"), index, finding)
    {
        const char *named = report_text(finding, "resource");
        if (strcmp(report_text(finding, "kind"), kind) == 0 &&
            (resource == NULL || (named != NULL && strcmp(named, resource) == 0)))
            return finding;
    }
    return NULL;
}

/* Of each session that is broken off, all that it held is found, with its place; and the client never sees
 * the end of its connection. */
Test(session, findings_name_socket_registration_session_and_client)
{
    struct report report =
        report_of("run session/unguarded --faults session/handshake@1 --operations 20 --set misbehave=0");
    cr_assert_eq(report.status, 1, "%s", report.err);
    static const struct {
        const char *kind, *resource;
    } expected[] = {
        {"leaked-descriptor", NULL}, {"leaked-resource", "registration"}, {"leaked-resource", "session"}};
    for (size_t i = 0; i < sizeof expected / sizeof *expected; i++) {
        json_t *finding = finding_of(&report, expected[i].kind, expected[i].resource);
        cr_assert_not_null(finding, "%s %s", expected[i].kind, expected[i].resource);
        cr_assert_eq(report_number(finding, "count"), 20);
        cr_assert_str_eq(report_text(finding, "point"), "session/handshake");
        cr_assert_str_eq(report_text(finding, "errno"), "EACCES");
        cr_assert_eq(strncmp(report_text(finding, "taken_at"), "workloads/session.c:", 20), 0, "%s",
                     report_text(finding, "taken_at"));
    }
    cr_assert_null(finding_of(&report, "leaked-resource", "buffer"), "there was none yet");
    cr_assert_eq(report_number(report_variant(&report, "unguarded"), "stored.torn"), 20);
    report_free(&report);
}

Test(session, leaked_buffers_are_found_without_watching_the_heap)
{
    struct report report = report_of("run session/unguarded --faults 'posix/io/net/send:EIO,ECONNRESET@2' "
                                     "--operations 20 --set misbehave=0");
    cr_assert_eq(report.status, 2, "EIO is none of send's: %s", report.err);
    report_free(&report);
    report = report_of(
        "run session/unguarded --faults 'posix/io/net/send:ECONNRESET@2' --operations 20 --set misbehave=0");
    cr_assert_eq(report.status, 1, "%s", report.err);
    json_t *finding = finding_of(&report, "leaked-resource", "buffer");
    cr_assert_not_null(finding);
    cr_assert_eq(report_number(finding, "count"), 20);
    report_free(&report);
}

static void expect_survived(const char *variant, const char *faults, json_int_t injected)
{
    struct report report = report_of("run session/%s --operations 400 --faults '%s'", variant, faults);
    cr_assert_eq(report.status, 0, "%s under %s: %s", variant, faults, report.err);
    json_t *seen = report_variant(&report, variant);
    cr_assert_str_eq(report_text(seen, "ended"), "completed");
    cr_assert_geq(report_number(seen, "faults.injected"), injected, "%s", faults);
    cr_assert_eq(report_number(seen, "stored.whole"), report_number(seen, "operations.succeeded"));
    report_free(&report);
}

Test(session, every_call_may_fail)
{
    static const char *const plans[] = {
        "posix/io/net/*,linux/io/net/*,session/handshake@p=0.1",
        "posix/io/*@p=0.1",
        "posix/io/net/recv,posix/io/net/send:short@p=0.5",
        "linux/io/net/epoll_wait:EBADF@p=0.2",
        "posix/io/net/accept4@p=0.9",
    };
    for (size_t i = 0; i < sizeof plans / sizeof *plans; i++) {
        expect_survived("guarded", plans[i], 50);
        expect_survived("handwritten", plans[i], 50);
    }
}

Test(session, injected_emfile_is_not_the_kernels)
{
    struct report report =
        report_of("run session/guarded --faults 'posix/io/net/accept4:EMFILE@p=0.2' --operations 200");
    cr_assert_eq(report.status, 0, "%s", report.err);
    json_t *variant = report_variant(&report, "guarded");
    cr_assert_gt(report_number(variant, "faults.injected"), 0);
    cr_assert_eq(report_number(variant, "emfile.count"), 0);
    report_free(&report);
}

/* A listener at a port of the system's choice. */
static int occupy_port(unsigned *port)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert(bind(listener, (struct sockaddr *)&address, length) == 0 && listen(listener, 1) == 0 &&
              getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    *port = ntohs(address.sin_port);
    return listener;
}

static void expect_sentence(int status, const char *sentence, const char *line)
{
    struct command_result result = command_run("%s", line);
    cr_assert_eq(result.status, status, "%s: status %d: %s", line, result.status, result.err);
    cr_assert_not_null(strstr(result.err, sentence), "%s: %s", line, result.err);
    command_free(&result);
}

Test(session, port_in_use_is_said)
{
    unsigned port;
    char line[1024], sentence[64];
    char *folder = scratch_make();
    int listener = occupy_port(&port);
    snprintf(sentence, sizeof sentence, "port %u of 127.0.0.1 is in use", port);
    snprintf(line, sizeof line, "exec %s compare session --set port=%u", EXEUNT, port);
    expect_sentence(2, sentence, line);
    snprintf(line, sizeof line, "exec %s session guarded --folder %s --set port=%u", HOST, folder, port);
    expect_sentence(78, sentence, line);
    close(listener);
    snprintf(line, sizeof line, "exec %s compare session --limit-fds 64 --quiet --set port=%u", EXEUNT, port);
    expect_sentence(0, "", line); /* three services at the same port, one after the other */
    scratch_remove(folder);
}

Test(session, missing_ipv6_is_said)
{
    char line[1024];
    struct command_result result = command_run("unshare -n true || unshare -rn true");
    bool possible = result.status == 0;
    command_free(&result);
    if (!possible)
        cr_skip_test("no network namespace can be made here");
    result = command_run("unshare -n true");
    snprintf(line, sizeof line, "exec unshare %s %s run session/guarded --set ipv6=1",
             result.status == 0 ? "-n" : "-rn", EXEUNT);
    command_free(&result);
    expect_sentence(2, "this system has no IPv6", line);
}

Test(session, input_is_refused)
{
    expect_sentence(2, "takes no input", "exec " EXEUNT " run session/guarded --input /tmp");
}

/* The one child of the process, or 0. */
static pid_t child_of(pid_t process)
{
    char path[64];
    int child = 0;
    snprintf(path, sizeof path, "/proc/%d/task/%d/children", process, process);
    FILE *file = fopen(path, "r");
    if (file == NULL || fscanf(file, "%d", &child) != 1)
        child = 0;
    if (file != NULL)
        fclose(file);
    return child;
}

static bool is_program(pid_t process, const char *name)
{
    char path[64], target[512] = "";
    snprintf(path, sizeof path, "/proc/%d/exe", process);
    return process != 0 && readlink(path, target, sizeof target - 1) > 0 && strstr(target, name) != NULL;
}

/* Awaits the clients' process of a host. */
static pid_t clients_of(pid_t host)
{
    for (int waited = 0; waited < PATIENCE_MS; waited += STEP_MS) {
        pid_t child = child_of(host);
        if (is_program(child, "exeunt-clients"))
            return child;
        poll(NULL, 0, STEP_MS);
    }
    return 0;
}

static void expect_end_with_host(bool stopped)
{
    char *folder = scratch_make();
    pid_t host = fork();
    cr_assert_geq(host, 0);
    if (host == 0) {
        execl(HOST, HOST, "session", "guarded", "--folder", folder, "--workers", "4", (char *)NULL);
        _exit(127);
    }
    pid_t clients = clients_of(host);
    cr_assert_neq(clients, 0);
    int watch = (int)syscall(SYS_pidfd_open, clients, 0);
    cr_assert_geq(watch, 0);
    if (stopped)
        kill(clients, SIGSTOP);
    kill(host, SIGKILL);
    cr_assert_eq(waitpid(host, NULL, 0), host);
    struct pollfd ended = {.fd = watch, .events = POLLIN};
    cr_assert_eq(poll(&ended, 1, PATIENCE_MS), 1, "the clients' process outlives the host");
    close(watch);
    scratch_remove(folder);
}

/* Also where no supervisor sees to it, and even if they cannot hear of it. */
Test(session, clients_end_with_a_killed_host)
{
    expect_end_with_host(false);
    expect_end_with_host(true);
}

Test(session, clients_that_are_killed_end_the_run_with_a_sentence)
{
    char *folder = scratch_make(), text[4096] = "";
    int errors[2], status;
    cr_assert_eq(pipe(errors), 0);
    pid_t host = fork();
    if (host == 0) {
        dup2(errors[1], STDERR_FILENO);
        execl(HOST, HOST, "session", "guarded", "--folder", folder, (char *)NULL);
        _exit(127);
    }
    close(errors[1]);
    pid_t clients = clients_of(host);
    cr_assert_neq(clients, 0);
    kill(clients, SIGKILL);
    cr_assert_eq(waitpid(host, &status, 0), host);
    cr_assert(WIFEXITED(status) && WEXITSTATUS(status) == 78, "status %x", (unsigned)status);
    cr_assert_gt(read(errors[0], text, sizeof text - 1), 0);
    cr_assert_not_null(strstr(text, "clients"), "%s", text);
    close(errors[0]);
    scratch_remove(folder);
}
