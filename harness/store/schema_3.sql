-- How much of its points a variant's run came to is followed over nights, too.

alter table variant add column points integer not null default 0; -- of which a call failed; 0: none, or not known
