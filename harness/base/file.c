/* Reads files of a size that a person writes. */
#include "base/file.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { FILE_MAX = 1 << 20 };

static int read_stream(FILE *stream, const char *what, const char *path, char *text, struct error *error)
{
    errno = 0;
    size_t length = fread(text, 1, FILE_MAX + 1, stream);
    if (ferror(stream))
        return error_usage(error, "%s '%s' cannot be read: %s", what, path, strerror(errno));
    if (length > FILE_MAX)
        return error_usage(error, "%s '%s' is larger than %d MiB", what, path, FILE_MAX >> 20);
    text[length] = '\0';
    if (strlen(text) != length)
        return error_usage(error, "%s '%s' is no text: it has a byte 0", what, path);
    return 0;
}

int file_read(const char *what, const char *path, char **out, struct error *error)
{
    FILE *stream = fopen(path, "re");
    if (stream == NULL)
        return error_usage(error, "%s '%s': %s", what, path, strerror(errno));
    char *text = malloc(FILE_MAX + 2);
    int rc = text == NULL ? error_not_done(error, -ENOMEM, "no memory to read '%s'", path)
                          : read_stream(stream, what, path, text, error);
    fclose(stream);
    if (rc == 0)
        *out = text;
    else
        free(text);
    return rc;
}
