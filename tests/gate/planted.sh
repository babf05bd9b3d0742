#!/bin/sh
# Plants regressions in copies of the workloads: the gate must catch each of them, and let the unchanged code
# pass every time, built as the copies are. Usage: planted.sh SOURCE BUILD REGRESSIONS|all PASSES
set -eu
source=$1
build=$2
regressions=$3
passes=$4
work=$(mktemp -d "${TMPDIR:-/tmp}/planted-XXXXXX")
trap 'rm -rf "$work"' EXIT
mkdir "$work/workloads" "$work/baselines"
cp -R "$build/root" "$work/root"
exeunt=$work/root/bin/exeunt
host=$work/root/libexec/exeunt/exeunt-host
grep -v -e '^#' -e '^$' "$source/tests/gate/planted.txt" >"$work/all"
if [ "$regressions" = all ]; then cp "$work/all" "$work/rows"; else head -n "$regressions" "$work/all" >"$work/rows"; fi

# A field of a row.
field() {
    printf '%s\n' "$row" | awk -F ' [|] ' -v n="$1" '{ print $n }'
}

# The baseline of a command, recorded with the workloads as they are.
baseline() {
    file=$work/baselines/$(printf '%s' "$1" | tr -c 'a-z0-9' -)
    if [ ! -f "$file" ]; then
        printf '%s\n' "$1" >"$work/campaign"
        "$build/root/bin/exeunt" gate --quiet --record "$file" --campaign "$work/campaign"
    fi
}

# Builds a host with the copy of the file in the place of the original. Sanitizers and all are as in the build.
build_host() {
    object=workloads/CMakeFiles/exeunt_workloads.dir/$1.o
    compile=$(ninja -C "$build" -t commands "$object" | tail -n 1 |
        sed -e "s| -c .*| -c $work/workloads/$1|" -e "s| -o [^ ]*| -o $work/planted.o|" -e 's| -MF [^ ]*||' -e 's| -MT [^ ]*||' -e 's| -MD||')
    link=$(ninja -C "$build" -t commands exeunt-host | tail -n 1 |
        sed -e "s|$object|$work/planted.o|" -e "s| -o [^ ]*| -o $host|")
    (cd "$build" && eval "$compile -w -iquote $source/workloads -ffile-prefix-map=$work/=" && eval "$link")
}

# Judges by the baseline with the host that was built: the status, and the report.
judge() {
    status=0
    "$exeunt" gate "$file" >"$work/report" 2>&1 </dev/null || status=$?
}

# A copy that is not changed is no regression: what is caught below is what was planted, not that it was copied.
row=$(head -n 1 "$work/rows")
baseline "$(field 4)"
cp "$source/workloads/$(field 2)" "$work/workloads"
build_host "$(field 2)"
judge
[ "$status" -eq 0 ] || { echo "an unchanged copy: status $status" && cat "$work/report" && exit 1; }

number=0 missed=0
while read -r row; do
    number=$((number + 1))
    what="$(field 1) in $(field 3) of $(field 2)"
    command=$(field 4)
    baseline "$command"
    sed "/^static .* \**$(field 3)(/,/^}/{ $(field 5)
    }" "$source/workloads/$(field 2)" >"$work/workloads/$(field 2)"
    if cmp -s "$source/workloads/$(field 2)" "$work/workloads/$(field 2)"; then
        echo "row $number, $what: it changes nothing"
        exit 1
    fi
    build_host "$(field 2)"
    judge
    case $what in
    *unreachable*) why='not met any more' ;;
    *) why='new finding|leave something behind although nothing fails' ;;
    esac
    if [ "$status" -ne 1 ] || ! grep -q -E "^  broken .*($why)" "$work/report"; then
        echo "row $number, $what: no 'broken' with '$why', status $status"
        cat "$work/report"
        missed=$((missed + 1))
        continue
    fi
    echo "row $number, $what: $(grep -m 1 -E '^  broken' "$work/report")"
done <"$work/rows"

pass=0
while [ "$pass" -lt "$passes" ]; do
    for file in "$work"/baselines/*; do
        [ "$pass" -lt "$passes" ] || break
        pass=$((pass + 1))
        "$build/root/bin/exeunt" gate "$file" >"$work/report" 2>&1 || {
            echo "pass $pass, $(basename "$file"): status $?"
            cat "$work/report"
            exit 1
        }
    done
done
[ "$missed" -eq 0 ] || exit 1
echo "all $number were caught; the unchanged code passed $passes times"
