/* The file of suppressions: what is accepted, written back, parses to the same; every entry suppresses its
 * finding on its last day, and none is silent about what a person should know. */
#include "oracle/suppress.h"
#include "input.h"

static char *write_back(const struct suppressions *parsed)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    MUST(out != NULL);
    for (size_t i = 0; i < parsed->count; i++) {
        const struct suppression *each = &parsed->list[i];
        fprintf(out, "%016llx %s%s %s\n", (unsigned long long)each->signature,
                each->until[0] != '\0' ? "until " : "", each->until, each->reason);
    }
    MUST(fclose(out) == 0);
    return text;
}

static void check_same(const struct suppressions *parsed)
{
    struct suppressions again;
    struct error error;
    char *text = write_back(parsed);
    MUST(suppress_parse("again", text, &again, &error) == 0);
    MUST(again.count == parsed->count);
    for (size_t i = 0; i < again.count; i++) {
        MUST(again.list[i].signature == parsed->list[i].signature);
        MUST(strcmp(again.list[i].until, parsed->list[i].until) == 0);
        MUST(strcmp(again.list[i].reason, parsed->list[i].reason) == 0);
    }
    suppressions_clear(&again);
    free(text);
}

static void apply(struct suppressions *parsed)
{
    struct sweep_finding finding = {.signature = parsed->list[0].signature};
    const char *until = parsed->list[0].until;
    char remark[512];
    suppress_apply(parsed, until[0] != '\0' ? until : "2027-03-01", &finding, 1);
    MUST(parsed->list[0].used && !parsed->list[0].expired);
    MUST(strcmp(finding.suppressed, parsed->list[0].reason) == 0);
    for (size_t i = 0; i < parsed->count; i++) {
        suppress_remark(parsed, &parsed->list[i], remark, sizeof remark);
        MUST((remark[0] == '\0') == (i == 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *text = input_text(&(struct input){bytes, size});
    struct suppressions parsed = {0};
    struct error error = {.text = ""};
    if (suppress_parse("known", text, &parsed, &error) != 0) {
        MUST(error.text[0] != '\0' && parsed.list == NULL);
    } else {
        check_same(&parsed);
        if (parsed.count > 0)
            apply(&parsed);
    }
    suppressions_clear(&parsed);
    free(text);
    return 0;
}
