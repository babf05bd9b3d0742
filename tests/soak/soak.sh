#!/bin/sh
# Goes on until the time is over, and ends at the first thing that does not hold. What is fixed in the tests
# varies here: seeds, limits, the interleaving of threads.
# Usage: soak.sh EXEUNT TESTS MINUTES (TESTS: the folder of the built tests; "once": one round, as the tests run it)
set -eu
exeunt=$1
tests=$2
minutes=$3
host=$(dirname "$exeunt")/../libexec/exeunt/exeunt-host
cancellations=20000
kills=50
[ "$minutes" != once ] || cancellations=1000 kills=1
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
    # Transactions and sessions: locks that lock up, and services that are cancelled or killed in the midst of them.
    must "$exeunt" compare transaction --set sync=0 --seed "$seed"
    must "$exeunt" compare session --seed "$seed"
    must "$tests/workloads/transaction_cancel" "$cancellations" "$seed"
    must "$tests/workloads/session_cancel" "$cancellations" "$seed"
    must "$tests/workloads/transaction_kill" "$host" "$kills" "$seed"
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
    must "$exeunt" run --quiet --sample 1ms -- "$tests/cli/lock_target" healthy "$seconds"
    [ "$minutes" = once ] || must "$tests/unit/injectors/unit_injectors"
    echo "seed $seed holds"
    [ "$(date +%s)" -lt "$end" ] || break
    seed=$((seed + 1))
done
