/* A gate's baseline: what is accepted is written as a file that is read and written as the same again, and
 * holds against itself. */
#include "campaign/gate/baseline.h"
#include "input.h"

#include <sys/mman.h>
#include <unistd.h>

/* A file of that text; its path in `path`, its descriptor the caller's. */
static int file_of(const char *text, size_t size, char path[32])
{
    int fd = memfd_create("baseline", MFD_CLOEXEC);
    MUST(fd >= 0 && write(fd, text, size) == (ssize_t)size);
    snprintf(path, 32, "/proc/self/fd/%d", fd);
    return fd;
}

static int read_text(const char *text, size_t size, struct gate_parts *out)
{
    struct error error = {.text = ""};
    char path[32];
    int fd = file_of(text, size, path);
    int failed = baseline_read(path, out, &error);
    close(fd);
    MUST(failed == 0 || error.text[0] != '\0');
    return failed;
}

static char *write_text(const struct gate_parts *parts, size_t *size)
{
    char *text = NULL;
    FILE *out = open_memstream(&text, size);
    MUST(out != NULL && baseline_write(parts, out) == 0 && fclose(out) == 0);
    return text;
}

static void check_same(const struct gate_parts *parts)
{
    struct gate_parts again;
    size_t size, size_again;
    char *text = write_text(parts, &size);
    MUST(read_text(text, size, &again) == 0);
    char *text_again = write_text(&again, &size_again);
    MUST(size == size_again && memcmp(text, text_again, size) == 0);
    gate_parts_clear(&again);
    free(text);
    free(text_again);
}

static void judge(const struct gate_parts *parts)
{
    struct gate_verdict verdict;
    MUST(gate_judge(parts, parts, &verdict) == 0);
    MUST(verdict.counts[GATE_BROKEN] == 0);
    for (size_t i = 0; i < verdict.news_count; i++)
        MUST(verdict.news[i].age == GATE_KNOWN && !verdict.news[i].fails);
    gate_verdict_clear(&verdict);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct gate_parts parts = {0};
    if (read_text((const char *)bytes, size, &parts) == 0) {
        check_same(&parts);
        judge(&parts);
    } else {
        MUST(parts.list == NULL);
    }
    gate_parts_clear(&parts);
    return 0;
}
