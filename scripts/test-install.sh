#!/usr/bin/env bash
# The installed program in a root that holds nothing else: it draws and learns there, and leaves nothing behind.
set -euo pipefail
caller=$PWD
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

usage="usage: test-install.sh [BINARY]
  BINARY  a program that is built already (default: install.sh builds one)"
binary=${1:-}
case $binary in
  -h | --help) echo "$usage" && exit ;;
  -*) fail "unknown argument '$1'"$'\n'"$usage" 64 ;;
  '' | /*) ;;
  *) binary=$caller/$binary ;;
esac
# Calls a command as root of a system of its own, which shares its files alone.
within() {
  unshare --map-root-user --mount -- "$@"
}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
root=$work/system
drawn=$root/drawn
mkdir -p "$root/proc" "$root/tmp" "$drawn"
if ! within mount --rbind /proc "$root/proc" 2>/dev/null; then
  echo "No root of one's own may be had here: the installed program is not tried." >&2
  exit
fi

install=(env DESTDIR="$root" scripts/install.sh --prefix /usr)
"${install[@]}" ${binary:+--binary "$binary"}

# What the program takes of the system: the loader and libraries, as many as it names.
program=$root/usr/bin/ddpm
{ ldd "$program" | grep -oE '/[^ )]+' || true; } | while read -r library; do
  mkdir -p "$root${library%/*}"
  cp -L -- "$library" "$root$library"
done

# The program in that root.
ddpm() {
  # shellcheck disable=SC2016
  within sh -c 'mount --rbind /proc "$0/proc" && exec chroot "$0" /usr/bin/ddpm "$@"' "$root" "$@"
}
export HOME=/drawn
cd "$drawn"
ddpm doctor
ddpm sample --count 10 --steps 4 --quiet --out /drawn/digits.png
ddpm sample --fast --count 100 --quiet --out /drawn/digits.idx
ddpm train --data synthetic --limit 64 --steps 2 --quiet --out /drawn/run
ddpm sample --model /drawn/run --steps 2 --quiet --out /drawn/own.pgm
for file in digits.png digits.idx digits-labels.idx run/model_index.json own.pgm; do
  [ -s "$drawn/$file" ] || fail "$file was not written"
done
cd - >/dev/null

"${install[@]}" --uninstall
left=$(find "$root/usr" -name '*ddpm*')
[ -z "$left" ] || fail "left behind: $left"
echo "installed, tried and removed"
