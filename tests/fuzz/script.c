/* A campaign's file: of what is accepted, each line has a command, and its words, quoted, are read as the
 * same words again. There are no slashes: a wildcard would be looked for in all of the machine. */
#include "campaign/script.h"
#include "input.h"

#include <stdbool.h>

static char *quoted(char *const *words)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    MUST(out != NULL);
    for (; *words != NULL; words++)
        script_quote(out, *words);
    MUST(fclose(out) == 0);
    return text;
}

static bool are_same(char *const *words, char *const *others)
{
    for (; *words != NULL && *others != NULL; words++, others++)
        if (strcmp(*words, *others) != 0)
            return false;
    return *words == *others;
}

static void check_line(const struct script_line *line)
{
    struct script again;
    struct error error;
    char *text = quoted(line->words);
    MUST(line->words[0] != NULL && line->number >= 1);
    MUST(script_parse("again", text, &again, &error) == 0);
    MUST(again.count == 1 && are_same(line->words, again.lines[0].words));
    script_clear(&again);
    free(text);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = input_text(&(struct input){bytes, size});
    struct script script = {0};
    struct error error = {.text = ""};
    for (char *slash; (slash = strchr(text, '/')) != NULL;)
        *slash = '_';
    if (script_parse("campaign", text, &script, &error) != 0) {
        MUST(error.text[0] != '\0' && script.lines == NULL);
    } else {
        MUST(script.count > 0 && script.lines != NULL);
        for (size_t i = 0; i < script.count; i++)
            check_line(&script.lines[i]);
    }
    script_clear(&script);
    free(text);
    return 0;
}
