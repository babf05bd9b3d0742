#!/bin/sh
# Goes on until the time is over, and ends at the first thing that does not hold. What is fixed in the tests
# varies here: seeds, limits, the interleaving of threads.
# Usage: soak.sh EXEUNT UNIT_INJECTORS LOCK_TARGET MINUTES ("once": one round, as the tests run it)
set -eu
exeunt=$1
injectors=$2
locks=$3
minutes=$4
end=0
[ "$minutes" = once ] || end=$(($(date +%s) + 60 * minutes))

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 3' INT TERM

# Runs the command; on failure shows what it said.
must() {
    if ! "$@" >"$folder/out" 2>&1; then
        echo "does not hold: $*"
        tail -n 40 "$folder/out"
        exit 1
    fi
}

seed=1
while :; do
    # Leaks on every eighth operation or so: with each seed other faults, and always the same verdict.
    for limit in 256 1024; do
        must "$exeunt" compare upload --set fsync=0 --limit-fds "$limit" --seed "$seed"
    done
    must "$exeunt" compare upload --set fsync=0 --limit-fds 256 --workers 32 --seed "$seed" \
        --faults 'posix/io/*,upload/metadata@p=0.01'
    # A program that is failed anywhere may end in any way, but it does not hang, and exeunt knows how it ended.
    for program in 'tar cf /dev/null /etc/default' 'sort /etc/services' 'ls -lR /etc/default'; do
        # shellcheck disable=SC2086 # words
        timeout 60 "$exeunt" run --quiet --seed "$seed" --faults '*@p=0.02' -- $program \
            >/dev/null 2>&1 </dev/null || [ $? -eq 1 ] || {
            echo "does not hold: seed $seed: $program"
            exit 1
        }
    done
    # Contended locks whose holders sleep, for a minute: no deadlock, no finding.
    seconds=60
    [ "$minutes" != once ] || seconds=2
    must "$exeunt" run --quiet --sample 1ms -- "$locks" healthy "$seconds"
    [ "$minutes" = once ] || must "$injectors"
    echo "seed $seed holds"
    [ "$(date +%s)" -lt "$end" ] || break
    seed=$((seed + 1))
done
