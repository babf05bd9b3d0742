#!/bin/sh
# Holds the example of a gate, hostile names and all, against schemas, by xmllint and jsonschema; and shows that they
# notice what is wrong. Usage: forms.sh GATE_PRINT
set -eu
print=$1
here=$(dirname "$0")
python=/usr/bin/python3
work=$(mktemp -d "${TMPDIR:-/tmp}/forms-XXXXXX")
trap 'rm -rf "$work"' EXIT
command -v xmllint >/dev/null || { echo "SKIP: xmllint is not installed (libxml2-utils)" && exit 77; }
$python -c 'import jsonschema' 2>/dev/null || { echo "SKIP: python3-jsonschema is not installed" && exit 77; }

is_junit() {
    xmllint --noout --nonet --schema "$here/junit.xsd" "$1" 2>"$work/words"
}

is_sarif() {
    $python -c '
import json, sys, jsonschema
schema, document = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
jsonschema.Draft7Validator.check_schema(schema)
jsonschema.validate(document, schema)' "$here/sarif.schema.json" "$1" 2>"$work/words"
}

"$print" junit >"$work/junit.xml"
"$print" sarif >"$work/sarif.json"
is_junit "$work/junit.xml" || { cat "$work/words" && exit 1; }
is_sarif "$work/sarif.json" || { cat "$work/words" && exit 1; }

# What is no XML at all, and what is XML but not this one.
printf '\001' | cat "$work/junit.xml" - >"$work/ill-formed.xml"
sed 's/ errors="/ mistakes="/' "$work/junit.xml" >"$work/wrong.xml"
xmllint --noout --nonet "$work/wrong.xml"
for name in ill-formed wrong; do
    if is_junit "$work/$name.xml"; then echo "xmllint notices nothing of what is $name" && exit 1; fi
done
sed 's/"startLine":[0-9]*/"startLine":0/' "$work/sarif.json" >"$work/wrong.json"
if is_sarif "$work/wrong.json"; then echo "jsonschema notices nothing" && exit 1; fi
