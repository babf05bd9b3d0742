#!/bin/sh
# Sweeps programs of the distribution on small inputs, twice, and replays what is found: exeunt does its work, finds the
# same both times, nearly all of it comes again, and hardly a fault misses its place.
# Usage: real.sh EXEUNT [OPTION...] -- NAME... (OPTION: of exeunt sweep; NAME: of a program below, or all of them)
set -eu
exeunt=$1
shift
options=
while [ "$1" != -- ]; do
    options="$options $1"
    shift
done
shift
everybody='tar gzip xz sed sort cp jq sqlite3 git openssl'
[ "$1" != all ] || eval "set -- $everybody"

reproduced_percent_min=95
drifted_percent_max=5
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
trap 'exit 3' INT TERM
export LC_ALL=C TZ=UTC HOME=/nonexistent GIT_CONFIG_NOSYSTEM=1

# The working folder that all of them get a copy of.
make_input() {
    mkdir -p "$folder/in/tree/below"
    cd "$folder/in"
    printf 'one\ntwo\nthree\n' >words.txt
    seq 300 -1 1 >numbers.txt
    gzip -nc numbers.txt >numbers.gz
    cp words.txt tree/words.txt
    cp numbers.txt tree/below/numbers.txt
    ln -s words.txt tree/link
    printf '{"names": ["one", "two"], "number": 3.5, "nothing": null}\n' >data.json
    cat >script.sql <<'SQL'
create table word (id integer primary key, text text);
begin;
insert into word (text) values ('one'), ('two'), ('three');
commit;
create index by_text on word (text);
update word set text = 'four' where id = 3;
select text, length (text) from word order by text;
SQL
}

# The command line of a program, in words that need no quoting.
command_of() {
    case $1 in
    tar) echo "tar -cf out.tar tree" ;;
    gzip) echo "gzip -k -n numbers.txt" ;;
    xz) echo "xz -k -T1 words.txt" ;;
    sed) echo "sed s/one/ONE/;s/t[wh]/X/ words.txt" ;;
    sort) echo "sort -n -o sorted.txt numbers.txt" ;;
    cp) echo "cp -a tree/below tree/link ." ;; # of a folder with more it takes the files as their inodes come
    jq) echo "jq .names[],.number data.json" ;;
    sqlite3) echo "sqlite3 -batch -bail new.db" ;;
    git) echo "git init -q new" ;;
    openssl) echo "openssl dgst -sha256 words.txt numbers.txt" ;;
    *)
        echo "real.sh: there is no program '$1' here; known are: $everybody" >&2
        exit 2
        ;;
    esac
}

# In all modes openssl takes quarters of an hour: it allocates at thousands of places, and without memory it prints errors
# until its time is over.
modes_of() {
    [ "$1" != openssl ] || echo "--modes once"
}

fail() {
    echo "does not hold: $name: $*"
    exit 1
}

# A sweep from the start: JSON and results to files of that name. What it finds is nobody's failure.
sweep() {
    status=0
    # shellcheck disable=SC2086 # words
    "$exeunt" sweep --quiet --budget 0s --fail-on leak $options $modes --results "$folder/$1.db" --json "$folder/$1.json" \
        -- $command <"$input" 2>"$folder/$1.err" || status=$?
    [ "$status" -le 1 ] || fail "its sweep ended with status $status: $(cat "$folder/$1.err")"
}

signatures() {
    jq -r '.findings[] | "\(.kind) \(.signature)"' "$folder/$1.json" | LC_ALL=C sort
}

# Replays what has been found; tells how many of how many came again.
replay_all() {
    came=0 found=0
    for id in $(jq -r '.findings[] | select(.kind != "unreleased") | .id' "$folder/first.json"); do
        found=$((found + 1))
        status=0
        "$exeunt" replay --results "$folder/first.db" "$id" >"$folder/replay" 2>&1 <"$input" || status=$?
        case $status in
        0) echo "did not come again: $name: $(jq -c ".findings[] | select(.id == $id) |
            [.kind, .point, .coordinate, .signature]" "$folder/first.json")" ;;
        1) came=$((came + 1)) ;;
        *) fail "replay of $id: $(cat "$folder/replay")" ;;
        esac
    done
}

make_input
skipped=0
for name; do
    command=$(command_of "$name")
    modes=$(modes_of "$name")
    input=/dev/null
    [ "$name" != sqlite3 ] || input=script.sql
    if ! command -v "${command%% *}" >/dev/null; then
        echo "skipped: $name is not installed"
        skipped=77
        continue
    fi
    rm -f "$folder"/first.* "$folder"/second.*
    sweep first
    sweep second
    signatures first >"$folder/first.found"
    signatures second >"$folder/second.found"
    diff "$folder/first.found" "$folder/second.found" || fail "two sweeps find different things"
    replay_all
    [ $((came * 100)) -ge $((found * reproduced_percent_min)) ] || fail "$came of $found findings came again"
    jq -e ".outcomes.drifted * 100 <= .runs * $drifted_percent_max" "$folder/first.json" >"$folder/drifted" ||
        fail "of $(jq .runs "$folder/first.json") runs $(jq .outcomes.drifted "$folder/first.json") drifted"
    jq -r --arg name "$name" --arg came "$came/$found" '"\($name): \(.contexts) contexts, \(.runs) runs in \(.wall_s) s, "
        + "\(.outcomes.drifted) drifted, \($came) findings came again: "
        + ([.findings[] | .kind] | group_by(.) | map("\(length) \(.[0])") | join(", "))' "$folder/first.json"
    [ -z "${REAL_KEEP:-}" ] || cp "$folder/first.json" "$REAL_KEEP/$name.json"
done
exit "$skipped"
