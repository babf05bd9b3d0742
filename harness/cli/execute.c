/* Decides where the reports of a campaign go, and that nothing of them is lost when it is interrupted. */
#include "execute.h"

#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "arguments.h"
#include "output.h"
#include "progress.h"
#include "report.h"

enum { COLUMNS_FALLBACK = 80, COLUMNS_MIN = 40 };

static volatile int interrupted;

static void interrupt(int signal)
{
    (void)signal;
    interrupted = 1;
}

static void handle_signals(void (*handler)(int))
{
    static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    /* Without SA_RESTART: whatever the campaign waits for is to end now. */
    const struct sigaction action = {.sa_handler = handler};
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++)
        sigaction(signals[i], &action, NULL);
    /* The live line may lose its reader; that is no reason to leave things behind. */
    signal(SIGPIPE, handler == SIG_DFL ? SIG_DFL : SIG_IGN);
}

static struct report_options options_for(FILE *out)
{
    struct winsize window;
    const char *no_color = getenv("NO_COLOR");
    bool terminal = isatty(fileno(out));
    struct report_options options = {.columns = COLUMNS_FALLBACK};
    const char *type = getenv("TERM");
    bool shows_color = type != NULL && type[0] != '\0' && strcmp(type, "dumb") != 0;
    options.color = terminal && shows_color && (no_color == NULL || no_color[0] == '\0');
    if (terminal && ioctl(fileno(out), TIOCGWINSZ, &window) == 0 && window.ws_col > 0)
        options.columns = window.ws_col < COLUMNS_MIN ? COLUMNS_MIN : window.ws_col;
    return options;
}

static int write_json(const struct result *result, struct output *json, struct error *error)
{
    if (json->typed == NULL)
        return 0;
    int rc = output_open(json, error);
    if (rc != 0)
        return rc;
    struct report_options options = options_for(json->stream);
    return output_finish(json, report_named("json")->write(result, &options, json->stream), error);
}

static int write_terminal(const struct result *result, const struct options *options, struct error *error)
{
    if (options->quiet)
        return 0;
    bool taken =
        options->campaign.program != NULL || (options->json != NULL && strcmp(options->json, "-") == 0);
    FILE *out = taken ? stderr : stdout;
    struct report_options looks = options_for(out);
    int rc = report_named("terminal")->write(result, &looks, out);
    if (rc == 0)
        return 0;
    return error_not_done(error, rc, "cannot write to standard %s: %s", taken ? "error" : "output",
                          strerror(-rc));
}

/* JSON first: whoever reads the other report may close its pipe early, and end us. */
static int deliver(const struct result *result, const struct options *options, struct output *json,
                   struct error *error)
{
    int json_rc = write_json(result, json, error);
    struct error second;
    int rc = write_terminal(result, options, json_rc == 0 ? error : &second);
    return json_rc != 0 ? json_rc : rc;
}

int execute(const struct options_form *form, execute_campaign *campaign, int argc, char **argv,
            struct error *error)
{
    struct options options;
    struct output json;
    struct result result = {.variant_count = 0};
    int rc = options_parse(form, argc, argv, &options, error);
    if (rc != 0)
        return rc == ARGUMENTS_HELP_SHOWN ? 0 : rc;
    rc = output_prepare(&json, options.json, error);
    if (rc != 0)
        return rc;

    struct progress progress = progress_start(!options.quiet);
    options.campaign.interrupted = &interrupted;
    options.campaign.progress = progress_show;
    options.campaign.progress_context = &progress;
    handle_signals(interrupt);
    rc = campaign(&options.campaign, &result, error);
    handle_signals(SIG_DFL);
    progress_clear(&progress);
    if (rc != 0) {
        if (json.stream != NULL)
            fclose(json.stream);
        return rc;
    }
    rc = deliver(&result, &options, &json, error);
    int status = (int)result.exit_status;
    if (result.leftover[0] != '\0')
        fprintf(stderr, "exeunt: %s; what was found is whole\n", result.leftover);
    result_clear(&result);
    return rc != 0 ? rc : status;
}
