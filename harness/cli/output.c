/* Decides how a file comes into being: written beside its place, synced, and renamed into it. What is no
 * regular file (a pipe, a device) is written to directly: renaming would replace it. */
#include "output.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int not_written(const struct output *output, int code, struct error *error)
{
    const char *name = strcmp(output->typed, "-") == 0 ? "to standard output" : output->typed;
    return error_not_done(error, code, "cannot write %.300s: %s", name, strerror(-code));
}

static int cannot_be(const struct output *output, const char *why, struct error *error)
{
    return error_usage(error, "%s '%.300s' cannot be written: %s", output->option, output->typed, why);
}

/* Makes an empty file of its own in the folder of `path`: its descriptor, or a negative errno. */
static int make_temp(const char *path, char temp[PATH_MAX])
{
    const char *slash = strrchr(path, '/');
    int folder = slash == NULL ? 0 : (int)(slash + 1 - path);
    if (snprintf(temp, PATH_MAX, "%.*s.exeunt-XXXXXX", folder, path) >= PATH_MAX)
        return -ENAMETOOLONG;
    int fd = mkostemp(temp, O_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}

static bool has_folder(const char *path)
{
    char folder[PATH_MAX];
    snprintf(folder, sizeof folder, "%s", path);
    return access(dirname(folder), F_OK) == 0;
}

/* The surest way to find out whether a folder takes a file: permissions tell root nothing. */
static int try_folder(const struct output *output, struct error *error)
{
    char temp[PATH_MAX], why[256];
    if (output->path[0] == '\0' || output->path[strlen(output->path) - 1] == '/')
        return cannot_be(output, "it names no file", error);
    int fd = make_temp(output->path, temp);
    if (fd < 0) {
        snprintf(why, sizeof why, "its folder cannot be written to: %s", strerror(-fd));
        return cannot_be(output, has_folder(output->path) ? why : "its folder does not exist", error);
    }
    close(fd);
    if (unlink(temp) == 0)
        return 0;
    snprintf(why, sizeof why, "an empty file cannot be removed from its folder again: %s", strerror(errno));
    return cannot_be(output, why, error);
}

int output_prepare(struct output *output, const char *option, const char *typed, struct error *error)
{
    *output = (struct output){.option = option, .typed = typed};
    if (typed == NULL || strcmp(typed, "-") == 0)
        return 0;
    if (strlen(typed) >= PATH_MAX - 16)
        return cannot_be(output, "the name is too long", error);
    if (realpath(typed, output->path) == NULL)
        snprintf(output->path, sizeof output->path, "%s", typed);

    struct stat status;
    if (stat(typed, &status) != 0 || S_ISREG(status.st_mode))
        return try_folder(output, error);
    if (S_ISDIR(status.st_mode))
        return cannot_be(output, "it is a folder", error);
    output->stream = fopen(typed, "we");
    return output->stream != NULL ? 0 : cannot_be(output, strerror(errno), error);
}

/* The permissions of a file that is made by open(2) in the ordinary way. */
static mode_t ordinary_mode(void)
{
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

int output_open(struct output *output, struct error *error)
{
    if (output->typed == NULL || output->stream != NULL)
        return 0;
    if (strcmp(output->typed, "-") == 0) {
        output->stream = stdout;
        return 0;
    }
    int fd = make_temp(output->path, output->temp);
    if (fd < 0) {
        output->temp[0] = '\0';
        return not_written(output, fd, error);
    }
    output->stream = fdopen(fd, "w");
    if (output->stream != NULL && fchmod(fd, ordinary_mode()) == 0)
        return 0;
    int code = -errno;
    if (output->stream == NULL)
        close(fd);
    return output_finish(output, code, error);
}

static int settle(FILE *stream, const char *temp)
{
    if (fflush(stream) != 0)
        return -errno;
    return temp[0] != '\0' && fsync(fileno(stream)) != 0 ? -errno : 0;
}

int output_finish(struct output *output, int rc, struct error *error)
{
    if (output->stream != NULL) {
        int settled = settle(output->stream, output->temp);
        rc = rc != 0 ? rc : settled;
        if (output->stream != stdout && fclose(output->stream) != 0 && rc == 0)
            rc = -errno;
        output->stream = NULL;
    }
    if (output->temp[0] != '\0') {
        if (rc == 0 && rename(output->temp, output->path) != 0)
            rc = -errno;
        if (rc != 0)
            unlink(output->temp);
        output->temp[0] = '\0';
    }
    return rc == 0 ? 0 : not_written(output, rc, error);
}
