#!/bin/sh
# Holds `exeunt list` against the files: every workload, report and point that the sources define is shown.
# Usage: list.sh EXEUNT SOURCE_FOLDER
set -eu
exeunt=$1
source=$2
status=0
shown=$("$exeunt" list)

expect() {
    printf '%s\n' "$shown" | grep -qF -- "$1" || {
        echo "exeunt list does not show '$1', which $2 defines"
        status=1
    }
}

# shellcheck disable=SC2013 # no file of ours has a space in its name
for file in $(grep -lE '^(EXEUNT_WORKLOAD|REPORT)\(' "$source"/workloads/*.c "$source"/reports/*.c); do
    expect "$(sed -nE 's/^(EXEUNT_WORKLOAD|REPORT)\((.*)\).*/\2/p' "$file")" "$file"
done
for point in $(grep -oE '"(posix|linux)/[a-z0-9/]+"' "$source/injectors/faults.c" | tr -d '"'); do
    expect "$point" injectors/faults.c
done
exit $status
