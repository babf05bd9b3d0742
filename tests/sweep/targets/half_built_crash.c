/* The destructor is called for an object that is half built, and follows a pointer that was never set.
 * calloc would have made it a NULL that one can ask for; here it is one that nobody asks. */
#include <stdlib.h>

struct buffer {
    char *bytes;
};
struct reader {
    struct buffer *buffer;
};

static void reader_close(struct reader *reader)
{
#ifdef MENDED
    if (reader->buffer != NULL)
#endif
        free(reader->buffer->bytes);
    free(reader->buffer);
    free(reader);
}

static struct reader *reader_open(void)
{
    struct reader *reader = calloc(1, sizeof *reader);
    if (reader == NULL)
        return NULL;
    reader->buffer = calloc(1, sizeof *reader->buffer); /* blamed */
    if (reader->buffer != NULL && (reader->buffer->bytes = malloc(80)) != NULL)
        return reader;
    reader_close(reader);
    return NULL;
}

int main(void)
{
    struct reader *reader = reader_open();
    if (reader == NULL)
        return 1;
    reader_close(reader);
    return 0;
}
