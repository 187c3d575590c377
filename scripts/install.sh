#!/usr/bin/env bash
# Installs the program, the models that ship, completions and the manual page, or removes them again.
set -euo pipefail
start=$PWD
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/needs.sh"

usage="usage: install.sh [--prefix DIR] [--binary FILE] [--uninstall]
  --prefix     where to: the program into DIR/bin, the rest into DIR/share (default: /usr/local)
  --binary     a program that is built already (default: build one, for this machine's CPU)
  --uninstall  remove what was installed there
With DESTDIR set, all goes below that folder, as makers of packages want it."
prefix=/usr/local binary="" uninstall=no
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) echo "$usage" && exit ;;
    --uninstall) uninstall=yes && shift && continue ;;
    --prefix | --binary) [ -n "${2:-}" ] || fail "$1 needs a value"$'\n'"$usage" 64 ;;
    *) fail "unknown argument '$1'"$'\n'"$usage" 64 ;;
  esac
  if [ "$1" = --prefix ]; then prefix=$2; else binary=$2; fi
  shift 2
done
[ $uninstall = no ] || [ -z "$binary" ] || fail "--binary and --uninstall exclude each other" 64

# The path $1 as it is called from any folder.
absolute() {
  case $1 in /*) echo "$1" ;; *) echo "$start/$1" ;; esac
}
prefix=$(absolute "$prefix")
prefix=${prefix%/}
[ -z "${DESTDIR:-}" ] || DESTDIR=$(absolute "$DESTDIR")
DESTDIR=${DESTDIR:-}
DESTDIR=${DESTDIR%/}
to=$DESTDIR$prefix
share=share/ddpm
manifest=$share/manifest

# Fails unless the paths below $to that are listed on standard input can be created and removed.
check_writable() {
  local path folder
  while read -r path; do
    folder=$to/$path
    # Up to a folder that exists already.
    until [ -e "$folder" ]; do folder=${folder%/*} && folder=${folder:-/}; done
    [ -d "$folder" ] || folder=${folder%/*}
    [ -w "${folder:-/}" ] ||
      fail "you may not write to $folder: take --prefix ~/.local, or build first and call this by sudo \
with --binary .build/release/ddpm" 73
  done
}

if [ $uninstall = yes ]; then
  [ -f "$to/$manifest" ] || fail "nothing is installed in $to (there is no $to/$manifest)" 66
  sed 's|/*$||' "$to/$manifest" | check_writable
  folders=()
  # The list itself is its last file: stopped before that, this can be called again.
  while read -r path; do
    case $path in
      /* | *..*) fail "$to/$manifest is not a list of what was installed: '$path'" 65 ;;
      */) folders=("$path" ${folders[@]+"${folders[@]}"}) ;;
      *) rm -f -- "$to/$path" || fail "$to/$path cannot be removed" 74 ;;
    esac
  done <"$to/$manifest"
  for folder in ${folders[@]+"${folders[@]}"}; do
    rmdir -- "$to/$folder" 2>/dev/null || echo "left: $to/$folder holds other files" >&2
  done
  echo "ddpm is removed from $to"
  exit
fi

printf '%s\n' bin/ddpm $manifest | check_writable
if [ -n "$binary" ]; then
  binary=$(absolute "$binary")
  [ -f "$binary" ] || fail "$binary: no such file" 66
else
  cd "$root"
  need_swift
  need_zlib
  # In a folder of its own, so that an ordinary build is not thrown away for the other kind of linking.
  static=(--static-swift-stdlib --scratch-path .build/install)
  if [ "$(uname)" != Darwin ] && swift build -c release --product ddpm "${static[@]}" >&2; then
    binary=$(swift build -c release --show-bin-path "${static[@]}")/ddpm
  else
    [ "$(uname)" = Darwin ] || echo "Without the static libraries of Swift: the toolchain has to stay." >&2
    swift build -c release --product ddpm >&2 || fail "the program cannot be built: see above"
    binary=$(swift build -c release --show-bin-path)/ddpm
  fi
fi
version=$("$binary" --version 2>/dev/null) || fail "$binary does not run here, or is not ddpm" 65

# Everything is first put beside its place under another name: a failure leaves what was there.
work=$(mktemp -d)
mark=.new-$$
files=() folders=() placed=no
clean_up() {
  local path
  rm -rf -- "$work"
  [ $placed = no ] || return 0
  for path in ${files[@]+"${files[@]}"}; do rm -f -- "$to/$path$mark"; done
  for path in ${folders[@]+"${folders[@]}"}; do rmdir -- "$to/$path" 2>/dev/null || true; done
}
trap clean_up EXIT
umask 022

# Makes the folder $1 and those above it, and remembers the new ones, the deepest first.
make_folder() {
  [ ! -d "$to/$1" ] || return 0
  case $1 in */*) make_folder "${1%/*}" ;; esac
  mkdir -- "$to/$1" 2>/dev/null || fail "$to/$1 cannot be created" 73
  folders=("$1" ${folders[@]+"${folders[@]}"})
}
# Puts a copy of file $1 beside its place $2, with mode $3.
stage() {
  local problem
  make_folder "${2%/*}"
  [ ! -d "$to/$2" ] || fail "$to/$2 is a folder, where a file is to be installed" 73
  files+=("$2")
  problem=$({ cp -- "$1" "$to/$2$mark" && chmod "$3" "$to/$2$mark"; } 2>&1) || fail "$problem" 74
}
# Prints what the program says to the arguments behind $1 into file $1, and puts it into place $2.
stage_text() {
  local file=$work/text place=$1
  shift
  "$binary" "$@" >"$file" || fail "$binary cannot print: $*" 74
  stage "$file" "$place" 644
}

mkdir -p -- "$to/" 2>/dev/null || fail "$to cannot be created" 73
for model in model fast; do
  if [ ! -f "$root/data/$model/model_index.json" ]; then
    fail "there is no model in $root/data/$model: get it with git checkout data" 66
  fi
  cd "$root/data/$model"
  # What a pipeline consists of; tables and what commands keep beside a model stay here.
  while read -r file; do
    stage "$file" "$share/$model/$file" 644
  done < <(find model_index.json unet scheduler image_variance.json -type f ! -name '.*' 2>/dev/null)
done
stage_text share/bash-completion/completions/ddpm completions bash
stage_text share/zsh/site-functions/_ddpm completions zsh
stage_text share/fish/vendor_completions.d/ddpm.fish completions fish
stage_text share/man/man1/ddpm.1 man
stage "$binary" bin/ddpm 755

# What an earlier call has listed stays listed: its folders were new then.
{
  if [ -f "$to/$manifest" ]; then grep -vxF $manifest "$to/$manifest" || true; fi
  for ((i = ${#folders[@]} - 1; i >= 0; i--)); do echo "${folders[i]}/"; done
  printf '%s\n' "${files[@]}"
} | awk '!seen[$0]++' >"$work/manifest"
echo $manifest >>"$work/manifest"
stage "$work/manifest" $manifest 644

# From here on it takes no time; the list goes first, so that whatever is in place can be removed.
trap '' HUP INT TERM
mv -f -- "$to/$manifest$mark" "$to/$manifest" || fail "$to/$manifest cannot be written" 74
for file in "${files[@]}"; do
  [ "$file" = $manifest ] || mv -f -- "$to/$file$mark" "$to/$file" ||
    fail "$to/$file cannot be written" 74
done
placed=yes
echo "$version is installed in $to: bin/ddpm, the models in $share"
case :$PATH: in *":$prefix/bin:"*) ;; *) echo "Add $prefix/bin to your PATH to call it as ddpm." ;; esac
