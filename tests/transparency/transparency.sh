#!/bin/sh
# Ordinary programs give the same exit status and output, byte for byte, bare, under the preload alone, and
# under the preload with a ledger but no plan, without and with the heap watched. One that is not installed is
# said to be skipped.
# Usage: transparency.sh IDLE PRELOAD SOURCE_FOLDER
# shellcheck disable=SC2016 # what is quoted is expanded by the programs under test
set -eu
idle=$1
preload=$2
source=$3
suite=$4
unset LD_PRELOAD
export LC_ALL=C TZ=UTC GIT_CONFIG_GLOBAL=/dev/null

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
mkdir "$folder/pristine"
cp -r "$source/harness/base" "$source/harness/plan" "$folder/pristine"
cd "$folder"
passed=0 failed=0 skipped=0

# Runs the command in a fresh copy of the sources: $1 says how, the rest is the command.
run() {
    how=$1
    shift
    rm -rf work && cp -rp pristine work
    status=0
    case $how in
    bare) (cd work && "$@") >"$how.out" 2>"$how.err" </dev/null || status=$? ;;
    preload) (cd work && LD_PRELOAD=$preload "$@") >"$how.out" 2>"$how.err" </dev/null || status=$? ;;
    ledger) (cd work && "$idle" "$preload" "$@") >"$how.out" 2>"$how.err" </dev/null || status=$? ;;
    heap) (cd work && "$idle" --heap "$preload" "$@") >"$how.out" 2>"$how.err" </dev/null || status=$? ;;
    esac
    echo "$status" >"$how.status"
    (cd work && find . -type f | sort | xargs cksum) >"$how.files"
}

same() {
    command -v "$1" >/dev/null || {
        echo "skipped, not installed: $1"
        skipped=$((skipped + 1))
        return
    }
    run bare "$@"
    for how in preload ledger heap; do
        run "$how" "$@"
        for what in status out err files; do
            cmp -s "bare.$what" "$how.$what" || {
                echo "differs ($how, $what): $*"
                diff "bare.$what" "$how.$what" | head -5
                failed=$((failed + 1))
                return
            }
        done
    done
    passed=$((passed + 1))
}

same sh -c 'for f in */*.c; do wc -l < "$f"; done | sort -n | tail -3; exec 5>out; echo five >&5; exec 5>&-'
same bash -c 'x=$(cat base/hash.h | wc -c); echo "$x" > new; cat < new; mapfile -t a < new; echo "${a[0]}"; exit 3'
same ls -lAR --time-style=+%s .
same find . -name '*.h' -size +1k -newer base/hash.h
same grep -rn static .
same sed -i 's/int/INT/g' base/error.c
same awk '{ n += NF } END { print n > "words"; close("words"); print n }' base/error.c
same sort -u base/text.c
same tar -cf all.tar --sort=name --mtime=@0 base plan
same sh -c 'gzip -9n < base/text.c > t.gz && gzip -dc t.gz | cmp - base/text.c && cksum t.gz'
same cp -r base copy
same sh -c 'mv base/text.c moved.c && rm -r plan && ls'
same diff -r base plan
same sha256sum base/text.c base/error.c
same dd if=base/text.c of=dd.out bs=7 count=50 status=none
same split -n 5 base/text.c part-
same perl -e 'open(my $f, "<", "base/text.c") or die; my @l = <$f>; print scalar(@l), "\n"; unlink("base/error.c"); exit 2'
same python3 -S -c 'import os; print(sorted(os.listdir("base"))); os.rename("base/hash.h", "h"); print(len(open("h").read()))'
same gcc -c -o error.o -I. base/error.c
same make -s -f /dev/null base/error.o
same git hash-object base/text.c base/error.c
same git diff --no-index --stat base plan
same g++ -x c++ -c -o text.o -I. base/hash.h
same clang -c -o error.o -I. base/error.c
same dash -c 'for i in 1 2 3; do (exit $i) || echo "$?"; done; trap "echo bye" EXIT'
same git -c user.name=a -c user.email=a@b -c init.defaultBranch=main init -q repository
same curl -s "file://$folder/pristine/base/error.c"
same sqlite3 test.db 'create table t(a, b); insert into t values (1, "x"), (2, "y"); select sum(a), b from t; pragma integrity_check'
same rsync -a --delete base/ mirror/
same gdb --version
same gdb -batch -ex 'print 6 * 7'
same xz -T2 --block-size=4096 -k9 base/text.c
same env -i /bin/echo bare environment
same find . -name '*.c' -exec wc -l '{}' +
same xargs -n1 -a base/error.c echo
same tee copy.txt
same "$suite"
same cat /nonexistent
same ls /proc/self/fd
echo "$passed passed, $failed failed, $skipped skipped"
[ "$failed" -eq 0 ] && [ "$skipped" -eq 0 ]
