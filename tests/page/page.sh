#!/bin/sh
# Opens pages in Chromium, uses them (see probe.js), and holds what came of it against what must.
# Usage: page.sh EXEUNT FOLDER (that of this file)
set -eu
exeunt=$1
here=$2
command -v chromium >/dev/null || {
    echo 'no chromium here'
    exit 77
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 3' INT TERM
cd "$folder"
status=0

# Runs exeunt; ends with what it said if its status is another one than 0 or the first word.
must() {
    allowed=$1
    shift
    "$exeunt" "$@" >said 2>&1 </dev/null || [ $? -eq "$allowed" ] || {
        echo "exeunt $*:"
        cat said
        exit 1
    }
}

# Puts the two scripts into the page and has it drawn; the lines that the probe wrote.
probe() {
    awk -v errors="$here/errors.js" -v probe="$here/probe.js" '
        function put(file, line) { print "<script>"; while ((getline line < file) > 0) print line; print "</script>" }
        /<\/body>/ { put(probe) }
        { print }
        /^<head>/ { put(errors) }' "$1" >probed.html
    timeout 60 chromium --headless --no-sandbox --disable-gpu --no-first-run --disable-background-networking \
        --disable-component-update --disable-sync --disable-dev-shm-usage --user-data-dir="$folder/profile" \
        --window-size="$2" --blink-settings="preferredColorScheme=$3" --virtual-time-budget=5000 --dump-dom \
        "file://$folder/probed.html" 2>/dev/null | sed -n '/<pre id="probe">/,/<\/pre>/p' | sed '1d;$d'
}

# Each line must be among those that the page gave, and those that all pages give.
expect() {
    page=$1
    { cat && printf '%s\n' 'images: 0' 'wider than the window: false' 'requests: 0' 'errors: none'; } >expected
    while read -r line; do
        grep -qxF -- "$line" "$page" || {
            echo "$page: no line '$line' in:"
            cat "$page"
            status=1
        }
    done <expected
}

must 0 compare transaction --operations 600
must 0 report --html transaction.html
probe transaction.html 1400,1000 1 >light
expect light <<'LINES'
verdicts: pass
scheme: light
charts drawn: true
zoomed in: true
zoomed together: true
zoomed out: true
figures behind the chart: true
sorted up: true
sorted down: true
filtered: true
unfiltered: true
unfolded: true
text stays text: false
LINES
grep -q 'threads in graphs: [1-9]' light || {
    echo 'no graph of a deadlock'
    status=1
}

# What a target says is anybody's: its arguments here, and its last words.
# shellcheck disable=SC2016 # expanded by that shell
must 0 run -- sh -c 'echo "$0" >&2' '</script><img src=x onerror=alert(1)>'
must 0 report --html hostile.html
probe hostile.html 400,900 0 >hostile
expect hostile <<'LINES'
scheme: dark
charts drawn: true
text stays text: true
LINES

must 1 sweep --modes once -- sh -c 'cat /dev/null; exit 0' '</script><img src=x onerror=alert(1)>'
must 0 report --html sweep.html
probe sweep.html 400,900 1 >sweep
expect sweep <<'LINES'
sorted up: true
sorted down: true
text stays text: true
LINES
grep -qx 'verdicts: fail' sweep || {
    echo 'no verdict of the sweep'
    status=1
}

must 1 sweep --quiet --points upload/metadata upload
must 0 report --html variants.html
probe variants.html 1400,1000 1 >variants
expect variants <<'LINES'
verdicts: fail pass pass
sorted up: true
sorted down: true
LINES
must 0 report --trend --html trend.html
probe trend.html 400,900 0 >trend
expect trend <<'LINES'
scheme: dark
sorted up: true
sorted down: true
filtered: true
unfiltered: true
text stays text: true
LINES
exit $status
