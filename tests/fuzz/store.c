/* The file of results, which may be anybody's: opened, all of it read, salvaged, then written to. An input is
 * a file if it begins as SQLite's do, otherwise damage to a small file in order: offsets, lengths and bytes
 * that stand there instead; of no length: the file ends there. */
#include "store/store.h"
#include "input.h"

#include <limits.h>
#include <sqlite3.h>
#include <unistd.h>

enum { FILE_MAX = 1 << 20 };

static char folder[] = "/dev/shm/exeunt-fuzz-XXXXXX";
static char path[PATH_MAX];
static uint8_t sound[FILE_MAX];
static size_t sound_size;

static const struct store_environment environment = {.exeunt = "0.1.0", .folder = "/work"};
static struct error error;

static void remove_files(void)
{
    static const char *const ends[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        char file[PATH_MAX + 16];
        snprintf(file, sizeof file, "%s%s", path, ends[i]);
        unlink(file);
    }
}

static void remove_all(void)
{
    remove_files();
    rmdir(folder);
}

static void write_file(const uint8_t *bytes, size_t size)
{
    remove_files();
    FILE *file = fopen(path, "w");
    MUST(file != NULL && fwrite(bytes, 1, size, file) == size && fclose(file) == 0);
}

/* A finding that has all there can be of it. */
static struct sweep_finding finding_of(uint64_t signature)
{
    static char stack[2][RESULT_PLACE_MAX] = {"inner (a.c:1)", "outer (a.c:2)"};
    return (struct sweep_finding){.kind = SWEEP_LEAK,
                                  .severity = SWEEP_HIGH,
                                  .resource = "descriptor",
                                  .signature = signature,
                                  .taken_at = "a.c:1",
                                  .faults = {{"posix/io/oc/open", 24, "0:posix/io/oc/open#3", "a.c:2"}},
                                  .stack = stack,
                                  .stack_depth = 2};
}

/* Saves a sweep. Returns 0 or a negative errno. */
static int save_sweep(struct store *store)
{
    char *command[] = {(char[]){"./tests"}, NULL};
    struct sweep_point points[] = {{"posix/io/oc/open", 9, 3, 3}, {"app/parse", 1, 1, 0}};
    struct sweep_finding findings[] = {finding_of(1), finding_of(2)};
    struct sweep_result sweep = {.command = command,
                                 .line = command[0],
                                 .started_s = 1790000000,
                                 .wall_ms = 10,
                                 .contexts = 4,
                                 .runs = 3,
                                 .planned = 3,
                                 .outcomes = {3},
                                 .points = points,
                                 .point_count = 2,
                                 .findings = findings,
                                 .finding_count = 2};
    const struct store_beginning beginning = {.kind = "sweep",
                                              .command = command,
                                              .line = command[0],
                                              .options = "--depth\n1",
                                              .started_s = sweep.started_s};
    const struct store_done done = {.key = 7};
    uint64_t run;
    int failed = store_begin(store, &beginning, &environment, &run, &error);
    if (failed == 0)
        failed = store_mark_done(store, run, &done, 1, &error);
    return failed != 0 ? failed : store_finish_sweep(store, run, &sweep, &error);
}

static int save_record(struct store *store)
{
    char *command[] = {(char[]){"compare"}, (char[]){"upload"}, NULL};
    struct finding finding = {.kind = FINDING_LEAKED_DESCRIPTOR, .taken_at = "a.c:1", .count = 2};
    static struct result result = {.workload = "upload", .variant_count = 1};
    result.variants[0] = (struct variant_result){
        .name = "unguarded", .finding_count = 1, .findings = &finding, .emfile.count = 1};
    struct store_night night = {.campaign = (char[]){"compare upload\n"}, .folder = (char[]){"/"}};
    const struct store_record record = {
        .json = "{}", .report = "PASS\n", .results = &result, .result_count = 1, .complete = true};
    uint64_t run;
    int failed = store_begin_night(store, &night, &error);
    const struct store_beginning beginning = {
        .kind = "compare", .command = command, .line = "compare upload", .options = "", .night = night.id};
    if (failed == 0)
        failed = store_begin(store, &beginning, &environment, &run, &error);
    return failed == 0 ? store_save_record(store, run, &record, &error) : failed;
}

/* Small pages: much of a file can be damaged by little. */
static void make_small(void)
{
    sqlite3 *db;
    MUST(sqlite3_open(path, &db) == SQLITE_OK);
    MUST(sqlite3_exec(db, "pragma journal_mode = delete; pragma page_size = 512; vacuum", NULL, NULL, NULL) ==
         SQLITE_OK);
    MUST(sqlite3_close(db) == SQLITE_OK);
}

static void make_sound(void)
{
    struct store *store;
    MUST(mkdtemp(folder) != NULL && atexit(remove_all) == 0);
    snprintf(path, sizeof path, "%s/exeunt.db", folder);
    MUST(store_open(path, STORE_WRITE, &store, &error) == 0);
    MUST(save_sweep(store) == 0 && save_record(store) == 0 && save_record(store) == 0);
    MUST(store_close(store) == 0);
    make_small();
    FILE *file = fopen(path, "r");
    MUST(file != NULL);
    sound_size = fread(sound, 1, sizeof sound, file);
    MUST(fclose(file) == 0 && sound_size < sizeof sound);
}

static void damage(struct input *input)
{
    static uint8_t file[FILE_MAX];
    size_t size = sound_size;
    memcpy(file, sound, size);
    while (input->size > 0) {
        size_t at = input_number(input, 2), length = input_number(input, 1);
        if (length == 0 && at < size)
            size = at;
        for (size_t i = 0; i < length && at + i < size; i++)
            file[at + i] = (uint8_t)input_number(input, 1);
    }
    write_file(file, size);
}

static void read_run(struct store *store, const struct store_run *run)
{
    struct store_document document;
    struct sweep_result sweep;
    struct store_run again;
    struct store_keys keys;
    if (store_load_document(store, run->id, &document, &error) == 0) {
        MUST(document.json != NULL && document.report != NULL);
        store_document_clear(&document);
    }
    if (store_load_sweep(store, run->id, &sweep, &again, &error) == 0) {
        MUST(sweep.point_count <= PLAN_POINTS_MAX && again.command != NULL);
        sweep_result_clear(&sweep);
        store_run_clear(&again);
    }
    if (store_load_done(store, run->id, &keys, &error) == 0)
        free(keys.list);
}

static void read_night(struct store *store)
{
    struct store_night night;
    if (store_last_night(store, &night, &error) != 0 || night.id == 0)
        return;
    MUST(night.campaign != NULL && night.folder != NULL);
    MUST(night.status <= EXIT_CONTROL_MISSED && night.status != EXIT_USAGE);
    store_night_clear(&night);
}

static void tell_nobody(void *context, const struct store_news *news)
{
    (void)context;
    MUST(memchr(news->subject, '\0', sizeof news->subject) != NULL);
    MUST(memchr(news->resource, '\0', sizeof news->resource) != NULL);
    MUST(memchr(news->place, '\0', sizeof news->place) != NULL);
}

static void read_all(struct store *store)
{
    struct store_runs runs;
    struct store_trend trend;
    struct sweep_finding finding;
    struct store_run run;
    uint64_t total;
    if (store_list_runs(store, &runs, &error) == 0) {
        for (size_t i = 0; i < runs.count; i++)
            read_run(store, &runs.list[i]);
        store_runs_clear(&runs);
    }
    for (uint64_t id = 1; id <= 2; id++)
        if (store_load_finding(store, id, &finding, &run, &error) == 0) {
            MUST(finding.stack_depth <= SWEEP_STACK_MAX && finding.kind < SWEEP_KINDS);
            sweep_finding_clear(&finding);
            store_run_clear(&run);
        }
    if (store_load_trend(store, &trend, &error) == 0)
        store_trend_clear(&trend);
    read_night(store);
    if (store_note_news(store, 1, 0, &total, &error) == 0)
        (void)store_tell_news(store, 0, tell_nobody, NULL, &error);
}

/* What failed has a reason, and a status that is none of success. */
static void use(enum store_mode mode)
{
    struct store *store = NULL;
    error = (struct error){.text = ""};
    if (store_open(path, mode, &store, &error) != 0) {
        MUST(error.text[0] != '\0' && error.exit_status >= EXIT_USAGE && store == NULL);
        return;
    }
    read_all(store);
    if (mode == STORE_WRITE && save_record(store) == 0)
        (void)save_sweep(store);
    store_close(store);
}

static void salvage(void)
{
    struct store *store = NULL;
    if (store_salvage(path, &store, &error) == 0)
        read_all(store);
    store_close(store);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    struct input input = {bytes, size};
    if (sound_size == 0)
        make_sound();
    if (size >= 6 && memcmp(bytes, "SQLite", 6) == 0)
        write_file(bytes, size);
    else
        damage(&input);
    use(STORE_READ);
    salvage();
    use(STORE_WRITE);
    return 0;
}
