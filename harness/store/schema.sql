-- What exeunt.db holds: schema version 1. A later version is a further step, schema_2.sql and so on, not a change here.
-- Numbers of 64 bits without a sign (seeds, signatures, keys) stand as the signed number of the same bits.

create table run ( -- one command of exeunt
    id integer primary key autoincrement,
    kind text not null, -- "sweep", or since version 2 "run" or "compare"
    command blob not null, -- of the target: its words, each ended by NUL
    line text not null, -- the same for people
    options text not null, -- what else decides which faults there are
    seed integer not null,
    started_s integer not null, -- since the epoch
    complete integer not null default 0, -- 0: ended before its time, or still going on
    exeunt text not null, -- version
    kernel text not null,
    libc text not null,
    host text not null,
    machine text not null,
    folder text not null, -- working folder
    target_commit text not null -- "": not in a git work tree
) strict;

create table sweep ( -- totals, once there are any
    run integer primary key references run on delete cascade,
    wall_ms integer not null,
    contexts integer not null,
    calls integer not null,
    runs integer not null,
    planned integer not null,
    steady_status integer not null,
    by_server integer not null,
    note text not null,
    interrupted integer not null,
    exit_status integer not null,
    sentence text not null
) strict;

create table outcome (
    run integer not null references run on delete cascade,
    kind text not null,
    count integer not null,
    primary key (run, kind)
) strict, without rowid;

create table point (
    run integer not null references run on delete cascade,
    position integer not null,
    name text not null,
    calls integer not null,
    contexts integer not null,
    failed integer not null,
    primary key (run, position)
) strict, without rowid;

create table finding (
    id integer primary key autoincrement, -- unique over the file: `exeunt replay 1`
    run integer not null references run on delete cascade,
    kind text not null,
    severity text not null,
    resource text not null,
    signature integer not null,
    count integer not null,
    taken_at text not null,
    mode text not null,
    detail text not null,
    replays integer not null,
    reproduced integer not null,
    suppressed text not null,
    unique (run, signature)
) strict;

create table fault ( -- of a finding, in the order in which they were injected
    finding integer not null references finding on delete cascade,
    position integer not null,
    point text not null,
    error integer not null,
    coordinate text not null,
    failed_at text not null,
    primary key (finding, position)
) strict, without rowid;

create table frame ( -- of the call that failed, innermost first
    finding integer not null references finding on delete cascade,
    position integer not null,
    place text not null,
    primary key (finding, position)
) strict, without rowid;

create table done ( -- what a sweep that is not complete has tried already
    run integer not null references run on delete cascade,
    key integer not null,
    outcome text not null,
    primary key (run, key)
) strict, without rowid;
