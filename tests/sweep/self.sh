#!/bin/sh
# Sweeps exeunt itself as it shows results and gates: each place where it calls the outside world failed once, and from
# there on.
# It must leave nothing behind, not crash, not hang, and never end with status 0 when what it wrote is not whole.
# Usage: self.sh EXEUNT [NAME...] (NAME: of a command below; none: all of them)
set -eu
for needed in jq sqlite3; do
    command -v "$needed" >/dev/null || {
        echo "self.sh needs $needed, which is not installed"
        exit 77
    }
done
exeunt=$1
shift
[ $# -gt 0 ] || set -- list trend report sweep json html trend_html damaged gate

drifted_percent_max=5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 3' INT TERM
cd "$folder"
mkdir in
# C: in others libc itself keeps memory when it fails to set its locale.
export LC_ALL=C

# What the commands are about: a program's run, a comparison with findings, a sweep with some; a baseline.
make_results() {
    "$exeunt" run --quiet --faults 'posix/io/*@p=0.05' -- tar cf /dev/null /etc/default >/dev/null 2>&1 || true
    "$exeunt" compare upload --quiet --set fsync=0 --limit-fds 64
    "$exeunt" sweep --quiet --modes once --points 'posix/io/*,libc/mm/*' -- sh -c 'cat /dev/null; true' || true
    mv exeunt.db in/
    cp in/exeunt.db in/damaged.db
    page=$(sqlite3 in/exeunt.db "select rootpage - 1 from sqlite_schema where name = 'finding'")
    dd if=/dev/zero of=in/damaged.db bs=4096 seek="$page" count=1 conv=notrunc status=none
    echo "run --faults 'posix/io/rw/read:EIO@1' -- cat /etc/hostname" >in/campaign
    "$exeunt" gate --record in/baseline.json --campaign in/campaign >/dev/null
}

command_of() {
    case $1 in
    list) echo "report --list" ;;
    trend) echo "report --trend" ;;
    report) echo "report 2" ;;
    sweep) echo "report 3" ;;
    json) echo "report 2 --json out.json" ;;
    html) echo "report 3 --html out.html" ;;
    trend_html) echo "report --trend --html out.html" ;;
    damaged) echo "report --trend --results damaged.db" ;;
    gate) echo "gate baseline.json --junit junit.xml --sarif out.sarif" ;;
    *)
        echo "self.sh: there is no command '$1' here" >&2
        exit 2
        ;;
    esac
}

# A gate runs programs, and what is damaged is copied, which takes its time: of these, what their files meet.
points_of() {
    case $1 in
    gate | damaged) echo 'posix/*' ;;
    *) echo '*' ;;
    esac
}

make_results
cd in
failed=0
for name; do
    status=0
    command=$(command_of "$name")
    rm -f ../out.json
    # shellcheck disable=SC2086 # words
    "$exeunt" sweep --budget 0s --modes once,persistent --fail-on leak,crash,hang,double-release,sanitizer,silent \
        --points "$(points_of "$name")" --results none --json ../out.json \
        -- "$exeunt" $command >../said 2>&1 || status=$?
    if ! jq -r --arg name "$name" '"\($name): \(.contexts) contexts, \(.runs) runs in \(.wall_s) s: \(.outcomes)"' \
        ../out.json || [ "$status" -ne 0 ] ||
        ! jq -e ".runs == .planned and .outcomes.drifted * 100 <= .runs * $drifted_percent_max" ../out.json >/dev/null; then
        echo "does not hold: $name: status $status"
        cat ../said
        failed=1
    fi
done
exit $failed
