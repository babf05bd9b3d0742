/* Decides how the page is put together: parts from the build, in the places that page.html names as {{part}},
 * and the data as JSON, in which no '<' can end the element that it stands in. */
#include "page.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/stream.h"

extern const unsigned char page_html[], page_css[], page_js[], element_js[], table_js[], chart_js[],
    graph_js[];
extern const unsigned char dygraph_css[], dygraph_js[]; /* third party, from the system that built exeunt */

static const struct part {
    const char *name;
    const unsigned char *text;
} parts[] = {
    {"page.css", page_css}, {"page.js", page_js},   {"element.js", element_js},   {"table.js", table_js},
    {"chart.js", chart_js}, {"graph.js", graph_js}, {"dygraph.css", dygraph_css}, {"dygraph.js", dygraph_js},
};

static int write_byte(char byte, FILE *out)
{
    return byte == '<' ? fputs("\\u003c", out) : putc(byte, out);
}

static int write_data(const char *buffer, size_t size, void *out)
{
    for (size_t i = 0; i < size; i++)
        if (write_byte(buffer[i], out) == EOF)
            return -1;
    return 0;
}

static bool write_json(const json_t *document, const json_t *environment, FILE *out)
{
    json_t *data = json_pack("{s:O, s:O?}", "document", document, "environment", environment);
    bool written = data != NULL && json_dump_callback(data, write_data, out, JSON_COMPACT) == 0;
    json_decref(data);
    return written;
}

static bool write_part(const char *name, size_t length, const json_t *document, const json_t *environment,
                       FILE *out)
{
    if (strncmp(name, "data", length) == 0)
        return write_json(document, environment, out);
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (strlen(parts[i].name) == length && strncmp(parts[i].name, name, length) == 0)
            return fputs((const char *)parts[i].text, out) != EOF;
    return false;
}

int page_write(const json_t *document, const json_t *environment, FILE *out)
{
    const char *rest = (const char *)page_html, *mark;
    errno = 0;
    bool written = true;
    while (written && (mark = strstr(rest, "{{")) != NULL) {
        const char *name = mark + 2, *end = strstr(name, "}}");
        written = fwrite(rest, 1, (size_t)(mark - rest), out) == (size_t)(mark - rest) &&
                  write_part(name, (size_t)(end - name), document, environment, out);
        rest = end + 2;
    }
    if (written)
        fputs(rest, out);
    int rc = stream_finish(out);
    return written || rc != 0 ? rc : -ENOMEM;
}
