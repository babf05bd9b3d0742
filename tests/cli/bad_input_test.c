/* Whatever is wrong with a command line, a file or the place to work gets one clear sentence, which names the
 * thing, and the right exit status; and nothing is left behind. */
#include <criterion/criterion.h>
#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "command.h"
#include "scratch.h"

static unsigned entries(const char *folder)
{
    DIR *listing = opendir(folder);
    unsigned count = 0;
    while (readdir(listing) != NULL)
        count++;
    closedir(listing);
    return count - 2;
}

/* Runs exeunt in a work folder of its own; checks status, sentence, and that the folder is empty again. */
static void expect(int status, const char *sentence, const char *arguments, const char *reason)
{
    char *folder = scratch_make();
    struct command_result result = command_run("TMPDIR=%s exec %s %s", folder, EXEUNT, arguments);
    cr_assert_eq(result.status, status, "%s: %s\nstatus %d: %s", reason, arguments, result.status,
                 result.err);
    cr_assert_not_null(strstr(result.err, sentence), "%s: %s\n%s", reason, arguments, result.err);
    cr_assert_eq(strncmp(result.err, "exeunt: ", 8), 0, "%s", result.err);
    cr_assert_str_empty(result.out, "%s", reason);
    cr_assert_eq(entries(folder), 0, "%s: something was left in the work folder", reason);
    command_free(&result);
    scratch_remove(folder);
}

Test(bad_input, command_lines)
{
    static const struct {
        int status;
        const char *arguments, *sentence, *reason;
    } rows[] = {
        {2, "comapre upload", "'compare'", "misspelt command"},
        {2, "compare", "WORKLOAD", "no workload"},
        {2, "compare uplaod", "did you mean 'upload'", "misspelt workload"},
        {2, "run upload", "upload/guarded", "no variant"},
        {2, "run /bin/true", "exeunt run -- /bin/true", "a program without --"},
        {2, "sweep /bin/true", "exeunt sweep -- /bin/true", "the same of another command"},
        {2, "run upload/guarded --json /proc/version", "its folder cannot be written to", "a file of /proc"},
        {2, "list --for 3 -- /bin/true", "us, ms, s, m or h", "a time without a unit"},
        {2, "run --faults Posix/io/oc/open -- /bin/true", "did you mean 'posix/io/oc/open'",
         "the wrong case"},
        {2, "run upload/guarded -- ls", "not both", "a variant and a program"},
        {2, "run --", "no program", "no program behind --"},
        {3, "run --quiet --results none --faults posix/io/oc/pipe@1 -- true", "nothing is proven",
         "a plan that met nothing, without a report"},
        {3, "sweep --quiet --results none --points posix/io/oc/pipe -- true", "could be judged",
         "a sweep of nothing, without a report"},
        {2, "sweep --points libc/* --points posix/* -- true", "write --points 'libc/*,posix/*'",
         "of two filters only one would count"},
        {2, "replay --results none 1", "keeps no finding 1", "nothing is kept there"},
        {2, "sweep --in-place -j 4 --results none -- true", "leave out --jobs 4", "runs that share a folder"},
        {3, "sweep --quiet --results none --hang 200ms -- sleep 60", "did not end within 200ms",
         "a program that does not end by itself"},
        {2, "report --results /nowhere/exeunt.db", "'/nowhere/exeunt.db' cannot be read", "no such file"},
        {2, "sweep --results /nowhere/exeunt.db -- true", "its folder does not exist", "no such folder"},
        {2, "stress --results /nowhere/nights", "'/nowhere/nights' cannot be made: ", "the same of a night"},
        {2, "stress --results /etc/passwd",
         "'/etc/passwd' is no folder that can be written to: ", "a file for a folder"},
        {2, "sweep --results /etc/passwd -- true", "is no database of exeunt",
         "a file of another kind to write to"},
        {2, "report last", "is not the number of a run", "a run by name"},
        {2, "report 1 2", "one run at a time", "two runs"},
        {2, "report --results /etc/passwd", "is no database of exeunt", "a file of another kind"},
        {2, "run -- nosuchprogram", "there is no such program", "a program that is not there"},
        {2, "run -- /etc", "is a folder", "a folder for a program"},
        {2, "run -- /etc/passwd", "not executable", "a file that cannot be executed"},
        {2, "run --workers 3 -- ls", "--workers", "an option of workloads"},
        {2, "run --fail-on unreleased upload/guarded", "--fail-on", "an option of programs"},
        {2, "run --fail-on unrelaesed -- ls", "did you mean 'unreleased'", "misspelt word of --fail-on"},
        {2, "run --json - -- ls", "give a file", "standard output is the program's"},
        {2, "run --faults posix/io/oc/opne -- ls", "did you mean 'posix/io/oc/open'",
         "misspelt point of ours"},
        {3, "run -- /sbin/ldconfig", "statically linked", "a static program"},
        {2, "run upload/gaurded", "did you mean 'guarded'", "misspelt variant"},
        {2, "run upload/guarded upload/unguarded", "upload/unguarded", "two targets"},
        {2, "compare upload --sede 1", "--seed", "misspelt option"},
        {2, "compare upload --seed", "--seed", "option without its value"},
        {2, "compare upload --seed x", "x", "seed that is no number"},
        {2, "compare upload --seed -1", "-1", "negative seed"},
        {2, "compare upload --workers 0", "workers", "no workers"},
        {2, "compare upload --workers 257", "256", "too many workers"},
        {2, "compare upload --operations 0", "operations", "no operations"},
        {2, "compare upload --operations 5 --for 5s", "--for", "both ends at once"},
        {2, "compare upload --for 20", "20", "time without a unit"},
        {2, "compare upload --sample 0ms", "sample", "no time between samples"},
        {2, "compare upload --set fsinc=0", "did you mean 'fsync'", "misspelt key"},
        {2, "compare upload --set fsync", "KEY=VALUE", "key without a value"},
        {2, "compare upload --set fsync=2", "fsync", "value outside"},
        {2, "compare upload --set corrupt=101", "corrupt", "percent outside"},
        {2, "compare exits --faults 'posix/io/*'", "--faults means nothing to 'exits'",
         "a table has no faults"},
        {2, "run exits/guard --for 5s", "--for means nothing to 'exits'", "nor a time"},
        {2, "compare exits --input /tmp", "leave out '--input'", "nor files"},
        {2, "compare exits --limit-fds 50", "below the 56 descriptors", "no room for what stays"},
        {2, "compare upload --faults upload/metadat", "did you mean 'upload/metadata'", "misspelt point"},
        {2, "compare upload --faults nobody/'*'", "nobody/*", "wildcard that matches nothing"},
        {2, "compare upload --faults posix/io/oc/open:EIIO", "did you mean 'EIO'", "misspelt errno"},
        {2, "compare upload --faults posix/io/rw/read:shrot", "did you mean 'short'", "misspelt kind"},
        {2, "compare upload --faults posix/io/rw/read:dleay=2ms", "did you mean 'delay=2ms'", "another"},
        {2, "compare upload --faults nnoe", "did you mean 'none'", "misspelt 'none'"},
        {2, "compare upload --faults posix/io/rw/read:delay=11s", "--hang", "delay that would be a hang"},
        {2, "compare upload --faults 'fiu:enable posix/io/rw/read'", "name=POINT",
         "fiu's command without a name"},
        {2, "compare upload --faults 'fiu:disable name=x'", "disable",
         "fiu's command that a plan cannot hold"},
        {2, "compare upload --faults 'fiu:enable_random name=posix/io/rw/read'", "probability", "without it"},
        {2, "compare upload --faults posix/io/oc/open:EPIPE", "EPIPE", "errno that open never returns"},
        {2, "compare upload --faults posix/io/oc/open:short", "cut short", "call that moves no bytes"},
        {2, "compare upload --faults upload/metadata@p=1.5", "1.5", "probability above 1"},
        {2, "compare upload --faults upload/metadata@p=-0.1", "-0.1", "probability below 0"},
        {2, "compare upload --faults upload/metadata@p=nan", "nan", "probability that is none"},
        {2, "compare upload --faults upload/metadata@0", "@0", "calls are counted from 1"},
        {2, "compare upload --faults ''", "none", "empty plan"},
        {2, "compare upload --limit-fds 100000000", "hard limit", "limit above the hard limit"},
        {2, "compare upload --limit-fds 12", "24", "limit below what 8 workers need"},
        {2, "compare upload --input /nonexistent", "/nonexistent", "input is not there"},
        {2, "compare upload --input /etc/passwd", "/etc/passwd", "input is no folder"},
        {2, "compare upload --json /nonexistent/out.json", "/nonexistent",
         "JSON into a folder that is not there"},
        {2, "list --nothing", "--nothing", "unknown option of list"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(rows[i].status, rows[i].sentence, rows[i].arguments, rows[i].reason);
}

static void make_fifo(const char *path)
{
    cr_assert_eq(mkfifo(path, 0600), 0);
}

static void make_device_link(const char *path)
{
    cr_assert_eq(symlink("/dev/zero", path), 0);
}

static void make_dangling_link(const char *path)
{
    cr_assert_eq(symlink("/nonexistent", path), 0);
}

static void make_huge(const char *path)
{
    int fd = open(path, O_WRONLY | O_CREAT, 0600);
    cr_assert(fd >= 0 && ftruncate(fd, (off_t)5 << 30) == 0);
    close(fd);
}

static void make_folder(const char *path)
{
    cr_assert_eq(mkdir(path, 0700), 0);
}

Test(bad_input, folders_of_input)
{
    static const struct {
        void (*make)(const char *path);
        const char *sentence, *reason;
    } rows[] = {
        {NULL, "holds no files", "empty folder"},
        {make_folder, "holds no files", "nothing but a folder"},
        {make_fifo, "a FIFO", "opening it would wait for ever"},
        {make_device_link, "a device", "reading it would never end"},
        {make_dangling_link, "leads nowhere", "dangling link"},
        {make_huge, "5120 MiB", "sparse file of 5 GiB"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *input = scratch_make();
        char path[512], arguments[640];
        snprintf(path, sizeof path, "%s/the-entry", input);
        if (rows[i].make != NULL)
            rows[i].make(path);
        snprintf(arguments, sizeof arguments, "compare upload --input %s", input);
        expect(2, rows[i].sentence, arguments, rows[i].reason);
        expect(2, rows[i].make == NULL || rows[i].make == make_folder ? input : "the-entry", arguments,
               "the sentence names it");
        scratch_remove(input);
    }
}

Test(bad_input, unreadable_input)
{
    char *input = scratch_make();
    char path[512];
    snprintf(path, sizeof path, "%s/secret", input);
    close(open(path, O_WRONLY | O_CREAT, 0600));
    chmod(path, 0);
    chmod(input, 0755);
    const char *as_nobody = geteuid() == 0 ? "setpriv --reuid=65534 --clear-groups" : "";
    struct command_result can_run = command_run("%s %s --version", as_nobody, EXEUNT);
    if (can_run.status == 0) {
        struct command_result result =
            command_run("TMPDIR=/tmp %s %s compare upload --input %s", as_nobody, EXEUNT, input);
        cr_assert_eq(result.status, 2, "%s", result.err);
        cr_assert_not_null(strstr(result.err, "secret"), "%s", result.err);
        command_free(&result);
    } else {
        cr_skip_test("an unprivileged user cannot run exeunt here");
    }
    command_free(&can_run);
    scratch_remove(input);
}

Test(bad_input, no_place_to_work)
{
    static const char *const folders[] = {"/nonexistent", "/proc", "/dev/null"};
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        struct command_result result = command_run("TMPDIR=%s %s compare upload", folders[i], EXEUNT);
        cr_assert_eq(result.status, 3, "%s: %s", folders[i], result.err);
        cr_assert_not_null(strstr(result.err, folders[i]), "%s", result.err);
        cr_assert_not_null(strstr(result.err, "TMPDIR"), "%s", result.err);
        command_free(&result);
    }
}

/* Runs in a mount namespace of its own, with a tmpfs of `size` to work in, mounted with `options`. */
static struct command_result run_on_tmpfs(const char *options, const char *arguments)
{
    return command_run("exec unshare -m sh -c 'mount -t tmpfs -o %s none /mnt && TMPDIR=/mnt exec %s %s'",
                       options, EXEUNT, arguments);
}

Test(bad_input, full_and_read_only_work_folder)
{
    struct command_result can_mount = command_run("unshare -m mount -t tmpfs none /mnt");
    if (can_mount.status != 0)
        cr_skip_test("a file system cannot be mounted here");
    struct command_result result = run_on_tmpfs("size=4m", "compare upload");
    cr_assert_eq(result.status, 3, "%s", result.err);
    cr_assert_not_null(strstr(result.err, "No space left"), "%s", result.err);
    command_free(&result);
    result = run_on_tmpfs("ro", "compare upload");
    cr_assert_eq(result.status, 3, "%s", result.err);
    cr_assert_not_null(strstr(result.err, "/mnt"), "%s", result.err);
    command_free(&result);
    command_free(&can_mount);
}

/* The disk fills up in the middle of a run: the program dies of it, and that is what is said. */
Test(bad_input, disk_full_while_running)
{
    struct command_result result =
        run_on_tmpfs("size=30m", "run upload/unguarded --faults posix/io/rw/read@6 --json - --quiet");
    if (strstr(result.err, "unshare") != NULL || strstr(result.err, "mount:") != NULL)
        cr_skip_test("a file system cannot be mounted here");
    cr_assert_not_null(strstr(result.out, "\"ended\":\"disk-full\""), "%s%s", result.out, result.err);
    command_free(&result);
}

Test(bad_input, parts_of_exeunt_missing)
{
    static const struct {
        const char *remove, *sentence;
    } rows[] = {
        {"*/exeunt/exeunt-host", "exeunt-host"},
        {"*/exeunt/libexeunt-preload.so", "libexeunt-preload.so"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *folder = scratch_make();
        struct command_result copied =
            command_run("cp -r %s/. %s/ && rm -r %s/%s", EXEUNT_ROOT, folder, folder, rows[i].remove);
        cr_assert_eq(copied.status, 0, "%s", copied.err);
        struct command_result result = command_run("%s/bin/exeunt compare upload", folder);
        cr_assert_eq(result.status, 3, "%s", result.err);
        cr_assert_not_null(strstr(result.err, rows[i].sentence), "%s", result.err);
        cr_assert_not_null(strstr(result.err, "missing"), "%s", result.err);
        command_free(&result);
        command_free(&copied);
        scratch_remove(folder);
    }
}

/* The usual limit is lowered to what the system allows; one that was asked for is not. */
Test(bad_input, a_low_hard_limit_is_no_mistake_of_the_user)
{
    struct command_result result =
        command_run("ulimit -n 512; exec %s run upload/guarded --quiet --operations 20", EXEUNT);
    cr_assert_eq(result.status, 0, "%s", result.err);
    command_free(&result);
    result = command_run("ulimit -n 512; exec %s run upload/guarded --quiet --limit-fds 1024", EXEUNT);
    cr_assert_eq(result.status, 2, "%s", result.err);
    cr_assert_not_null(strstr(result.err, "512"), "%s", result.err);
    command_free(&result);
}

/* What keeps the workload from starting is told apart from what the code under test does. */
Test(bad_input, a_host_that_cannot_start_says_so)
{
    struct command_result result = command_run("exec %s upload guarded --folder /nonexistent", HOST);
    cr_assert_eq(result.status, 78, "status %d", result.status);
    cr_assert_not_null(strstr(result.err, "/nonexistent"), "%s", result.err);
    command_free(&result);
}
