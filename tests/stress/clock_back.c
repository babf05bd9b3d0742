/* Preloaded: whoever asks for the time of day gets a day less each time, from CLOCK_BACK_FROM on. */
#include <stdlib.h>
#include <time.h>

static time_t now;

__attribute__((visibility("default"))) time_t time(time_t *out);
time_t time(time_t *out)
{
    const char *from = getenv("CLOCK_BACK_FROM");
    if (now == 0)
        now = from != NULL ? atol(from) : 0;
    now -= 86400;
    if (out != NULL)
        *out = now;
    return now;
}
