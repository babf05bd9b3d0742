/* A call on a stream that fails by the plan, beside the same call on a stream whose device fails: both must
 * leave the same. Outside operations the plan rests, and only the device fails.
 *
 * Usage: device_target full|folder|gone|senseless. Exit status 0: the same; 1: not so. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <wchar.h>

#include "exeunt/mark.h"
#include "target.h"

enum { ROOM = 64, MORE = 100 };

static char more_text[MORE + 1];
static char *line;
static size_t line_size;

static long put_byte(FILE *stream)
{
    return fputc('x', stream);
}

static long put_byte_unlocked(FILE *stream)
{
    return putc_unlocked('x', stream);
}

static long put_inline(FILE *stream)
{
    return __overflow(stream, 'x');
}

static long put_text(FILE *stream)
{
    return fputs(more_text, stream);
}

static long put_bytes(FILE *stream)
{
    return fwrite(more_text, 1, MORE, stream) == MORE ? 0 : -1;
}

static long print(FILE *stream)
{
    return fprintf(stream, "%s%d", more_text, 1);
}

static long print_to_output(FILE *stream)
{
    FILE *output = stdout;
    stdout = stream;
    long result = printf("%s%d", more_text, 1);
    stdout = output;
    return result;
}

static long flush(FILE *stream)
{
    return fflush(stream);
}

static long seek(FILE *stream)
{
    return fseek(stream, 5000, SEEK_SET);
}

static long tell(FILE *stream)
{
    return ftell(stream);
}

static long get_byte(FILE *stream)
{
    return fgetc(stream);
}

static long get_inline(FILE *stream)
{
    return __uflow(stream);
}

static long get_text(FILE *stream)
{
    char text[MORE];
    return fgets(text, sizeof text, stream) != NULL ? 0 : -1;
}

static long get_bytes(FILE *stream)
{
    char bytes[MORE];
    return fread(bytes, 1, sizeof bytes, stream) == sizeof bytes ? 0 : -1;
}

static long get_line(FILE *stream)
{
    return getline(&line, &line_size, stream);
}

static long get_until(FILE *stream)
{
    return getdelim(&line, &line_size, 'x', stream);
}

static long get_line_nowhere(FILE *stream)
{
    return getline(&line, NULL, stream);
}

static long print_no_character(FILE *stream)
{
    return fprintf(stream, "%lc", (wint_t)0x7fffffff);
}

/* What a call gives and leaves, as far as a program can see. */
struct state {
    long result;
    int error, marked, ended, orientation;
    size_t pending, line_size;
    bool line;
};

static struct state called(long (*call)(FILE *), FILE *stream)
{
    free(line);
    line = NULL;
    line_size = 0;
    errno = 0;
    struct state state = {.result = call(stream), .error = errno};
    state.marked = ferror(stream) != 0;
    state.ended = feof(stream) != 0;
    state.orientation = fwide(stream, 0);
    state.pending = __fpending(stream);
    state.line = line != NULL;
    state.line_size = line_size;
    return state;
}

static void same(const char *what, long by_device, long by_plan, const char *call)
{
    if (by_device == by_plan)
        return;
    fprintf(stderr, "%s: %s: %ld by the device, %ld by the plan\n", call, what, by_device, by_plan);
    need(false);
}

static void compare(const char *name, long (*call)(FILE *), FILE *device, FILE *planned)
{
    exeunt_end(0);
    struct state a = called(call, device);
    exeunt_begin(2);
    struct state b = called(call, planned);
    exeunt_end(0);
    need(a.result == -1 && a.error != 0);
    same("result", a.result, b.result, name);
    same("errno", a.error, b.error, name);
    same("error flag", a.marked, b.marked, name);
    same("end of file", a.ended, b.ended, name);
    same("orientation", a.orientation, b.orientation, name);
    same("pending output", (long)a.pending, (long)b.pending, name);
    same("line", a.line, b.line, name);
    same("size of the line", (long)a.line_size, (long)b.line_size, name);
    clearerr(planned);
    need(!ferror(planned));
}

static FILE *open_file(const char *path, const char *mode)
{
    exeunt_end(0);
    FILE *stream = fopen(path, mode);
    need(stream != NULL);
    return stream;
}

/* Output waits in the buffer, which is full. */
static FILE *with_pending(FILE *stream)
{
    need(setvbuf(stream, malloc(ROOM), _IOFBF, ROOM) == 0);
    for (int i = 0; i < ROOM; i++)
        need(fputc('p', stream) == 'p');
    need(__fpending(stream) == ROOM);
    return stream;
}

static FILE *without_buffer(FILE *stream)
{
    need(setvbuf(stream, NULL, _IONBF, 0) == 0);
    return stream;
}

/* Writes some more, now that the device takes it, and looks what has arrived. */
static size_t arrived(FILE *stream, char *bytes, size_t size)
{
    clearerr(stream);
    need(fputs("after", stream) >= 0 && fflush(stream) == 0);
    ssize_t length = pread(fileno(stream), bytes, size, 0);
    need(length >= 0 && fclose(stream) == 0);
    return (size_t)length;
}

static FILE *temporary(void)
{
    exeunt_end(0);
    FILE *stream = tmpfile();
    need(stream != NULL);
    return stream;
}

static void fail_on_full(const char *name, long (*call)(FILE *), bool buffered)
{
    FILE *(*prepared)(FILE *) = buffered ? with_pending : without_buffer;
    FILE *device = prepared(open_file("/dev/full", "r+")), *planned = prepared(temporary());
    compare(name, call, device, planned);
    char by_device[400] = "", by_plan[400] = "";
    int file = fileno(temporary());
    need(syscall(SYS_dup3, file, fileno(device), 0) >= 0);
    size_t length = arrived(device, by_device, sizeof by_device);
    same("what arrives later", (long)length, (long)arrived(planned, by_plan, sizeof by_plan), name);
    need(length == strlen("after"));
}

static void full(void)
{
    static const struct {
        const char *name;
        long (*call)(FILE *);
        bool only_buffered;
    } calls[] = {{"fputc", put_byte, false},
                 {"putc_unlocked", put_byte_unlocked, false},
                 {"__overflow", put_inline, false},
                 {"fputs", put_text, false},
                 {"fwrite", put_bytes, false},
                 {"fprintf", print, false},
                 {"printf", print_to_output, false},
                 {"fflush", flush, true},
                 {"fseek", seek, true}};
    memset(more_text, 'm', MORE);
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        fail_on_full(calls[i].name, calls[i].call, true);
        if (!calls[i].only_buffered)
            fail_on_full(calls[i].name, calls[i].call, false);
    }
}

static void folder(void)
{
    static const struct {
        const char *name;
        long (*call)(FILE *);
    } calls[] = {{"fgetc", get_byte},  {"__uflow", get_inline}, {"fgets", get_text},
                 {"fread", get_bytes}, {"getline", get_line},   {"getdelim", get_until}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        FILE *planned = open_file("/proc/self/exe", "r");
        compare(calls[i].name, calls[i].call, open_file("/", "r"), planned);
        need(fgetc(planned) == 0x7f && fgetc(planned) == 'E'); /* nothing was read */
    }
}

/* A stream that has read, and from which the descriptor was taken away. */
static void gone(void)
{
    static const struct {
        const char *name;
        long (*call)(FILE *);
    } calls[] = {{"fflush", flush}, {"fseek", seek}, {"ftell", tell}};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        FILE *device = open_file("/proc/self/exe", "r"), *planned = open_file("/proc/self/exe", "r");
        need(fgetc(device) == 0x7f && fgetc(planned) == 0x7f);
        need(syscall(SYS_close, fileno(device)) == 0);
        compare(calls[i].name, calls[i].call, device, planned);
        need(fgetc(planned) == 'E');
    }
    compare("fputc", put_byte, open_file("/proc/self/exe", "r"), open_file("/proc/self/exe", "r"));
}

/* What the caller asks for makes no sense, and the device has nothing to do with it. */
static void senseless(void)
{
    compare("fprintf", print_no_character, with_pending(temporary()), with_pending(temporary()));
    compare("getline", get_line_nowhere, open_file("/proc/self/exe", "r"), open_file("/proc/self/exe", "r"));
}

static const struct mode modes[] = {
    {"full", full}, {"folder", folder}, {"gone", gone}, {"senseless", senseless}};

int main(int argc, char **argv)
{
    run_mode(modes, sizeof modes / sizeof *modes, argc > 1 ? argv[1] : NULL);
}
