/* What counts prove, against scipy: the rows are as chance.py --table prints them. */
#include "oracle/chance.h"

#include <criterion/criterion.h>
#include <math.h>

Test(chance, is_as_scipy_has_it)
{
    static const struct {
        uint64_t hits, trials;
        double confidence, below;
    } rows[] = {
        {0, 1, 0.95, 0.95},
        {0, 41200, 0.95, 7.270930493758415e-05},
        {0, 1000000000, 0.95, 2.9957322690667843e-09},
        {1, 2, 0.95, 0.9746794344808963},
        {1, 100, 0.95, 0.046559811453538935},
        {3, 10, 0.95, 0.6066242161054123},
        {9, 10, 0.95, 0.9948838031081763},
        {17, 41200, 0.95, 0.0006188495114118102},
        {500, 1000, 0.95, 0.5264822687643089},
        {999, 1000000, 0.95, 0.0010525489146038039},
        {20000, 30000, 0.95, 0.6711480003620292},
        {5, 1000000000000, 0.95, 1.0513034908712551e-11},
        {0, 1, 0.99, 0.99},
        {0, 41200, 0.99, 0.00011176972868646937},
        {0, 1000000000, 0.99, 4.605170175384295e-09},
        {1, 2, 0.99, 0.99498743710662},
        {1, 100, 0.99, 0.06454273204858163},
        {3, 10, 0.99, 0.7028835276794626},
        {9, 10, 0.99, 0.99899547129175},
        {17, 41200, 0.99, 0.000711291959787254},
        {500, 1000, 0.99, 0.5372219332390025},
        {999, 1000000, 0.99, 0.0010749919541047487},
        {20000, 30000, 0.99, 0.6729925580489514},
        {5, 1000000000000, 0.99, 1.3108483652714778e-11},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        double below = chance_below(rows[i].hits, rows[i].trials, rows[i].confidence);
        cr_expect(fabs(below / rows[i].below - 1) < 1e-9, "%llu of %llu at %g: %.17g",
                  (unsigned long long)rows[i].hits, (unsigned long long)rows[i].trials, rows[i].confidence,
                  below);
    }
}

Test(chance, nothing_is_proven)
{
    static const struct {
        uint64_t hits, trials;
        const char *reason;
    } rows[] = {{0, 0, "no trials"}, {7, 7, "nothing but hits"}, {9, 7, "a fault that left two things"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        cr_expect_eq(chance_below(rows[i].hits, rows[i].trials, 0.95), 1.0, "%s", rows[i].reason);
}
