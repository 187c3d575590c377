#!/usr/bin/env bash
# Joins IDX files, of images or of labels, into one that holds what they hold, in their order.
set -euo pipefail
source "$(dirname -- "${BASH_SOURCE[0]}")/needs.sh"

[ $# -ge 2 ] || fail "usage: $(basename "$0") WHOLE.idx PART.idx ..." 64
whole=$1
shift

# The bytes $2 to $3 of file $1 in hexadecimal.
hex() { head -c "$3" -- "$1" | tail -c +"$2" | od -An -v -tx1 | tr -d ' \n'; }

# An IDX file: 0, 0, the type, the number of dimensions, each of them in four bytes, the values.
kind=$(hex "$1" 1 4)
[[ $kind =~ ^000008(0[1-4])$ ]] || fail "$1: is not an IDX file of bytes" 65
header=$((4 + 4 * 16#${BASH_REMATCH[1]}))
size=$(hex "$1" 9 "$header")
count=0
for part in "$@"; do
  ! [ "$part" -ef "$whole" ] || fail "$whole: is one of the parts" 64
  [ "$(hex "$part" 1 4)$(hex "$part" 9 "$header")" = "$kind$size" ] ||
    fail "$part: is of other images than $1" 65
  count=$((count + 16#$(hex "$part" 5 8)))
done
{
  printf '%b' "$(printf '%s%08x%s' "$kind" "$count" "$size" | sed 's/../\\x&/g')"
  for part in "$@"; do tail -c +$((header + 1)) -- "$part"; done
} >"$whole"
