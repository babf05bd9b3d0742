/* Decides what is no text, and what is too much of it. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_stream(FILE *stream, const char *what, const char *path, unsigned mib_max, char *text,
                       struct error *error)
{
    size_t max = (size_t)mib_max << 20;
    errno = 0;
    size_t length = fread(text, 1, max + 1, stream);
    if (ferror(stream))
        return error_usage(error, "%s '%s' cannot be read: %s", what, path, strerror(errno));
    if (length > max)
        return error_usage(error, "%s '%s' is larger than %u MiB", what, path, mib_max);
    text[length] = '\0';
    if (strlen(text) != length)
        return error_usage(error, "%s '%s' is no text: it has a byte 0", what, path);
    return 0;
}

int file_read(const char *what, const char *path, unsigned mib_max, char **out, struct error *error)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return error_usage(error, "%s '%s': %s", what, path, strerror(errno));
    char *text = malloc(((size_t)mib_max << 20) + 2);
    int rc = text == NULL ? error_not_done(error, -ENOMEM, "no memory to read '%s'", path)
                          : read_stream(stream, what, path, mib_max, text, error);
    fclose(stream);
    if (rc == 0)
        *out = text;
    else
        free(text);
    return rc;
}
