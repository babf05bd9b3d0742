/* Prints figures one by one, as soon as they are there. */
#include "table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

bool table_figure(json_t *into, const char *name, double value, const char *unit, double bound)
{
    bool held = bound < 0 || value <= bound;
    char bound_text[32] = "";
    if (bound >= 0)
        snprintf(bound_text, sizeof bound_text, "at most %g%s", bound, held ? "" : ", BROKEN");
    printf("| %-46s | %12.3f %-12s | %-20s |\n", name, value, unit, bound_text);
    fflush(stdout);
    json_object_set_new(into, name,
                        json_pack("{s:f, s:s, s:o, s:b}", "value", value, "unit", unit, "bound",
                                  bound >= 0 ? json_real(bound) : json_null(), "held", held));
    return held;
}

double table_median(double *values, int count)
{
    for (int i = 1; i < count; i++)
        for (int j = i; j > 0 && values[j] < values[j - 1]; j--) {
            double larger = values[j - 1];
            values[j - 1] = values[j];
            values[j] = larger;
        }
    return values[count / 2];
}

static void say(json_t *into, const char *what, const char *value)
{
    printf("%s: %s  \n", what, value);
    json_object_set_new(into, what, json_string(value));
}

/* The first line that the command prints. */
static void say_output(json_t *into, const char *what, const char *command)
{
    char line[160] = "";
    FILE *out = popen(command, "r");
    bool read = out != NULL && fgets(line, sizeof line, out) != NULL;
    if (out != NULL)
        pclose(out);
    line[strcspn(line, "\n")] = '\0';
    if (read && line[0] != '\0')
        say(into, what, line);
}

void table_environment(json_t *into)
{
    struct utsname system;
    char text[160];
    uname(&system);
    snprintf(text, sizeof text, "%s %s, %ld processors", system.sysname, system.machine,
             sysconf(_SC_NPROCESSORS_ONLN));
    say(into, "machine", text);
    say_output(into, "processor", "sed -n 's/^model name[^:]*: //p' /proc/cpuinfo");
    say(into, "kernel", system.release);
    say_output(into, "libc", "getconf GNU_LIBC_VERSION");
    say(into, "compiler", __VERSION__);
    say_output(into, "libfiu", "dpkg-query -W -f='${Version}\\n' libfiu-dev 2>/dev/null");
    say_output(into, "valgrind", "valgrind --version 2>/dev/null");
    say_output(into, "strace", "strace --version 2>/dev/null");
    putchar('\n');
}
