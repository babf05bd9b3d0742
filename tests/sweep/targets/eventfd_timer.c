/* Two descriptors are needed; when the second cannot be made, the first is forgotten.
 * It shows only near the descriptor limit, where it makes things worse. */
#include <sys/eventfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static int set_up_and_down(void)
{
    int wakeup = eventfd(0, EFD_CLOEXEC); /* blamed */
    if (wakeup < 0)
        return -1;
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    if (timer < 0) {
#ifdef MENDED
        close(wakeup);
#endif
        return -1;
    }
    int failed = close(timer);
    return close(wakeup) | failed;
}

int main(void)
{
    return set_up_and_down() != 0;
}
