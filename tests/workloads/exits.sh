#!/bin/sh
# Measures every exit path twice: both tables are the same, and as EXPECTED has it, but for asynchronous
# cancellation, of which nothing is promised. Then with a function of the C library that does not do its work:
# the promise that it breaks is a failure, named in the table.
# Usage: exits.sh EXEUNT EXPECTED [LIBRARY]; LIBRARY: exits_planted.so
set -eu
exeunt=$1
expected=$2
planted=${3:-}

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

fail() {
    echo "$1"
    shift
    cat "$@"
    exit 1
}

for run in 1 2; do
    "$exeunt" compare exits >"$folder/$run" 2>"$folder/errors" || fail "exit status $?" "$folder/$run" "$folder/errors"
done
# As many promises as ever: one whose row or column is called otherwise would not be missed.
grep -q ': 221 of 385 cells;' "$folder/1" || fail 'another number of promises' "$folder/1"
cmp "$folder/1" "$folder/2" || fail 'two runs differ' "$folder/1" "$folder/2"
# The sentence counts cells, those that are cancelled asynchronously too. Their resources may have rows of their own.
awk 'NR == 1 { next } /^[^ ]/ { skip = /^async cancel/ } !skip' "$folder/1" | diff "$expected" - || fail 'not as expected' "$folder/1"

[ -n "$planted" ] || exit 0
expect_broken() {
    status=0
    LD_PRELOAD=$planted PLANTED_UNLINK=$1 "$exeunt" compare exits >"$folder/$1" 2>&1 || status=$?
    [ "$status" -eq 1 ] || fail "unlink $1: exit status $status and not 1" "$folder/$1"
    if ! grep -q "^FAIL: .* handwritten, temporary file, left by return: $2" "$folder/$1" ||
        ! grep -q "^  temporary file .* $3\$" "$folder/$1"; then
        fail "unlink $1: no '$3'" "$folder/$1"
    fi
}
expect_broken fails broken 'broken!'
expect_broken lies differs differs
