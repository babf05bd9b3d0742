/* Each witness of a leak: what it must catch, and beside it what comes close and must pass. */
#include "oracle/owner.h"

#include <criterion/criterion.h>
#include <stdlib.h>

#include "tape.h"

enum { NONE = -1 };

/* The function called by main at m takes a descriptor and gives it back; main goes on at n. */
#define IN_FUNCTION "+d1 sLLmf; ?o1 sLLmh; -d1 sLLmg; ?o2 sLLn; x sL"
/* Main gives back what that function took for it. */
#define IN_MAIN "+d1 sLLmf; ?o1 sLLn; -d1 sLLp; ?o2 sLLq; x sL"
/* The same, twice. */
#define IN_LOOP "+d1 sLLmf; ?o1 sLLn; -d1 sLLp; +d1 sLLmf; ?o2 sLLn; -d1 sLLp; x sL"
/* The function of a thread gives back what another took for it. */
#define IN_THREAD "1 +d1 Ttf; 1 ?o1 Tu; 1 -d1 Tv; 1 .; ?o2 sLLn; x sL"
#define FILE_MADE "+f1 sLLmf; ?o1 sLLmh; -f1 sLLmg; x sL"

/* A run after two steady ones: how many leaks, and what the first is known by. */
static void expect(const char *first, const char *second, const char *faulted, int witness, size_t count,
                   const char *reason)
{
    struct record records[] = {tape_record(first), tape_record(second), tape_record(faulted)};
    struct owners owners, again;
    struct passed passed;
    struct leak *leaks;
    size_t found;
    cr_assert_eq(owners_learn(&records[0], &owners), 0);
    cr_assert_eq(owners_learn(&records[1], &again), 0);
    cr_assert_eq(passed_learn(&records[0], &passed), 0);
    owners_join(&owners, &again);
    cr_assert_eq(owners_judge(&owners, &passed, &records[2], &leaks, &found), 0);
    cr_expect_eq(found, count, "%s: %zu", reason, found);
    if (found > 0 && count > 0) {
        cr_expect_eq((int)leaks[0].witness, witness, "%s: by witness %d", reason, (int)leaks[0].witness);
        cr_expect_eq(records[2].events[leaks[0].event].kind, TRACE_TOOK, "%s", reason);
    }
    free(leaks);
    passed_clear(&passed);
    owners_clear(&again);
    owners_clear(&owners);
    for (size_t i = 0; i < 3; i++)
        record_clear(&records[i]);
}

struct row {
    const char *steady, *faulted;
    int witness;
    size_t count;
    const char *reason;
};

static void expect_all(const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        expect(rows[i].steady, rows[i].steady, rows[i].steady, NONE, 0, "a steady run has no leak");
        expect(rows[i].steady, rows[i].steady, rows[i].faulted, rows[i].witness, rows[i].count,
               rows[i].reason);
    }
}

Test(witness, that_has_returned)
{
    static const struct row rows[] = {
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; ?o2 sLLn; x sL", LEAK_BY_FRAME, 1, "it returned, main goes on"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; x sL", LEAK_BY_FRAME, 1, "main returned, too"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; x sLLr", LEAK_BY_FRAME, 1, "main calls exit"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; x sLLmi", NONE, 0, "it calls exit itself"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; x sLLmije", NONE, 0, "what it calls does"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh", NONE, 0, "it never came further"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; -d1 sLLmk; x sL", NONE, 0, "given back by another line"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; -d1 sLLr; x sL", NONE, 0, "given back late, but given back"},
        {IN_FUNCTION, "+d1 sLLmf; !o1 sLLmh; -d2 sLLmk; x sL", LEAK_BY_FRAME, 1, "another one was"},
        {IN_FUNCTION, "+d1 sLLmf; -l1 sLLmk; x sL", LEAK_BY_FRAME, 1, "so was a lock of that number"},
        {IN_FUNCTION, "+d1 sLLmk; x sL", NONE, 0, "taken where steady runs take nothing"},
        {IN_MAIN, "+d1 sLLmf; !o1 sLLn; x sL", NONE, 0, "main's lives as long as the process"},
        {"+l1 sLLmf; -l1 sLLmg; x sL", "+l1 sLLmf; x sL", LEAK_BY_FRAME, 1, "a lock"},
        {"+l1 sLLmf; -l1 sLLmg; x sL", "+l1 sLLmf; x sLLmi", NONE, 0, "held by who exits"},
        {"+d1 sLLmf; -d1 sLLmg; +d2 sLLmf; -d2 sLLn", "+d1 sLLmf; x sL", NONE, 0,
         "main is the owner where the longest-lived one is given back"},
    };
    expect_all(rows, sizeof rows / sizeof *rows);
}

Test(witness, that_is_a_thread)
{
    static const struct row rows[] = {
        {IN_THREAD, "1 +d1 Ttf; 1 !o1 Tu; 1 .; ?o2 sLLn; x sL", LEAK_BY_FRAME, 1, "it has ended"},
        {IN_THREAD, "1 +d1 Ttf; 1 !o1 Tu; ?o2 sLLn; x sL", NONE, 0, "it still runs when the process ends"},
        {IN_THREAD, "1 +d1 Ttf; 1 !o1 Tu; .; x sL", NONE, 0, "another one has ended"},
        {"+d1 sLLmf; 1 -d1 Tt; x sL", "+d1 sLLmf; !o1 sLLn; x sL", NONE, 0, "another thread gives it back"},
        {"+d1 sLLmf; x sL", "+d1 sLLmf; !o1 sLLn; x sL", NONE, 0, "nobody ever gives it back"},
    };
    expect_all(rows, sizeof rows / sizeof *rows);
}

Test(witness, place_passed_only_after_the_release)
{
    static const struct row rows[] = {
        {IN_MAIN, "+d1 sLLmf; !o1 sLLn; ?o2 sLLq; x sL", LEAK_BY_CONTEXT, 1, "main went past it"},
        {IN_MAIN, "+d1 sLLmf; !o1 sLLn; ?o2 sLLz; x sL", NONE, 0, "a place that no steady run knows"},
        {IN_MAIN, "+d1 sLLmf; !o1 sLLn; ?o2 sLLn; x sL", NONE, 0, "one from before the release"},
        {IN_MAIN, "+d1 sLLmf; !o1 sLLn; 1 ?o2 sLLq; x sL", NONE, 0, "passed by another thread"},
        {IN_MAIN, "+d1 sLLmf; !o1 sLLn; x sLLr; ?o2 sLLq", NONE, 0, "passed by what runs at exit"},
        {IN_MAIN, "+d1 sLLmf; !o1 sLLn; -d1 sLLp; ?o2 sLLq; x sL", NONE, 0, "after it was given back"},
        {"+d1 sLLmf; ?o1 sLLq; -d1 sLLp; ?o2 sLLq; x sL", "+d1 sLLmf; !o1 sLLn; ?o1 sLLq; x sL", NONE, 0,
         "passed both before and after the release"},
    };
    expect_all(rows, sizeof rows / sizeof *rows);
}

Test(witness, more_at_once_than_ever)
{
    static const struct row rows[] = {
        {IN_LOOP, "+d1 sLLmf; !o1 sLLn; +d2 sLLmf; ?o2 sLLn; -d2 sLLp; x sL", LEAK_BY_NUMBER, 1,
         "the next turn takes another"},
        {IN_LOOP, "+d1 sLLmf; !o1 sLLn; x sL", NONE, 0, "there is no next turn"},
        {IN_LOOP, "+d1 sLLmf; !o1 sLLn; +d2 sLLkf; -d2 sLLp; x sL", NONE, 0, "another line takes the other"},
        {IN_LOOP, "+d1 sLLmf; !o1 sLLn; +d2 sLLmf; -d1 sLLp; -d2 sLLp; x sL", NONE, 0, "both are given back"},
        {"+d1 sLLmf; +d2 sLLmf; ?o1 sLLn; -d1 sLLp; -d2 sLLp; x sL",
         "+d1 sLLmf; !o1 sLLn; +d2 sLLmf; -d2 sLLp; x sL", NONE, 0, "steady runs hold two"},
        {"+d1 sLLmf; +d2 sLLmf; ?o1 sLLn; -d1 sLLp; -d2 sLLp; x sL",
         "+d1 sLLmf; +d2 sLLmf; !o1 sLLn; +d3 sLLmf; -d3 sLLp; x sL", LEAK_BY_NUMBER, 2, "but not three"},
    };
    expect_all(rows, sizeof rows / sizeof *rows);
}

Test(witness, files_that_stay)
{
    static const struct row rows[] = {
        {FILE_MADE, "+f1 sLLmf; !o1 sLLmh; x sL", LEAK_BY_STAY, 1, "the process is gone, the file is not"},
        {FILE_MADE, "+f1 sLLmf; !o1 sLLmh; x sLLmi", LEAK_BY_STAY, 1, "even if the owner exits: it stays"},
        {FILE_MADE, "+f1 sLLmf; !o1 sLLmh; -f1 sLLk; x sL", NONE, 0, "it is removed"},
        {"+f1 sLLmf; x sL", "+f1 sLLmf; !o1 sLLn; x sL", NONE, 0, "steady runs leave it, too"},
        {"+f1 sLLmf; -f1 sLLn; +f2 sLLmf; x sL", "+f1 sLLmf; !o1 sLLn; x sL", NONE, 0,
         "steady runs leave one of them"},
    };
    expect_all(rows, sizeof rows / sizeof *rows);
}

Test(witness, two_steady_runs_tell_the_weaker_of_the_two)
{
    static const struct {
        const char *first, *second, *faulted;
        int witness;
        const char *reason;
    } rows[] = {
        {IN_FUNCTION, IN_FUNCTION, "+d1 sLLmf; x sL", LEAK_BY_FRAME, "they agree"},
        {IN_FUNCTION, "+d1 sLLmf; x sL", "+d1 sLLmf; x sL", NONE, "one of them never gives it back"},
        {"+d1 sLLmf; x sL", IN_FUNCTION, "+d1 sLLmf; x sL", NONE, "nor the first"},
        {IN_FUNCTION, "x sL", "+d1 sLLmf; x sL", NONE, "one takes nothing"},
        {IN_FUNCTION, IN_MAIN, "+d1 sLLmf; x sL", NONE, "in one of them main gives it back"},
        {IN_FUNCTION, "+d1 sLLmf; 1 -d1 Tt; x sL", "+d1 sLLmf; x sL", NONE, "in one another thread"},
        {IN_LOOP, "+d1 sLLmf; +d2 sLLmf; -d1 sLLp; -d2 sLLp; x sL",
         "+d1 sLLmf; !o1 sLLn; +d2 sLLmf; -d2 sLLp; x sL", NONE, "one of them holds two"},
        {IN_MAIN, "+d1 sLLmf; ?o1 sLLn; ?o3 sLLn; ?o4 sLLn; -d1 sLLp; ?o2 sLLq; x sL",
         "+d1 sLLmf; !o1 sLLn; ?o2 sLLq; x sL", NONE, "in one it is held as late as the other passes q"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        expect(rows[i].first, rows[i].second, rows[i].faulted, rows[i].witness, rows[i].witness != NONE,
               rows[i].reason);
}
