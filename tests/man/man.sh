#!/bin/sh
# Every command stands in exeunt(1); every name of exeunt-scope(3) in the header, and what the header says is for
# direct use in the page; every plan of exeunt-plan(7) is one.
# Usage: man.sh EXEUNT SOURCE PAGES
set -eu
exeunt=$1
source=$2
pages=$3
status=0

complain() {
    echo "$1"
    status=1
}

for command in $("$exeunt" --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p'); do
    grep -q "^\\\\fBexeunt $command\\\\fR" "$pages/exeunt.1" || complain "exeunt(1) has no command '$command'"
    grep -q "^Usage: exeunt $command " "$pages/exeunt.1" || complain "exeunt(1) lacks the help of '$command'"
done

header=$source/harness/include/exeunt/scope.h
for name in $(tr -d '\134' <"$source/docs/man/exeunt-scope.3.scd" | grep -oE '(exeunt_|EXEUNT_)[A-Za-z_]+' | sort -u); do
    grep -q "\\b$name\\b" "$header" || complain "exeunt-scope(3) names '$name', which the header has not"
done
sed -nE 's/^#define (EXEUNT_[A-Z_]+|exeunt_[a-z_]+)\(.*/\1/p' "$header" | while read -r name; do
    case $name in EXEUNT_PLACE | EXEUNT_WITH_N*) continue ;; esac
    tr -d '\134' <"$source/docs/man/exeunt-scope.3.scd" | grep -q "\b$name\b" || echo "exeunt-scope(3) lacks '$name'"
done | grep . && status=1

# The examples: each may fail, but not as a wrong command line.
sed -n '/^# EXAMPLES/,/^# SEE/p' "$source/docs/man/exeunt-plan.7.scd" | sed -n 's/^\*\(.*\)\*$/\1/p' | tr -d '\134' |
    while read -r plan; do
        "$exeunt" run --quiet --results none --operations 1 --faults "$plan" upload/guarded >/dev/null 2>&1 || [ $? -ne 2 ] ||
            echo "exeunt-plan(7): not a plan: $plan"
    done | grep . && status=1
exit $status
