/* Jumps out of signal handlers. One that comes while our own code runs, or what it calls, may leave that for
 * good by a jump: then the thread is watched again. Where a jump stays within the handler, the rest of the
 * handler is watched, too, until the code that it interrupted goes on. What others would wait for cannot be
 * left so: no handler runs meanwhile. A vfork's child goes on as it is. */
#include <setjmp.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "preload.h"

struct undisturbed undisturbed_begin(void)
{
    static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT, SIGSYS};
    struct undisturbed before = {0};
    uint64_t blocked = UINT64_MAX;
    for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
        blocked &= ~(UINT64_C(1) << (crashes[i] - 1));
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &before.cancellation);
    syscall(SYS_rt_sigprocmask, SIG_BLOCK, &blocked, &before.signals, sizeof blocked);
    return before;
}

void undisturbed_end(struct undisturbed before)
{
    pthread_setcancelstate(before.cancellation, NULL);
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &before.signals, NULL, sizeof before.signals);
}

#define JUMPING(name, buffer)                                                                                \
    _Noreturn void wrapped_##name(buffer to, int value) __asm__(#name);                                      \
    REAL(void, name, (buffer to, int value), (to, value))                                                    \
    EXPORT _Noreturn void wrapped_##name(buffer to, int value)                                               \
    {                                                                                                        \
        if (UNLIKELY(self.bypass != 0 && self.bypass < BYPASS_IN_VFORK))                                     \
            self.bypass = 0;                                                                                 \
        for (;;)                                                                                             \
            real_##name(to, value);                                                                          \
    }

JUMPING(longjmp, jmp_buf)
JUMPING(_longjmp, jmp_buf)
JUMPING(siglongjmp, sigjmp_buf)
JUMPING(__longjmp_chk, jmp_buf)
