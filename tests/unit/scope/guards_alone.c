/* What a file sees that knows only guards and is built without -fexceptions: refused unless it says so. */
#include <exeunt/scope.h>

int first_byte(const char *path);

int first_byte(const char *path)
{
    EXEUNT_GUARD(file, in, fopen(path, "re"));
    return in ? getc(in) : -errno;
}
