/* Baselines: what is written is read again, a change is a line, and a place means the same elsewhere. */
#include "campaign/gate/baseline.h"

#include <criterion/criterion.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "campaign/gate/subject.h"

static void put_finding(struct gate_subject *subject, const char *kind, const char *place, bool flaky)
{
    struct gate_finding *finding = subject_finding(subject);
    cr_assert_not_null(finding);
    snprintf(finding->kind, sizeof finding->kind, "%s", kind);
    subject_place(finding, place);
    finding->flaky = flaky;
}

static struct gate_parts example(void)
{
    struct gate_parts parts = {.count = 1, .list = calloc(1, sizeof *parts.list)};
    parts.list[0].command = strdup("sweep -- ./t \"a b\"");
    struct gate_subject *subject = subject_add(&parts.list[0], "./bin/t", NULL);
    subject->faults = 12;
    cr_assert_eq(subject_cover(subject, "posix/io/rw/read", "EIO"), 0);
    cr_assert_eq(subject_cover(subject, "posix/io/oc/open", "EMFILE"), 0);
    cr_assert_eq(subject_cover(subject, "posix/io/oc/open", "EACCES"), 0);
    cr_assert_eq(subject_cover(subject, "app/parse", ""), 0);
    cr_assert_eq(subject_cover(subject, "app/seldom", ""), 0);
    subject->covered[subject->covered_count - 1].seldom = true;
    put_finding(subject, "leak", "copy.c:12", false);
    put_finding(subject, "crash", "libz.so.1+0x40", true);
    gate_sort(subject);
    return parts;
}

static const char written[] =
    "{\"format\": \"exeunt-baseline\", \"version\": 1, \"parts\": [\n"
    "  {\"command\": \"sweep -- ./t \\\"a b\\\"\", \"subjects\": [\n"
    "    {\"subject\": \"t\", \"control\": false, \"faults\": 12,\n"
    "     \"covered\": {\n"
    "      \"app/parse\": [],\n"
    "      \"posix/io/oc/open\": [\"EACCES\",\"EMFILE\"],\n"
    "      \"posix/io/rw/read\": [\"EIO\"]\n"
    "     },\n"
    "     \"findings\": [\n"
    "      {\"kind\":\"crash\",\"resource\":null,\"file\":\"libz.so.1\",\"function\":null,\"point\":null,"
    "\"errno\":null,\"line\":null,\"flaky\":true},\n"
    "      {\"kind\":\"leak\",\"resource\":null,\"file\":\"copy.c\",\"function\":null,\"point\":null,"
    "\"errno\":null,\"line\":12,\"flaky\":false}\n"
    "     ]}\n"
    "  ]}\n"
    "]}\n";

static char *text_of(const struct gate_parts *parts)
{
    char *text = NULL;
    size_t size;
    FILE *out = open_memstream(&text, &size);
    cr_assert_not_null(out);
    cr_assert_eq(baseline_write(parts, out), 0);
    fclose(out);
    return text;
}

Test(baseline, is_written_line_by_line)
{
    struct gate_parts parts = example();
    char *text = text_of(&parts);
    cr_expect_str_eq(text, written);
    free(text);
    gate_parts_clear(&parts);
}

Test(baseline, is_written_without_what_is_forgotten)
{
    struct gate_parts parts = example();
    struct gate_subject *subject = &parts.list[0].subjects[0];
    subject->findings[0].forgotten = true;
    char *text = text_of(&parts);
    cr_expect_not_null(strstr(text, "\"findings\": [\n      {\"kind\":\"leak\""), "%s", text);
    free(text);
    subject->findings[1].forgotten = true;
    text = text_of(&parts);
    cr_expect_not_null(strstr(text, "\"findings\": []}"), "%s", text);
    free(text);
    gate_parts_clear(&parts);
}

Test(baseline, is_read_as_it_was_written)
{
    char path[] = "/tmp/exeunt-baseline-XXXXXX";
    int fd = mkstemp(path);
    cr_assert_geq(fd, 0);
    cr_assert_eq(write(fd, written, strlen(written)), (ssize_t)strlen(written));
    /* of a large campaign: blanks are as long as anything else */
    char *blanks = malloc(2 << 20);
    cr_assert_not_null(blanks);
    cr_assert_eq(write(fd, memset(blanks, ' ', 2 << 20), 2 << 20), 2 << 20);
    free(blanks);
    close(fd);
    struct gate_parts parts;
    struct error error = {.text = ""};
    cr_assert_eq(baseline_read(path, &parts, &error), 0, "%s", error.text);
    char *text = text_of(&parts);
    cr_expect_str_eq(text, written);
    free(text);
    gate_parts_clear(&parts);
    unlink(path);
}

Test(baseline, a_full_device_is_an_error)
{
    struct gate_parts parts = example();
    FILE *full = fopen("/dev/full", "we");
    cr_assert_not_null(full);
    cr_expect_eq(baseline_write(&parts, full), -ENOSPC);
    fclose(full);
    gate_parts_clear(&parts);
}

Test(subject, places_without_their_lines)
{
    static const struct {
        const char *place, *file;
        unsigned line;
        const char *reason;
    } rows[] = {
        {"src/copy.c:9", "src/copy.c", 9, "as it is"},
        {"/usr/src/zlib/gz.c:9", "/usr/src/zlib/gz.c", 9, "whole: another gz.c is another file"},
        {"libz.so.1+0x4f", "libz.so.1", 0, "a module, whatever the offset"},
        {"a:b.c:7", "a:b.c", 7, "a colon in a name"},
        {"a.c:", "a.c:", 0, "no line"},
        {"", "", 0, "not known"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct gate_finding finding = {.line = 1};
        subject_place(&finding, rows[i].place);
        cr_expect_str_eq(finding.file, rows[i].file, "%s", rows[i].reason);
        cr_expect_eq(finding.line, rows[i].line, "%s", rows[i].reason);
    }
}
