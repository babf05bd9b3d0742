-- The nights of `exeunt stress`, and which of them a run belongs to: they are kept and deleted together. Which runs one
-- command gave. What a workload's sweep covered, and which of a sweep's findings break a guarantee, by what it was asked
-- to fail on.

create table night (
    id integer primary key autoincrement,
    campaign text not null, -- its lines, as they are run
    folder text not null, -- working folder
    seed integer not null,
    for_ms integer not null, -- its time
    started_s integer not null, -- since the epoch
    spent_ms integer not null, -- of its time
    round integer not null, -- that goes on, from 1
    line integer not null, -- of the campaign, from 1; 0: none yet
    done integer not null, -- lines that came to their end
    findings integer not null, -- guarantees that were seen to be broken
    status integer not null, -- exit status: the worst of them
    complete integer not null -- 0: goes on, or was cut short
) strict;

alter table run add column night integer references night on delete cascade;

create index run_of_night on run (night);

alter table run add column first integer references run on delete cascade; -- that its command gave; null: this one

create index run_of_first on run (first);

alter table finding add column breaks integer not null default 0;

update finding set breaks = suppressed = '' and kind != 'unreleased'; -- as far as it is known of older ones

alter table sweep add column control integer not null default 0; -- 1: of a variant that is known to leak

alter table sweep add column processes integer not null default 0; -- of a workload: that did the operations

alter table sweep add column fail_on text not null default ''; -- kinds with commas between; "": not known

create table coverage (
    run integer not null references run on delete cascade,
    position integer not null,
    point text not null,
    error integer not null, -- positive errno
    reached integer not null, -- 1: operations call the point
    failed integer not null, -- calls that failed with that errno
    primary key (run, position)
) strict, without rowid;
