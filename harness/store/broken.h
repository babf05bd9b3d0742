/* Broken guarantees of all kinds of runs as rows of one shape, for statements that ask about them. */
#pragma once

#define VARIANT_SUBJECT "iif(name = '', workload, workload || '/' || name)"

/* What store_run_is_of_program says. */
#define SWEEP_SUBJECT "iif(options = '' or options glob '-*', 'sweep -- ', 'sweep ') || line"

/* Subject, kind, resource ("" where the kind names it), place, point, signature, started_s, id of the run,
 * night, and whether it was to be expected, as of a positive control. */
#define BROKEN                                                                                               \
    "select " VARIANT_SUBJECT " as subject,"                                                                 \
    " broken.kind as kind, '' as resource, taken_at as place, point, signature, started_s, run.id as id, "   \
    "night,"                                                                                                 \
    " leaks as expected"                                                                                     \
    " from broken join variant using (run, position) join run on run.id = broken.run"                        \
    " union all select " SWEEP_SUBJECT ", finding.kind, resource,"                                           \
    " iif(taken_at = '', coalesce(failed_at, ''), taken_at), coalesce(point, ''),"                           \
    " signature, started_s, run.id, night, 0"                                                                \
    " from finding join run on run.id = finding.run"                                                         \
    " left join fault on fault.finding = finding.id and fault.position = 0"                                  \
    " where breaks"
