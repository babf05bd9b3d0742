/* Decides when the live line is drawn, and what it says. */
#include "progress.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "ink.h"

enum { LINE_MAX_BYTES = 256, BETWEEN_NS = 100000000, COLUMNS_FALLBACK = 80 };

/* Estimated time to the end; 0: nothing can be said yet. */
static uint64_t left_ns(const struct campaign_progress *now)
{
    if (now->for_ns > 0)
        return now->for_ns > now->elapsed_ns ? now->for_ns - now->elapsed_ns : 0;
    if (now->operations == 0 || now->operations >= now->operations_planned)
        return 0;
    uint64_t left = now->operations_planned - now->operations;
    return (uint64_t)((double)now->elapsed_ns / (double)now->operations * (double)left);
}

/* Whole seconds below a minute, and nothing finer above: it is an estimate. */
static char *progress_time(char *to, uint64_t s)
{
    if (s < 60)
        snprintf(to, INK_NUMBER_MAX, "%" PRIu64 " s", s);
    else
        ink_duration(to, s * 1000);
    return to;
}

/* A line that grows. */
struct text {
    char *start;
    size_t size, length;
};

static void add(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void add(struct text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    int added = vsnprintf(text->start + text->length, text->size - text->length, format, arguments);
    va_end(arguments);
    if (added > 0)
        text->length += (size_t)added;
    if (text->length >= text->size)
        text->length = text->size - 1;
}

char *progress_line(const struct campaign_progress *now, char *line, size_t size)
{
    char done[INK_NUMBER_MAX], planned[INK_NUMBER_MAX], fds[INK_NUMBER_MAX] = "?";
    char limit[INK_NUMBER_MAX], faults[INK_NUMBER_MAX], left[INK_NUMBER_MAX];
    uint64_t left_s = (left_ns(now) + 999999999) / 1000000000;
    if (now->fds >= 0)
        ink_number(fds, (uint64_t)now->fds);
    bool counted = now->operations_planned > 0;
    struct text text = {line, size, 0};
    add(&text, "%s: ", now->variant);
    if (counted || now->operations > 0)
        add(&text, "%s%s%s operations, ", ink_number(done, now->operations), counted ? " of " : "",
            counted ? ink_number(planned, now->operations_planned) : "");
    add(&text, "%s%s%s descriptors, %s faults", fds, now->limit_fds > 0 ? "/" : "",
        now->limit_fds > 0 ? ink_number(limit, now->limit_fds) : "", ink_number(faults, now->faults));
    if (now->children > 0)
        add(&text, ", %s children", ink_number(done, (uint64_t)now->children));
    if (now->temps > 0)
        add(&text, ", %s temporary files", ink_number(done, (uint64_t)now->temps));
    if (left_s > 0)
        add(&text, ", %s left", progress_time(left, left_s));
    return line;
}

struct progress progress_start(bool wanted)
{
    const char *terminal = getenv("TERM");
    bool redraws = terminal != NULL && terminal[0] != '\0' && strcmp(terminal, "dumb") != 0;
    return (struct progress){.live = wanted && redraws && isatty(STDERR_FILENO) && isatty(STDOUT_FILENO)};
}

static void draw(struct progress *progress, const char *line)
{
    uint64_t now_ns = clock_now_ns();
    if (!progress->live || now_ns < progress->next_ns)
        return;
    progress->next_ns = now_ns + BETWEEN_NS;

    struct winsize window;
    bool known = ioctl(STDERR_FILENO, TIOCGWINSZ, &window) == 0 && window.ws_col > 1;
    /* A line that wraps could not be drawn over. */
    fprintf(stderr, "\r%.*s\033[K", (known ? window.ws_col : COLUMNS_FALLBACK) - 1, line);
    fflush(stderr);
}

void progress_show(void *context, const struct campaign_progress *now)
{
    char line[LINE_MAX_BYTES];
    draw(context, progress_line(now, line, sizeof line));
}

void progress_show_sweep(struct progress *progress, const struct sweep_progress *now)
{
    char line[LINE_MAX_BYTES], runs[INK_NUMBER_MAX], planned[INK_NUMBER_MAX], findings[INK_NUMBER_MAX];
    snprintf(line, sizeof line, "%s of %s runs, %s findings", ink_number(runs, now->runs),
             ink_number(planned, now->planned), ink_number(findings, now->findings));
    draw(progress, line);
}

void progress_show_part(struct progress *progress, size_t index, size_t count, const char *command)
{
    char line[LINE_MAX_BYTES];
    snprintf(line, sizeof line, "%zu of %zu: %s", index + 1, count, command);
    progress->next_ns = 0; /* there are few of them, and each stands for long */
    draw(progress, line);
}

void progress_clear(const struct progress *progress)
{
    if (progress->live && progress->next_ns > 0) {
        fputs("\r\033[K", stderr);
        fflush(stderr);
    }
}
