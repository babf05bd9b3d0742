/* Decides what of a program's standard error is fit to be shown to a person and put into a report: one
 * line, printable UTF-8. A carriage return ends a line too, as the steps of a progress display do. */
#include "supervise/words.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>

/* Characters that are valid but not to be shown: controls, marks of width 0 or of direction, line
 * separators, surrogates, and the two that XML forbids. */
static bool hidden(uint32_t character)
{
    static const struct {
        uint32_t first, last;
    } ranges[] = {
        {0x0000, 0x001f}, {0x007f, 0x009f}, {0x061c, 0x061c}, {0x200b, 0x200f}, {0x2028, 0x202e},
        {0x2060, 0x206f}, {0xd800, 0xdfff}, {0xfeff, 0xfeff}, {0xfffe, 0xffff},
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

/* Bytes of the character that `text` begins with, 0 if it is not to be shown as it is.
 * Source: RFC 3629, table of well-formed byte sequences. */
static size_t shown_length(const unsigned char *text, size_t left)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    if (text[0] < 0x80)
        return hidden(text[0]) ? 0 : 1;
    if (text[0] < 0xc2 || text[0] > 0xf4)
        return 0;
    size_t length = text[0] < 0xe0 ? 2 : text[0] < 0xf0 ? 3 : 4;
    if (length > left)
        return 0;
    uint32_t character = text[0] & (0x7fu >> length);
    for (size_t i = 1; i < length; i++) {
        if ((text[i] & 0xc0) != 0x80)
            return 0;
        character = character << 6 | (text[i] & 0x3f);
    }
    return character < least[length] || character > 0x10ffff || hidden(character) ? 0 : length;
}

static void end_line(struct words *words)
{
    size_t from = 0;
    size_t end = words->length;
    words->length = 0;
    while (from < end && strchr(" \t", words->line[from]) != NULL)
        from++;
    while (end > from && strchr(" \t", words->line[end - 1]) != NULL)
        end--;
    if (from == end)
        return;
    char *out = words->last;
    while (from < end) {
        size_t length = shown_length((const unsigned char *)words->line + from, end - from);
        if (length > 0)
            memcpy(out, words->line + from, length);
        else
            *out = words->line[from] == '\t' ? ' ' : '?';
        length += length == 0;
        out += length;
        from += length;
    }
    *out = '\0';
}

void words_add(struct words *words, const char *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (bytes[i] == '\n' || bytes[i] == '\r')
            end_line(words);
        else if (words->length < WORDS_MAX - 1)
            words->line[words->length++] = bytes[i];
    }
}

const char *words_end(struct words *words)
{
    end_line(words);
    return words->last;
}
