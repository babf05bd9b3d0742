#!/bin/sh
# glibc's functions that allocate or return a descriptor are wrapped, or unwrapped.txt says why not. Those that
# allocate are the ones that its headers declare so; those that return a descriptor, the ones in whose code a
# system call stands that makes one, and some that do it through others.
# Usage: unwrapped.sh PRELOAD COMPILER TABLE. Exit status 0, 1, or 77 where this cannot be found out.
set -eu
preload=$1
compiler=$2
table=$3
export LC_ALL=C

skip() {
    echo "skipped: $1"
    exit 77
}
[ "$(uname -m)" = x86_64 ] || skip 'the numbers of system calls are those of x86_64'
for tool in nm objdump awk "$compiler"; do
    command -v "$tool" >/dev/null || skip "there is no $tool"
done
libc=$(ldd "$preload" | awk '/libc\.so\.6/ { print $3 }')
[ -r "$libc" ] || skip 'there is no libc.so.6'

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM
cd "$folder"

# System calls that return a descriptor, as asm/unistd_64.h numbers them.
makers='2 open 22 pipe 32 dup 33 dup2 41 socket 43 accept 53 socketpair 85 creat 213 epoll_create 240 mq_open
253 inotify_init 257 openat 282 signalfd 283 timerfd_create 284 eventfd 288 accept4 289 signalfd4 290 eventfd2
291 epoll_create1 292 dup3 293 pipe2 294 inotify_init1 298 perf_event_open 300 fanotify_init
304 open_by_handle_at 319 memfd_create 323 userfaultfd 425 io_uring_setup 428 open_tree 430 fsopen 432 fsmount
433 fspick 434 pidfd_open 437 openat2 438 pidfd_getfd 444 landlock_create_ruleset 447 memfd_secret'

# Functions that return, by a pointer or in what they return, memory or a descriptor that others of them made.
through_others='__open_2 __open64_2 __openat_2 __openat64_2 fcntl fcntl64 __fcntl mkstemp mkstemp64 mkostemp
mkostemp64 mkstemps mkstemps64 mkostemps mkostemps64 fopen fopen64 freopen freopen64 fdopen popen tmpfile
tmpfile64 opendir fdopendir shm_open posix_openpt getpt openpty forkpty fts_open fts64_open recvmsg recvmmsg
ioctl syscall clone rcmd rcmd_af rexec rexec_af rresvport rresvport_af setmntent dlopen dlmopen catopen
realloc posix_memalign asprintf vasprintf __asprintf_chk __vasprintf_chk __strdup __strndup getline getdelim __getdelim
getcwd get_current_dir_name realpath scandir scandir64 scandirat scandirat64 mmap mmap64 mremap'

# Addresses of instructions, and those of functions, as numbers.
cat >by_code.awk <<'TEXT'
function hex(digits,    value, i) {
    for (i = 1; i <= length(digits); i++)
        value = value * 16 + index("0123456789abcdef", substr(digits, i, 1)) - 1
    return value
}
BEGIN {
    count = split(makers, words, " ")
    for (i = 1; i < count; i += 2)
        makes[words[i]] = words[i + 1]
}
FNR == NR {
    first[functions] = hex($1)
    behind[functions] = hex($1) + hex($2)
    name[functions++] = $3
    next
}
/^[0-9a-f]+ </ { number = "" }
/mov +\$0x[0-9a-f]+,%eax/ {
    number = $0
    sub(/.*\$0x/, "", number)
    sub(/,.*/, "", number)
    number = hex(number)
}
/\tsyscall/ && number in makes {
    at = hex(substr($1, 1, index($1, ":") - 1))
    for (i = 0; i < functions; i++)
        if (at >= first[i] && at < behind[i])
            print name[i]
}
TEXT

# What programs can call: not what the C library's parts keep among themselves, nor for old programs.
nm -D -S --with-symbol-versions --defined-only "$libc" |
    awk '$3 ~ /^[TWi]$/ && $4 ~ /@@GLIBC_[0-9]/ { sub(/@.*/, "", $4); print $1, $2, $4 }' >functions
awk '{ print $3 }' functions | sort -u >exported
objdump -d --no-show-raw-insn "$libc" |
    awk -v makers="$(echo "$makers" | tr '\n' ' ')" -f by_code.awk functions - | sort -u >by_code

# The headers in which a declaration says that it allocates.
"$compiler" -E -v -x c /dev/null 2>&1 >/dev/null | awk '/^#include </ { on = 1 } /^End/ { on = 0 }
    on && /^ / { print $1; print $1 "/sys" }' | while read -r place; do
    grep -lE '__attribute_malloc__|__attr_dealloc|__attribute_alloc_size__' "$place"/*.h 2>/dev/null || true
done | sed 's/.*/#include "&"/' >headers.c
"$compiler" -D_GNU_SOURCE -E -P headers.c | tr '\n' ' ' | tr ';{}' '[\n*]' |
    grep -E '__malloc__|__alloc_size__' | sed -E 's/^[^(]*[ *]([A-Za-z_0-9]+) *\(.*/\1/' | sort -u >by_header

echo "$through_others" | tr ' ' '\n' | sort -u >by_list
sort -u by_code by_header by_list | comm -12 - exported >all
nm -D --defined-only "$preload" | awk '$2 == "T" { print $3 }' | sort -u >wrapped

failed=0
for proof in 'by_code open' 'by_code pipe2' 'by_code socket' 'by_code memfd_create' 'by_header malloc' \
    'by_header strdup' 'by_header fopen' 'wrapped open' 'wrapped malloc'; do
    grep -qx "${proof#* }" "${proof% *}" || {
        echo "'${proof#* }' is not found in the way of '${proof% *}': what else is missing?"
        failed=1
    }
done

# Says what is wrong with a table; nothing if nothing is.
judge() {
    awk '!/^(#|$)/ { print $1 }' "$1" | sort >rows
    uniq -d rows | sed 's/$/: has two rows/'
    sort -u rows -o rows
    awk '!/^(#|$)/ && NF < 2 { print $1 ": has a row, but no reason" }' "$1"
    comm -12 rows wrapped | sed 's/$/: has a reason why it is not wrapped, but is wrapped/'
    comm -23 rows exported | sed 's/$/: has a reason, but glibc has no such function/'
    comm -12 rows exported | comm -23 - all |
        sed 's/$/: has a reason, but neither allocates nor returns a descriptor/'
    comm -23 all wrapped | comm -23 - rows |
        sed 's/$/: allocates or returns a descriptor, but has neither a wrapper nor a reason/'
}

# It must see what is wrong: a table without rows, and rows that should not be.
: >empty
judge empty | grep -q '^mq_open: allocates or' || {
    echo 'a table without rows passed'
    failed=1
}
known=$(awk '!/^(#|$)/ { print $1; exit }' "$table")
for wrong in 'open because' 'no_such_function because' 'getpid because' "$known because" 'openpty'; do
    echo "$wrong" | cat "$table" - >changed
    judge changed | grep -q "^${wrong%% *}: has a" || judge changed | grep -q "^${wrong%% *}: has two" || {
        echo "a table with the row '$wrong' passed"
        failed=1
    }
done

judge "$table" >wrong
cat wrong
[ ! -s wrong ] || failed=1
echo "$(wc -l <all) functions, $(comm -12 all wrapped | wc -l) wrapped, $(grep -c . rows) with a reason"
exit "$failed"
