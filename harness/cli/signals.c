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

/* One that is ignored, as by nohup, stays ignored. */
static void replace_handler(int signal_number, const struct sigaction *action)
{
    struct sigaction now;
    if (sigaction(signal_number, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
        sigaction(signal_number, action, NULL);
}

static void handle_signals(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    /* Without SA_RESTART: whatever the campaign waits for is to end now. */
    const struct sigaction action = {.sa_handler = handler};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        replace_handler(signals[i], &action);
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
