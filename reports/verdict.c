/* Decides how a verdict is called, and how it looks. */
#include "verdict.h"

void verdict_write(const struct ink *ink, enum verdict verdict)
{
    static const struct {
        const char *word;
        enum hue hue;
    } verdicts[] = {
        [VERDICT_PASS] = {"PASS", HUE_GOOD},
        [VERDICT_FAIL] = {"FAIL", HUE_BAD},
        [VERDICT_CONTROL_MISSED] = {"CONTROL MISSED", HUE_BAD},
        [VERDICT_INCONCLUSIVE] = {"INCONCLUSIVE", HUE_WARNING},
    };
    ink_begin(ink, verdicts[verdict].hue);
    fputs(verdicts[verdict].word, ink->out);
    ink_end(ink, verdicts[verdict].hue);
    fputs(": ", ink->out);
}
