/* What documents say for the gate: each row a document, and the subject that comes of it. */
#include "campaign/gate/evidence.h"

#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct gate_part read_text(const char *text)
{
    struct gate_part part = {.command = strdup("sweep x")};
    struct error error = {.text = ""};
    FILE *stream = fmemopen((void *)text, strlen(text), "r");
    cr_assert_not_null(stream);
    cr_assert_eq(evidence_read(stream, &part, &error), 0, "%s", error.text);
    fclose(stream);
    return part;
}

static void clear(struct gate_part *part)
{
    struct gate_part *list = malloc(sizeof *list);
    *list = *part;
    gate_parts_clear(&(struct gate_parts){.count = 1, .list = list});
}

/* "name c! faults by-chance hits | point:errno ... | kind of resource at file:line in function when
 * point:errno ~ ..." */
static void show(const struct gate_part *part, char *out, size_t size)
{
    FILE *stream = fmemopen(out, size, "w");
    for (size_t i = 0; i < part->subject_count; i++) {
        const struct gate_subject *subject = &part->subjects[i];
        fprintf(stream, "%s%s%s%s %d%s", i > 0 ? "; " : "", subject->name, subject->control ? " control" : "",
                subject->caught ? " caught" : "", (int)subject->faults,
                subject->by_chance ? " by chance" : "");
        fputs(subject->measured ? " cells" : "", stream);
        if (subject->hits > 0)
            fprintf(stream, " %d hits", (int)subject->hits);
        for (size_t j = 0; j < subject->covered_count; j++)
            fprintf(stream, " +%s:%s%s", subject->covered[j].point, subject->covered[j].error,
                    subject->covered[j].seldom ? "?" : "");
        for (size_t j = 0; j < subject->finding_count; j++) {
            const struct gate_finding *finding = &subject->findings[j];
            fprintf(stream, " -%s,%s,%s,%u,%s,%s,%s%s", finding->kind, finding->resource, finding->file,
                    finding->line, finding->function, finding->point, finding->error,
                    finding->flaky ? ",flaky" : "");
        }
    }
    if (part->trouble != NULL)
        fprintf(stream, " ! %s", part->trouble);
    fclose(stream);
}

#define SWEEP                                                                                                \
    "{\"format\": \"exeunt-sweep\", \"command\": [\"/opt/bin/tests\", \"-q\"], \"runs\": 9, \"planned\": "   \
    "9, "                                                                                                    \
    "\"fail_on\": [\"leak\", \"crash\"], \"outcomes\": {\"drifted\": 1}, "
#define WORKLOAD "\"workload\": \"upload\", \"variant\": \"guarded\", "
#define COMPARED                                                                                             \
    "{\"format\": \"exeunt-comparison\", \"workload\": \"upload\", \"faults\": \"posix/io/*@p=0.02\", "      \
    "\"sentence\": \"so it is\", \"variants\": [{\"name\": \"guarded\", \"control\": false, "                \
    "\"faults\": {\"injected\": 90, \"by_point\": {\"a\": 20, \"b\": 19}}, "

static const struct {
    const char *text, *shows, *reason;
} rows[] = {
    {SWEEP "\"findings\": []}", "tests 8", "a program goes by its name; what drifted is no fault"},
    {"{\"format\": \"exeunt-sweep\", \"command\": [\"/opt/my tests/run it\"], \"runs\": 9, \"planned\": 9}",
     "run it 9", "blanks and all"},
    {SWEEP WORKLOAD "\"control\": true, \"findings\": [{\"kind\": \"leak\", \"reproduced\": \"3/3\"}]}",
     "upload/guarded control caught 8", "of a control nothing but that it is caught"},
    {SWEEP WORKLOAD "\"control\": true, \"findings\": [{\"kind\": \"leak\", \"reproduced\": \"1/3\"}]}",
     "upload/guarded control 8", "what does not come each time catches nothing"},
    {SWEEP WORKLOAD "\"control\": true, \"findings\": [{\"kind\": \"silent\", \"reproduced\": \"3/3\"}]}",
     "upload/guarded control 8", "nor what breaks no guarantee"},
    {SWEEP
     "\"coverage\": [{\"point\": \"b\", \"errno\": \"EIO\", \"failed\": 1}, {\"point\": \"a\", \"errno\": "
     "\"EIO\", \"failed\": 0}]}",
     "tests 8 +b:EIO", "covered is what failed"},
    {SWEEP "\"coverage\": [{\"point\": \"b\", \"failed\": 1}, {\"point\": \"a\", \"failed\": 2}]}",
     "tests 8 +a: +b:", "of a program without errnos; sorted"},
    {SWEEP "\"findings\": [{\"kind\": \"leak\", \"resource\": \"descriptor\", \"taken_at\": \"copy.c:9\", "
           "\"failed_at\": \"copy.c:12\", \"point\": \"open\", \"errno\": \"EIO\", \"stack\": [\"f "
           "(copy.c:12)\"]}]}",
     "tests caught 8 -leak,descriptor,copy.c,9,,open,EIO", "a leak is known by where it was taken"},
    {SWEEP
     "\"findings\": [{\"kind\": \"crash\", \"failed_at\": \"copy.c:1\", \"point\": \"open\", \"errno\": "
     "\"EIO\", \"stack\": [\"g (copy.c:12)\", \"f (copy.c:1)\"]}]}",
     "tests caught 8 -crash,,copy.c,1,f,open,EIO", "a crash by the function whose call failed"},
    {SWEEP
     "\"findings\": [{\"kind\": \"leak\", \"taken_at\": \"libz.so.1+0x40\", \"point\": \"a\", \"second\": "
     "{\"point\": \"b\", \"errno\": \"EIO\"}, \"reproduced\": \"2/3\"}]}",
     "tests 8 -leak,,libz.so.1,0,,b,EIO,flaky", "of a pair by the second; no offset; flaky"},
    {SWEEP "\"findings\": [{\"kind\": \"silent\"}, {\"kind\": \"leak\", \"suppressed\": \"known\"}]}",
     "tests 8", "what breaks no guarantee is none"},
    {SWEEP "\"interrupted\": true}", "tests 8 ! it was interrupted", "half a sweep"},
    {"{\"format\": \"exeunt-sweep\", \"command\": [\"x\"], \"runs\": 9, \"planned\": 10}",
     "x 9 ! its time was over before all was tried: give it a longer --budget", "its time was over"},
    {"{\"format\": \"exeunt-sweep\", \"command\": [\"x\"], \"runs\": 9, \"planned\": 9, \"outcomes\": "
     "{\"drifted\": 6}, \"sentence\": \"most drifted\"}",
     "x 3 ! most drifted", "most faults did not come"},
    {"{\"format\": \"exeunt-sweep\", \"command\": [\"x\"]}", "x 0",
     "nothing could be made to fail: that is judged"},
    {SWEEP WORKLOAD "\"findings\": []}\n{\"format\": \"exeunt-sweep\", \"command\": [\"y\"], \"runs\": 1, "
                    "\"planned\": 1}\n",
     "upload/guarded 8; y 1", "two documents, one on each line"},
    {COMPARED "\"verdict\": \"pass\", \"ended\": \"completed\"}]}", "upload/guarded 90 by chance +a: +b:?",
     "a point that failed too seldom to come each time"},
    {"{\"format\": \"exeunt-comparison\", \"workload\": \"upload\", \"faults\": \"app/step=3:EIO@2+\", "
     "\"variants\": [{\"name\": \"guarded\", \"verdict\": \"pass\", \"faults\": {\"injected\": 9}}]}",
     "upload/guarded 9", "a point whose name ends as a probability begins"},
    {COMPARED
     "\"verdict\": \"fail\", \"ended\": \"completed\", \"findings\": [{\"kind\": \"leaked-descriptor\", "
     "\"taken_at\": \"a.c:3\", \"point\": \"open\", \"count\": 5}, {\"kind\": \"lock-inversion\", "
     "\"informational\": true}]}]}",
     "upload/guarded caught 90 by chance 5 hits +a: +b:? -leaked-descriptor,,a.c,3,,open,",
     "findings, but none that are for information"},
    {COMPARED "\"verdict\": \"fail\", \"ended\": \"deadlock\", \"deadlocks\": [{\"edges\": [{\"taken_at\": "
              "\"t.c:7\", \"point\": null}]}]}]}",
     "upload/guarded caught 90 by chance +a: +b:? -deadlock,,t.c,7,,,",
     "an end that is a finding of its own"},
    {COMPARED "\"verdict\": \"inconclusive\", \"ended\": \"interrupted\"}]}",
     "upload/guarded 90 by chance +a: +b:? ! so it is", "nothing is proven"},
    {"{\"format\": \"exeunt-suite\", \"comparisons\": [" COMPARED
     "\"verdict\": \"pass\", \"ended\": \"completed\"}]}]}",
     "upload/guarded 90 by chance +a: +b:?", "a suite is its comparisons"},
    {"{\"format\": \"exeunt-exits\", \"workload\": \"exits\", \"verdict\": \"fail\", \"idioms\": [{\"name\": "
     "\"guard\"}], \"cells\": [{\"idiom\": \"guard\", \"path\": \"return\", \"resource\": \"mutex\", "
     "\"promised\": "
     "true, \"outcome\": \"broken\"}, {\"idiom\": \"guard\", \"path\": \"exit\", \"resource\": \"mutex\", "
     "\"promised\": false, \"outcome\": \"broken\"}, {\"idiom\": \"guard\", \"path\": \"goto\", "
     "\"resource\": "
     "\"mutex\", \"promised\": false, \"outcome\": null}]}",
     "exits/guard caught 2 cells +exit:mutex +return:mutex -broken,mutex,,0,,return,",
     "a promise that does not hold; a cell that was not measured"},
    {"", " ! it wrote no document", "nothing"},
    {"{\"format\"", " ! its document is no JSON", "half a document"},
    {"{\"format\": \"exeunt-later\"}", " ! it wrote a document of a format that is not known",
     "another format"},
};

Test(evidence, of_documents)
{
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[512] = "";
        struct gate_part part = read_text(rows[i].text[0] != '\0' ? rows[i].text : " ");
        show(&part, text, sizeof text);
        cr_expect_str_eq(text, rows[i].shows, "%s: %s", rows[i].reason, text);
        clear(&part);
    }
}
