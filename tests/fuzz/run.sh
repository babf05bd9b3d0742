#!/bin/sh
# Runs one target of libFuzzer on its kept corpus and on what earlier runs found to be new. What fails is shown, and
# leaves its input in the build folder.
# Usage: run.sh TARGET CORPUS SECONDS (TARGET: the program; CORPUS: the folder of all kept ones)
set -eu
target=$1
name=$(basename "$target")
work=$(dirname "$target")/../work/$name
mkdir -p "$work"
cd "$work/.."
# A small quarantine: what is freed is soon used again, which costs far less than new pages.
export ASAN_OPTIONS=quarantine_size_mb=8:detect_stack_use_after_return=1
if ! "$target" -max_total_time="$3" -timeout=30 -rss_limit_mb=2048 -print_final_stats=1 -verbosity=1 \
    -artifact_prefix="$work-" "$work" "$2/$name" >"$work.log" 2>&1; then
    echo "does not hold: fuzz $name"
    grep -v '^#[0-9]*[[:space:]][A-Z][A-Zl]' "$work.log" | tail -n 40
    exit 1
fi
echo "$name: $(sed -n 's/^stat::number_of_executed_units: *//p' "$work.log") inputs hold"
