/* Decides when a report has colours, and how wide it may be. */
#include "looks.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "utf8.h"

enum { COLUMNS_FALLBACK = 80, COLUMNS_MIN = 40 };

struct report_options looks_of(FILE *out)
{
    struct winsize window;
    const char *no_color = getenv("NO_COLOR");
    bool terminal = isatty(fileno(out));
    struct report_options options = {.columns = COLUMNS_FALLBACK};
    const char *type = getenv("TERM");
    bool shows_color = type != NULL && type[0] != '\0' && strcmp(type, "dumb") != 0;
    options.color = terminal && shows_color && (no_color == NULL || no_color[0] == '\0');
    if (terminal && ioctl(fileno(out), TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        options.columns = window.ws_col < COLUMNS_MIN ? COLUMNS_MIN : window.ws_col;
    return options;
}

void looks_quiet(enum exit_status status, const char *sentence)
{
    if (status != EXIT_NOT_DONE)
        return;
    fputs("exeunt: ", stderr);
    utf8_show(sentence, SIZE_MAX, utf8_locale(), stderr);
    putc('\n', stderr);
}
