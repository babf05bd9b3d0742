#!/bin/sh
# A night of some minutes: what stress needs does not grow with it. The supervisor's memory and descriptors, the
# size of the results, and whether the samples of a run are as many as its time says.
# Usage: stress.sh EXEUNT MINUTES (at least 3)
set -eu
exeunt=$1
minutes=$2
folder=$(mktemp -d)
pid=
trap '[ -z "$pid" ] || kill "$pid"; wait; rm -rf "$folder"' EXIT
trap 'exit 3' INT TERM

cat >"$folder/campaign" <<'TEXT'
compare upload --limit-fds 256 --set fsync=0
run upload/guarded --for 60s --sample 100ms --set fsync=0
compare session --limit-fds 256
compare transaction --operations 600 --set sync=0
sweep upload/guarded
TEXT

resident() {
    awk '/^VmRSS:/ { print $2 }' "/proc/$pid/status"
}

descriptors() {
    find "/proc/$pid/fd" -type l | wc -l
}

# Says what was seen; a condition that is not met is told at the end.
failed=0
expect() {
    echo "$1"
    shift
    [ "$@" ] || {
        echo "  does not hold: $*"
        failed=1
    }
}

"$exeunt" stress "$folder/campaign" --for "${minutes}m" --results "$folder/nights" >"$folder/log" 2>&1 &
pid=$!
sleep 60
kib=$(resident)
open=$(descriptors)
sleep $((60 * minutes - 65))
kib_end=$(resident)
open_end=$(descriptors)
# A line that runs takes two descriptors, and at either moment none may.
status=0
wait "$pid" || status=$?
pid=
tail -n 1 "$folder/log"
expect "status $status" "$status" -eq 0
expect "resident after a minute $kib KiB, at the end $kib_end KiB" $((10 * kib_end)) -le $((11 * kib))
expect "descriptors after a minute $open, at the end $open_end" "$open_end" -le $((open + 2))
size=$(du -sk "$folder/nights" | cut -f1)
expect "results $size KiB" "$size" -le 51200
run=$(sqlite3 "$folder/nights/exeunt.db" \
    "select max(run) from document join run on run.id = run where kind = 'run' and complete")
samples=$("$exeunt" report "$run" --json - --results "$folder/nights/exeunt.db" |
    jq '.variants[0] | "\(.samples.t_ms | length) \(.duration_ms)"' -r)
taken=${samples% *}
due=$((${samples#* } / 100 + 2)) # one more at its beginning, one at its end
off=$((taken > due ? taken - due : due - taken))
# One less or more: the last run may have been cut between two.
expect "samples $taken, expected $due" $((100 * (off - 1))) -le "$due"
exit "$failed"
