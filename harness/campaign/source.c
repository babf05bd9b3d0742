/* Decides what part of a path is the project's own, and what hangs on the machine. */
#include "campaign/source.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool is(const char *component, size_t length, const char *name)
{
    return length == strlen(name) && strncmp(component, name, length) == 0;
}

/* Takes "." and ".." out, as far as text can tell. `out` has as much room as the path. */
static void tidy(const char *path, char *out)
{
    bool absolute = path[0] == '/';
    char *body = out + absolute, *end = body;
    out[0] = '/';
    while (*path != '\0') {
        size_t length = strcspn(path, "/");
        bool up = is(path, length, "..");
        char *last = end;
        while (last > body && last[-1] != '/')
            last--;
        if (up && end > body && !is(last, (size_t)(end - last), "..")) {
            end = last > body ? last - 1 : body;
        } else if (length > 0 && !is(path, length, ".") && !(up && absolute)) {
            if (end > body)
                *end++ = '/';
            memcpy(end, path, length);
            end += length;
        }
        path += length + (path[length] == '/');
    }
    *end = '\0';
}

/* How long the part of the path is that the nearest folder with a `.git` takes, with its slash; 0: none has.
 */
static size_t repository(const char *path)
{
    char beside[PATH_MAX];
    for (size_t length = strlen(path); length > 0; length--)
        if (path[length - 1] == '/' && length + sizeof ".git" <= sizeof beside) {
            snprintf(beside, sizeof beside, "%.*s.git", (int)length, path);
            if (access(beside, F_OK) == 0)
                return length;
        }
    return 0;
}

static size_t working_folder(const char *path)
{
    char folder[PATH_MAX];
    size_t length = getcwd(folder, sizeof folder) != NULL ? strlen(folder) : 0;
    return length > 1 && strncmp(path, folder, length) == 0 && path[length] == '/' ? length + 1 : 0;
}

const char *source_name(const char *folder, const char *file, char *out, size_t size)
{
    char whole[PATH_MAX], path[PATH_MAX];
    bool known = file[0] == '/' || folder == NULL || folder[0] != '/';
    snprintf(whole, sizeof whole, "%s%s%s", known ? "" : folder, known ? "" : "/", file);
    tidy(whole, path);
    size_t outside = path[0] == '/' ? repository(path) : 0;
    if (outside == 0 && path[0] == '/')
        outside = working_folder(path);
    snprintf(out, size, "%s", path + outside);
    return out;
}
