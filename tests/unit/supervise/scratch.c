/* What a run changes in its scratch copy is told and undone, and nothing else is touched. */
#include <criterion/criterion.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "base/folder.h"
#include "supervise/scratch.h"

enum { BYTES_MAX = 1 << 20, DEEP = 3000, MANY = 3000 };

/* The user's folder, a copy of it, and something that no run must reach through the copy. */
struct place {
    char from[PATH_MAX], outside[PATH_MAX];
    struct scratch *scratch;
    int folder; /* of the copy */
};

static void put(int folder, const char *name, const char *text)
{
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
    cr_assert_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text), "%s: %s", name, strerror(errno));
    close(fd);
}

static void expect_text(int folder, const char *name, const char *text)
{
    char found[100] = "";
    int fd = openat(folder, name, O_RDONLY | O_CLOEXEC);
    cr_expect_eq(read(fd, found, sizeof found - 1), (ssize_t)strlen(text), "%s", name);
    cr_expect_str_eq(found, text, "%s", name);
    close(fd);
}

/* file, folder/inner/file, folder/read-only, link to the file, empty/ */
static struct place place_open(void)
{
    struct place place;
    struct error error = {.text = ""};
    cr_assert_eq(folder_make(place.from, &error), 0, "%s", error.text);
    cr_assert_eq(folder_make(place.outside, &error), 0, "%s", error.text);
    int outside = open(place.outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    put(outside, "precious", "precious");
    int from = open(place.from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mkdirat(from, "folder", 0700);
    mkdirat(from, "folder/inner", 0750);
    mkdirat(from, "empty", 0700);
    put(from, "file", "content");
    put(from, "folder/inner/file", "deeper");
    put(from, "folder/read-only", "not to be written");
    fchmodat(from, "folder/read-only", 0400, 0);
    cr_assert_eq(symlinkat("file", from, "link"), 0);
    utimensat(from, "file", (struct timespec[]){{1000, 0}, {1000, 5000}}, 0);
    fchmodat(from, "folder", 0500, 0);
    close(from);
    close(outside);
    cr_assert_eq(scratch_open(place.from, NULL, BYTES_MAX, &place.scratch, &error), 0, "%s", error.text);
    place.folder = open(scratch_path(place.scratch), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return place;
}

static void place_close(struct place *place)
{
    char leftover[300] = "", path[PATH_MAX + 8];
    close(place->folder);
    cr_expect_null(scratch_close(place->scratch, leftover, sizeof leftover));
    cr_expect_str_eq(leftover, "");
    int outside = open(place->outside, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    expect_text(outside, "precious", "precious");
    struct stat status;
    cr_expect_eq(fstatat(outside, "precious", &status, 0), 0);
    cr_expect_eq(status.st_mode & ALLPERMS, 0640);
    close(outside);
    cr_expect_eq(folder_remove(place->outside), 0);
    snprintf(path, sizeof path, "%s/folder", place->from);
    chmod(path, 0700);
    cr_expect_eq(folder_remove(place->from), 0);
}

/* Without the rights that let root pass by all permissions. */
static void be_nobody_special(void)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct none[2] = {{0}};
    cr_assert_eq(syscall(SYS_capset, &header, none), 0);
}

static struct scratch_changes restore(struct place *place)
{
    struct scratch_changes changes = {0};
    struct error error = {.text = ""};
    cr_assert_eq(scratch_restore(place->scratch, &changes, &error), 0, "%s", error.text);
    return changes;
}

static void expect_as_it_was(struct place *place, const char *reason)
{
    struct stat status;
    char target[10] = "";
    int folder = open(scratch_path(place->scratch), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    expect_text(folder, "file", "content");
    expect_text(folder, "folder/inner/file", "deeper");
    expect_text(folder, "folder/read-only", "not to be written");
    cr_expect_eq(readlinkat(folder, "link", target, sizeof target), 4, "%s", reason);
    cr_expect_eq(fstatat(folder, "file", &status, 0), 0);
    cr_expect(status.st_mtim.tv_sec == 1000 && status.st_mtim.tv_nsec == 5000, "%s: its time, too", reason);
    cr_expect_eq(status.st_mode & ALLPERMS, 0640, "%s", reason);
    cr_expect_eq(fstatat(folder, "folder", &status, 0), 0);
    cr_expect_eq(status.st_mode & ALLPERMS, 0500, "%s", reason);
    cr_expect_eq(fstatat(folder, "folder/inner", &status, 0), 0);
    cr_expect_eq(status.st_mode & ALLPERMS, 0750, "%s", reason);
    cr_expect_eq(fstatat(folder, "empty", &status, 0), 0);
    close(folder);
    struct scratch_changes changes = restore(place);
    cr_expect_eq(changes.count, 0, "%s: %s", reason, changes.count > 0 ? changes.list[0].path : "");
    scratch_changes_clear(&changes);
}

/* Until what happens next cannot get the time of what was put back last. */
static void let_it_grow_old(struct place *place)
{
    struct timespec begin, now;
    clock_gettime(CLOCK_REALTIME_COARSE, &begin);
    do
        clock_gettime(CLOCK_REALTIME_COARSE, &now);
    while (now.tv_sec == begin.tv_sec && now.tv_nsec == begin.tv_nsec);
    struct scratch_changes changes = restore(place);
    cr_expect_eq(changes.count, 0);
    scratch_changes_clear(&changes);
}

static void nothing(struct place *place)
{
    (void)place;
}

static void change_content(struct place *place)
{
    put(place->folder, "file", "changed");
}

/* As a run that hides what it did: the size and the time are what they were. */
static void change_secretly(struct place *place)
{
    put(place->folder, "file", "CONTENT");
    utimensat(place->folder, "file", (struct timespec[]){{1000, 0}, {1000, 5000}}, 0);
}

static void rewrite_the_same(struct place *place)
{
    put(place->folder, "file", "content");
}

static void change_permissions(struct place *place)
{
    fchmodat(place->folder, "file", 0777, 0);
    fchmodat(place->folder, "folder/inner", 0, 0);
}

static void lock_all(struct place *place)
{
    fchmodat(place->folder, "folder/inner/file", 0, 0);
    fchmodat(place->folder, "folder/inner", 0, 0);
    fchmodat(place->folder, "folder", 0, 0);
    mkdirat(place->folder, "made", 0700);
    mkdirat(place->folder, "made/inner", 0700);
    put(place->folder, "made/inner/file", "x");
    fchmodat(place->folder, "made/inner", 0, 0);
    fchmodat(place->folder, "made", 0, 0);
    fchmod(place->folder, 0);
}

static void make_special(struct place *place)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    cr_assert_eq(fchdir(place->folder), 0);
    cr_assert_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    close(fd);
    cr_assert_eq(chdir("/"), 0);
    cr_assert_eq(mkfifoat(place->folder, "fifo", 0600), 0);
}

static void remove_some(struct place *place)
{
    fchmodat(place->folder, "folder", 0700, 0);
    unlinkat(place->folder, "folder/inner/file", 0);
    unlinkat(place->folder, "folder/inner", AT_REMOVEDIR);
    unlinkat(place->folder, "empty", AT_REMOVEDIR);
    unlinkat(place->folder, "link", 0);
}

static void remove_whole(struct place *place)
{
    remove_some(place);
    unlinkat(place->folder, "folder/read-only", 0);
    unlinkat(place->folder, "folder", AT_REMOVEDIR);
    unlinkat(place->folder, "file", 0);
    cr_assert_eq(rmdir(scratch_path(place->scratch)), 0);
}

/* What was a folder leads outside, and what was a file is one outside. */
static void lead_outside(struct place *place)
{
    char path[PATH_MAX + 10];
    remove_some(place);
    cr_assert_eq(symlinkat(place->outside, place->folder, "empty"), 0);
    cr_assert_eq(symlinkat(place->outside, place->folder, "folder/inner"), 0);
    unlinkat(place->folder, "file", 0);
    snprintf(path, sizeof path, "%s/precious", place->outside);
    cr_assert_eq(linkat(AT_FDCWD, path, place->folder, "file", 0), 0);
    cr_assert_eq(symlinkat(path, place->folder, "made"), 0);
}

/* The whole copy leads outside. */
static void replace_whole(struct place *place)
{
    remove_whole(place);
    cr_assert_eq(symlink(place->outside, scratch_path(place->scratch)), 0);
}

static void swap_types(struct place *place)
{
    unlinkat(place->folder, "file", 0);
    mkdirat(place->folder, "file", 0700);
    put(place->folder, "file/inside", "x");
    unlinkat(place->folder, "empty", AT_REMOVEDIR);
    put(place->folder, "empty", "x");
}

static void make_deep(struct place *place)
{
    int at = dup(place->folder);
    for (int i = 0; i < DEEP; i++) {
        cr_assert_eq(mkdirat(at, "deep", 0700), 0);
        int next = openat(at, "deep", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        close(at);
        at = next;
    }
    put(at, "bottom", "x");
    close(at);
}

static void make_many(struct place *place)
{
    char name[32];
    for (int i = 0; i < MANY; i++) {
        snprintf(name, sizeof name, "empty/%d", i);
        put(place->folder, name, "");
    }
}

Test(scratch, tells_and_undoes)
{
    static const struct {
        void (*act)(struct place *);
        const char *told; /* M made, C changed, R removed; "*": only that something is */
        const char *reason;
    } rows[] = {
        {nothing, "", "nothing"},
        {change_content, "C file ", "content"},
        {change_secretly, "C file ", "content of the same size and time"},
        {rewrite_the_same, "", "written, but the same"},
        {change_permissions, "C file C folder/inner ", "permissions alone"},
        {lock_all, "*", "nothing may be entered"},
        {make_special, "M fifo M socket ", "neither file nor folder"},
        {remove_some, "R empty C folder R folder/inner R folder/inner/file R link ", "removed"},
        {remove_whole,
         "R . R empty R file R folder R folder/inner R folder/inner/file R folder/read-only R link ",
         "the folder itself is gone"},
        {lead_outside, "C empty C file C folder C folder/inner R folder/inner/file R link M made ",
         "links outside"},
        {replace_whole,
         "C . R empty R file R folder R folder/inner R folder/inner/file R folder/read-only R link ",
         "the folder itself is a link outside"},
        {swap_types, "C empty C file M file/inside ", "a folder for a file, a file for a folder"},
        {make_deep, "*", "deeper than any path and than descriptors last"},
        {make_many, "*", "thousands"},
    };
    be_nobody_special();
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct place place = place_open();
        for (int again = 0; again < 2; again++) {
            char told[1000] = "";
            if (again == 1)
                let_it_grow_old(&place);
            close(place.folder);
            place.folder = open(scratch_path(place.scratch), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
            rows[i].act(&place);
            struct scratch_changes changes = restore(&place);
            for (size_t k = 0; k < changes.count && strcmp(rows[i].told, "*") != 0; k++)
                snprintf(told + strlen(told), sizeof told - strlen(told), "%c %s ",
                         "MCR"[changes.list[k].kind], changes.list[k].path);
            if (strcmp(rows[i].told, "*") == 0)
                cr_expect_gt(changes.count, 0, "%s", rows[i].reason);
            else
                cr_expect_str_eq(told, rows[i].told, "%s: %s", rows[i].reason, told);
            scratch_changes_clear(&changes);
            expect_as_it_was(&place, rows[i].reason);
        }
        place_close(&place);
    }
}

Test(scratch, tells_contents_alike)
{
    struct place place = place_open();
    uint64_t contents[3];
    const char *const texts[] = {"one", "two", "one"};
    for (int i = 0; i < 3; i++) {
        put(place.folder, "made", texts[i]);
        struct scratch_changes changes = restore(&place);
        cr_assert_eq(changes.count, 1);
        contents[i] = changes.list[0].content;
        scratch_changes_clear(&changes);
    }
    cr_expect_eq(contents[0], contents[2], "the same, whenever it was made");
    cr_expect_neq(contents[0], contents[1], "as long, but not the same");
    place_close(&place);
}

/* Of one's own descriptors the one that they are listed by is closed as soon as it has been listed. */
Test(scratch, passes_over_what_goes_meanwhile)
{
    struct error error = {.text = ""};
    struct scratch *scratch;
    char leftover[300] = "";
    cr_assert_eq(scratch_open("/proc/self/fd", NULL, 1 << 20, &scratch, &error), 0, "%s", error.text);
    cr_expect_null(scratch_close(scratch, leftover, sizeof leftover));
    cr_expect_str_eq(leftover, "");
}

Test(scratch, refuses_what_cannot_be_copied)
{
    struct place place = place_open();
    struct scratch *scratch = NULL;
    struct error error = {.text = ""};
    cr_expect_eq(scratch_open(place.from, NULL, 20, &scratch, &error), -EFBIG, "three files of less");
    cr_expect_not_null(strstr(error.text, place.from));
    int from = open(place.from, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    mkfifoat(from, "fifo", 0600);
    cr_expect_eq(scratch_open(place.from, NULL, BYTES_MAX, &scratch, &error), -EINVAL,
                 "it would never be read to its end");
    cr_expect_not_null(strstr(error.text, "fifo"));
    unlinkat(from, "fifo", 0);
    close(from);
    cr_expect_eq(scratch_open("/nowhere", NULL, BYTES_MAX, &scratch, &error), -ENOENT);
    cr_expect_null(scratch);
    place_close(&place);
}
