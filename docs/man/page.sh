#!/bin/sh
# Makes a man page; @HELP@ in it stands for the help of all commands.
# Usage: page.sh EXEUNT SOURCE SCDOC PAGE
set -eu
exeunt=$1

help() {
    "$exeunt" --help | sed -n 's/^  \([a-z]*\)  *[a-z].*/\1/p' | while read -r command; do
        printf '## exeunt %s\n\n```\n' "$command"
        "$exeunt" "$command" --help
        printf '```\n\n'
    done
}

while IFS= read -r line; do
    if [ "$line" = @HELP@ ]; then help; else printf '%s\n' "$line"; fi
done <"$2" | "$3" >"$4.part"
mv "$4.part" "$4"
