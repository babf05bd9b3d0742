-- What `run` and `compare` gave. Every run has its document, as machines read it, and the report as it was shown;
-- the figures that are followed over nights stand in columns of their own.

create table document (
    run integer primary key references run on delete cascade,
    json text not null,
    report text not null
) strict;

create table variant (
    run integer not null references run on delete cascade,
    position integer not null,
    workload text not null, -- or the program's command line
    name text not null, -- of the variant; "": it was a program
    leaks integer not null, -- the positive control
    verdict text not null,
    ended text not null,
    operations integer not null,
    faults integer not null,
    leaked integer not null, -- descriptors
    emfile_operation integer, -- null: the kernel always had one
    duration_ms integer not null,
    primary key (run, position)
) strict, without rowid;

create table broken ( -- guarantees, of a variant
    run integer not null,
    position integer not null,
    signature integer not null,
    kind text not null,
    count integer not null,
    taken_at text not null,
    point text not null,
    coordinate text not null,
    primary key (run, position, kind, signature),
    foreign key (run, position) references variant on delete cascade
) strict, without rowid;
