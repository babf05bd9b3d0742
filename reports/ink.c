/* Decides how a sign, a number and a piece of foreign text look on this terminal. */
#include "ink.h"

#include <inttypes.h>
#include <string.h>

#include "utf8.h"

static const struct signs unicode = {
    .vertical = "│",
    .mark = "┤",
    .corner = "└",
    .horizontal = "─",
    .tick = "┬",
    .limit = "╌",
    .death = "✖",
    .nothing = "–",
    .dots = "…",
    .separator = "·",
    .lines = {"●", "○", "◆", "△", "■", "◇", "▲", "□"},
};

static const struct signs ascii = {
    .vertical = "|",
    .mark = "+",
    .corner = "+",
    .horizontal = "-",
    .tick = "+",
    .limit = ".",
    .death = "X",
    .nothing = "-",
    .dots = ".",
    .separator = "|",
    .lines = {"#", "o", "=", "*", "%", "@", "&", "~"},
};

struct ink ink_of(FILE *out, bool color, int columns)
{
    bool wide = utf8_locale();
    return (struct ink){out, color, wide, columns, wide ? &unicode : &ascii};
}

void ink_begin(const struct ink *ink, enum hue hue)
{
    static const char *const codes[] = {
        [HUE_GOOD] = "1;32", [HUE_BAD] = "1;31", [HUE_WARNING] = "1;33",
        [HUE_FAINT] = "2",   [HUE_STRONG] = "1",
    };
    if (ink->color && hue != HUE_PLAIN)
        fprintf(ink->out, "\033[%sm", codes[hue]);
}

void ink_end(const struct ink *ink, enum hue hue)
{
    if (ink->color && hue != HUE_PLAIN)
        fputs("\033[0m", ink->out);
}

void ink_text(const struct ink *ink, const char *text)
{
    utf8_show(text, SIZE_MAX, ink->wide, ink->out);
}

static size_t characters(const char *text)
{
    size_t count = 0;
    for (uint32_t code; *text != '\0'; count++)
        text += utf8_next(text, &code);
    return count;
}

static void pad(const struct ink *ink, size_t from, size_t width)
{
    if (from < width)
        fprintf(ink->out, "%*s", (int)(width - from), "");
}

/* `text` in the hue, cut to `width` columns; `length` is how long it is. */
static void cut(const struct ink *ink, const char *text, size_t length, size_t width, enum hue hue)
{
    ink_begin(ink, hue);
    utf8_show(text, length > width ? width - 1 : width, ink->wide, ink->out);
    if (length > width)
        fputs(ink->signs->dots, ink->out);
    ink_end(ink, hue);
}

void ink_right(const struct ink *ink, const char *text, int width, enum hue hue)
{
    size_t length = characters(text);
    pad(ink, length, (size_t)width);
    cut(ink, text, length, (size_t)width, hue);
}

void ink_left(const struct ink *ink, const char *text, int width, enum hue hue)
{
    size_t length = characters(text);
    cut(ink, text, length, (size_t)width, hue);
    pad(ink, length, (size_t)width);
}

char *ink_number(char *to, uint64_t value)
{
    char digits[INK_NUMBER_MAX];
    size_t length = (size_t)snprintf(digits, sizeof digits, "%" PRIu64, value);
    char *end = to;
    for (size_t i = 0; i < length; i++) {
        if (i > 0 && (length - i) % 3 == 0)
            *end++ = ',';
        *end++ = digits[i];
    }
    *end = '\0';
    return to;
}

char *ink_duration(char *to, uint64_t ms)
{
    uint64_t hundredths = (ms + 5) / 10, s = ms / 1000, m = s / 60;
    if (ms < 1000)
        snprintf(to, INK_NUMBER_MAX, "%" PRIu64 " ms", ms);
    else if (hundredths < 6000)
        snprintf(to, INK_NUMBER_MAX, "%" PRIu64 ".%02" PRIu64 " s", hundredths / 100, hundredths % 100);
    else if (m < 60)
        snprintf(to, INK_NUMBER_MAX, "%" PRIu64 " m %02" PRIu64 " s", m, s % 60);
    else
        snprintf(to, INK_NUMBER_MAX, "%" PRIu64 " h %02" PRIu64 " m", m / 60, m % 60);
    return to;
}
