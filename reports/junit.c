/* The report of a gate for pipelines: JUnit's XML, as Jenkins and others read it. A command is a test suite,
 * a guarantee is a test case. There are no times in it: they would differ each time. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/stream.h"
#include "gate.h"
#include "report.h"
#include "utf8.h"

/* XML 1.0 takes few control characters, not even as references; nor what is no character at all. */
static bool is_allowed(uint32_t code)
{
    return code == '\t' || code == '\n' || code == '\r' ||
           (code >= 0x20 && code != 0x7f && code != UTF8_BROKEN && code != 0xfffe && code != 0xffff);
}

static void write_escaped(const char *text, FILE *out)
{
    for (uint32_t code; *text != '\0';) {
        size_t length = utf8_next(text, &code);
        if (!is_allowed(code))
            fputs("\uFFFD", out);
        else if (code < 0x20 || strchr("&<>\"'", (int)(code < 0x80 ? code : 'x')) != NULL)
            fprintf(out, "&#%u;", (unsigned)code);
        else
            fwrite(text, 1, length, out);
        text += length;
    }
}

static void write_attribute(const char *name, const char *value, FILE *out)
{
    fprintf(out, " %s=\"", name);
    write_escaped(value, out);
    putc('"', out);
}

static size_t count_states(const struct gate_guarantee *list, size_t count, enum gate_state state)
{
    size_t found = 0;
    for (size_t i = 0; i < count; i++)
        found += list[i].state == state;
    return found;
}

static void write_counts(const struct gate_guarantee *list, size_t count, FILE *out)
{
    fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\">\n", count,
            count_states(list, count, GATE_BROKEN) + count_states(list, count, GATE_DEAD),
            count_states(list, count, GATE_UNDONE));
}

/* What is new, of the subject of the guarantee: one a line. */
static void write_stories(const struct gate_verdict *verdict, const struct gate_guarantee *guarantee,
                          FILE *out)
{
    char story[768];
    for (size_t i = 0; i < verdict->news_count; i++) {
        const struct gate_news *news = &verdict->news[i];
        if (!news->fails || news->part != guarantee->part || strcmp(news->subject, guarantee->subject) != 0)
            continue;
        write_escaped(gate_story(news->finding, story, sizeof story), out);
        putc('\n', out);
        if (news->finding->replay[0] == '\0')
            continue;
        write_escaped(news->finding->replay, out);
        putc('\n', out);
    }
}

static void write_case(const struct gate_verdict *verdict, const struct gate_guarantee *guarantee, FILE *out)
{
    char name[GATE_SUBJECT_MAX + 64], chance[128] = "";
    const struct gate_subject *subject = gate_subject_of(guarantee->part, guarantee->subject);
    snprintf(name, sizeof name, "%s: %s", guarantee->subject, gate_promise_name(guarantee->promise));
    fputs("    <testcase", out);
    write_attribute("classname", guarantee->part->command, out);
    write_attribute("name", name, out);
    fputs(">\n", out);
    if (guarantee->state != GATE_HELD) {
        const char *element = guarantee->state == GATE_UNDONE ? "error" : "failure";
        fprintf(out, "      <%s", element);
        write_attribute("type", gate_state_name(guarantee->state), out);
        write_attribute("message", guarantee->why, out);
        putc('>', out);
        if (guarantee->promise == GATE_FINDINGS)
            write_stories(verdict, guarantee, out);
        fprintf(out, "</%s>\n", element);
    }
    if (subject != NULL && guarantee->promise == GATE_FINDINGS &&
        gate_chance(subject, chance, sizeof chance)[0]) {
        fputs("      <system-out>", out);
        write_escaped(chance, out);
        fputs("</system-out>\n", out);
    }
    fputs("    </testcase>\n", out);
}

static int write_gate(const struct gate_verdict *verdict, const struct report_options *options, FILE *out)
{
    (void)options;
    errno = 0;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"exeunt gate\"", out);
    write_counts(verdict->guarantees, verdict->guarantee_count, out);
    for (size_t i = 0, count; i < verdict->guarantee_count; i += count) {
        const struct gate_guarantee *first = &verdict->guarantees[i];
        for (count = 0; i + count < verdict->guarantee_count && first[count].part == first->part;)
            count++;
        fputs("  <testsuite", out);
        write_attribute("name", first->part->command, out);
        write_counts(first, count, out);
        for (size_t j = 0; j < count; j++)
            write_case(verdict, &first[j], out);
        fputs("  </testsuite>\n", out);
    }
    fputs("</testsuites>\n", out);
    return stream_finish(out);
}

REPORT(junit) = {
    .name = "junit",
    .summary = "a gate's guarantees as test cases, for pipelines (gate --junit FILE)",
    .write_gate = write_gate,
};
