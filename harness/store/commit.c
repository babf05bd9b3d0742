/* Follows .git, HEAD and the branch to a commit. What does not look like git's own is no commit. */
#include "store/commit.h"

#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "exeunt/scope.h"

enum { LINE_MAX_LENGTH = PATH_MAX + 64 };

/* The first line of a file, without its end. */
static bool read_line(const char *folder, const char *name, char line[LINE_MAX_LENGTH])
{
    char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    EXEUNT_GUARD(file, file, fopen(path, "re"));
    if (file == NULL || fgets(line, LINE_MAX_LENGTH, file) == NULL)
        return false;
    line[strcspn(line, "\n")] = '\0';
    return true;
}

static bool is_commit(const char *text)
{
    size_t length = strspn(text, "0123456789abcdef");
    return text[length] == '\0' && (length == 40 || length == 64);
}

/* `named` as it stands in a file of `folder`: relative to that folder, or absolute. */
static bool resolve(const char *folder, const char *named, char out[PATH_MAX])
{
    char path[2 * PATH_MAX + 64];
    snprintf(path, sizeof path, "%s%s%s", named[0] == '/' ? "" : folder, named[0] == '/' ? "" : "/", named);
    return realpath(path, out) != NULL;
}

/* The folder that .git is, or that it names: of a further work tree, or of a submodule. */
static bool find_repository(const char *path, char out[PATH_MAX])
{
    static const char pointer[] = "gitdir: ";
    char folder[PATH_MAX], line[LINE_MAX_LENGTH];
    if (realpath(path, folder) == NULL)
        return false;
    for (char *end; (end = strrchr(folder, '/')) != NULL; *end = '\0') {
        struct stat status;
        char git[PATH_MAX + sizeof "/.git"];
        snprintf(git, sizeof git, "%s/.git", folder);
        if (stat(git, &status) != 0)
            continue;
        if (S_ISDIR(status.st_mode))
            return realpath(git, out) != NULL;
        return read_line(folder, ".git", line) && strncmp(line, pointer, strlen(pointer)) == 0 &&
               resolve(folder, line + strlen(pointer), out);
    }
    return false;
}

/* Lines of packed-refs are "COMMIT NAME". */
static bool find_packed(const char *repository, const char *name, char out[LINE_MAX_LENGTH])
{
    char path[PATH_MAX + sizeof "/packed-refs"];
    snprintf(path, sizeof path, "%s/packed-refs", repository);
    EXEUNT_GUARD(file, file, fopen(path, "re"));
    while (file != NULL && fgets(out, LINE_MAX_LENGTH, file) != NULL) {
        out[strcspn(out, "\n")] = '\0';
        char *space = strchr(out, ' ');
        if (space == NULL || strcmp(space + 1, name) != 0)
            continue;
        *space = '\0';
        return true;
    }
    return false;
}

void commit_of(const char *path, char out[COMMIT_MAX])
{
    static const char branch[] = "ref: ";
    char repository[PATH_MAX], common[PATH_MAX], head[LINE_MAX_LENGTH], line[LINE_MAX_LENGTH];
    out[0] = '\0';
    if (!find_repository(path, repository) || !read_line(repository, "HEAD", head))
        return;
    if (strncmp(head, branch, strlen(branch)) == 0) {
        const char *name = head + strlen(branch);
        if (!read_line(repository, "commondir", line) || !resolve(repository, line, common))
            memcpy(common, repository, sizeof common);
        if (!read_line(common, name, line) && !find_packed(common, name, line))
            return;
    } else {
        memcpy(line, head, sizeof line);
    }
    if (is_commit(line))
        memcpy(out, line, strlen(line) + 1);
}
