/* Programs in miniature that jump out of signal handlers, which came while the preload's own code ran. */
#include <errno.h>
#include <fcntl.h>
#include <fiu-control.h>
#include <fiu.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <setjmp.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "exeunt/mark.h"
#include "target.h"

enum { PAGE = 4096, SECONDS_MAX = 60, BLOCKS = 20000 };

_Noreturn void __longjmp_chk(jmp_buf, int);

static sigjmp_buf landing;
static void (*jump)(sigjmp_buf, int) = siglongjmp;
static char *page; /* a text that cannot be read at first */

static void jump_out(int number)
{
    (void)number;
    jump(landing, 1);
}

static void handle(int number, void (*handler)(int))
{
    const struct sigaction action = {.sa_handler = handler, .sa_flags = SA_NODEFER};
    need(sigaction(number, &action, NULL) == 0);
}

static void map_text(void)
{
    page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    need(page != MAP_FAILED);
    memcpy(page, "text", sizeof "text");
    need(mprotect(page, PAGE, PROT_NONE) == 0);
}

/* Opens fail as planned: the thread is watched. */
static void open_fails(void)
{
    need(open("/dev/null", O_RDONLY) == -1 && errno == EMFILE);
}

/* By each of the C library's names. */
static void out_of_strdup(void)
{
    static void (*const jumps[])(sigjmp_buf, int) = {siglongjmp, longjmp, _longjmp, __longjmp_chk};
    map_text();
    handle(SIGSEGV, jump_out);
    for (volatile size_t i = 0; i < sizeof jumps / sizeof *jumps; i++) {
        jump = jumps[i];
        if (sigsetjmp(landing, 1) == 0)
            need(strdup(page) == NULL);
        open_fails();
    }
}

/* What it interrupts goes on afterwards. */
static void jump_within(int number)
{
    (void)number;
    if (sigsetjmp(landing, 1) == 0)
        siglongjmp(landing, 1);
    need(mprotect(page, PAGE, PROT_READ) == 0);
}

static void within_handler(void)
{
    map_text();
    handle(SIGSEGV, jump_within);
    char *copy = strdup(page);
    need(copy != NULL && strcmp(copy, "text") == 0);
    free(copy);
    open_fails();
}

static int interrupt(const char *name, int *failnum, void **failinfo, unsigned int *flags)
{
    (void)name, (void)failnum, (void)failinfo, (void)flags;
    return raise(SIGUSR1);
}

static void open_and_close(void)
{
    need(close(open_null()) == 0);
}

/* libfiu's lock and the fork's would stay taken. */
static void out_of_libfiu(void)
{
    alarm(SECONDS_MAX);
    handle(SIGUSR1, jump_out);
    need(fiu_enable_external("app/unknown", 1, NULL, 0, interrupt) == 0);
    if (sigsetjmp(landing, 1) == 0)
        need(fiu_fail("app/unknown") == 2);
    need(fiu_disable("app/unknown") == 0);
    in_child(open_and_close);
    open_fails();
}

/* The kernel interrupts whoever maps more than a page. */
static void refuse_mappings(void)
{
    static struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 0, 2),
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[1])),
        BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, PAGE, 1, 0),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
    };
    const struct sock_fprog filter = {sizeof steps / sizeof *steps, steps};
    need(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    need(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0);
}

/* Each of the books' tables that grows is left half done. */
static void out_of_the_books(void)
{
    volatile int jumps = 0;
    exeunt_end(0);
    alarm(SECONDS_MAX);
    handle(SIGSYS, jump_out);
    refuse_mappings();
    for (volatile int i = 0; i < BLOCKS; i++) {
        if (sigsetjmp(landing, 1) == 0)
            need(malloc(16) != NULL);
        else
            jumps++;
    }
    need(jumps > 0);
    exeunt_begin(1);
    need(malloc(100) != NULL);
}

int main(int argc, char **argv)
{
    static const struct mode modes[] = {
        {"out-of-strdup", out_of_strdup},
        {"within-handler", within_handler},
        {"out-of-libfiu", out_of_libfiu},
        {"out-of-the-books", out_of_the_books},
    };
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
