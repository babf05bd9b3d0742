/* Decides which signals end a campaign in order. */
#include "signals.h"

#include <signal.h>
#include <stddef.h>

static volatile int interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static void handle_signals(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    /* Without SA_RESTART: whatever the campaign waits for is to end now. */
    const struct sigaction action = {.sa_handler = handler};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    /* The live line may lose its reader; that is no reason to leave things behind. */
    signal(SIGPIPE, handler == SIG_DFL ? SIG_DFL : SIG_IGN);
}

const volatile int *signals_catch(void)
{
    handle_signals(interrupt);
    return &interrupted;
}

void signals_release(void)
{
    handle_signals(SIG_DFL);
}
