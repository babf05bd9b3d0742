/* Decides which characters of a foreign text may reach a terminal. */
#include "utf8.h"

#include <langinfo.h>
#include <string.h>

/* Bytes of the character that `lead` begins, 0 if it begins none. */
static size_t length_by(unsigned char lead)
{
    if (lead < 0x80)
        return 1;
    if (lead < 0xC0 || lead >= 0xF8)
        return 0;
    return lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
}

size_t utf8_next(const char *text, uint32_t *code)
{
    static const uint32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char lead = (unsigned char)text[0];
    size_t length = length_by(lead);
    *code = UTF8_BROKEN;
    if (length == 0)
        return 1;
    uint32_t value = length == 1 ? lead : lead & (0x7Fu >> length);
    for (size_t i = 1; i < length; i++) {
        unsigned char next = (unsigned char)text[i];
        if ((next & 0xC0) != 0x80)
            return 1;
        value = value << 6 | (next & 0x3Fu);
    }
    if (value < smallest[length] || value > 0x10FFFF || (value >= 0xD800 && value <= 0xDFFF))
        return 1;
    *code = value;
    return length;
}

bool utf8_locale(void)
{
    return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* C0, DEL, C1; line and paragraph separators; the characters that are invisible or turn the direction of
 * writing ("Trojan Source", CVE-2021-42574). */
static bool is_harmful(uint32_t code)
{
    return code < 0x20 || (code >= 0x7F && code <= 0x9F) || (code >= 0x200B && code <= 0x200F) ||
           (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF;
}

size_t utf8_show(const char *text, size_t width, bool wide, FILE *out)
{
    size_t shown = 0;
    for (; *text != '\0' && shown < width; shown++) {
        uint32_t code;
        size_t length = utf8_next(text, &code);
        if (code == UTF8_BROKEN || is_harmful(code) || (!wide && code > 0x7F))
            fputs(wide ? "\uFFFD" : "?", out);
        else
            fwrite(text, 1, length, out);
        text += length;
    }
    return shown;
}
