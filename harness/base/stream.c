/* Decides what is said of a stream that could not be written. */
#include "base/stream.h"

#include <errno.h>

int stream_finish(FILE *stream)
{
    if (fflush(stream) == 0 && !ferror(stream))
        return 0;
    return errno != 0 ? -errno : -EIO;
}
