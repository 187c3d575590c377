#!/usr/bin/env bash
# Gets the four files of MNIST, or of a sister of its format, and verifies them; what is there and right
# stays. Of the sisters only the .gz files can be verified, so plain ones are got again.
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)

usage="usage: fetch-mnist.sh [--set mnist|fashion|kmnist] [--from DIR_OR_URL] [--to DIR]
  --set   MNIST, Fashion-MNIST or Kuzushiji-MNIST (default: mnist)
  --from  a folder or an address that holds the files, as .gz, MNIST's plain too (default: public mirrors)
  --to    where to put them (default: data/SET)"

fail() {
  printf 'fetch-mnist.sh: %s\n' "$1" >&2
  exit "${2:-1}"
}

set=mnist from="" to=""
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) echo "$usage" && exit ;;
    --set | --from | --to) [ -n "${2:-}" ] || fail "$1 needs a value"$'\n'"$usage" 64 ;;
    *) fail "unknown argument '$1'"$'\n'"$usage" 64 ;;
  esac
  case $1 in
    --set) set=$2 ;;
    --from) from=${2%/} ;;
    --to) to=$2 ;;
  esac
  shift 2
done

# Sums: of MNIST the SHA-256 of the uncompressed files, of its sisters the MD5 of the .gz files.
case $set in
  mnist)
    title=MNIST
    mirrors="https://ossci-datasets.s3.amazonaws.com/mnist
https://storage.googleapis.com/cvdf-datasets/mnist
http://yann.lecun.com/exdb/mnist"
    files="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db train-images-idx3-ubyte
65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5 train-labels-idx1-ubyte
0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7 t10k-images-idx3-ubyte
ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2 t10k-labels-idx1-ubyte"
    ;;
  fashion)
    title=Fashion-MNIST
    mirrors="http://fashion-mnist.s3-website.eu-central-1.amazonaws.com"
    files="8d4fb7e6c68d591d4c3dfef9ec88bf0d train-images-idx3-ubyte
25c81989df183df01b3e8a0aad5dffbe train-labels-idx1-ubyte
bef4ecab320f06d8554ea6380940ec79 t10k-images-idx3-ubyte
bb300cfdad3c16e7a12a480ee83cd310 t10k-labels-idx1-ubyte"
    ;;
  kmnist)
    title=Kuzushiji-MNIST
    mirrors="http://codh.rois.ac.jp/kmnist/dataset/kmnist"
    files="bdb82020997e1d708af4cf47b453dcf7 train-images-idx3-ubyte
e144d726b3acfaa3e44228e80efcd344 train-labels-idx1-ubyte
5c965bf0a639b31b8f53240b1b52f4d7 t10k-images-idx3-ubyte
7320c461ea6c1c855c0b718fb2a4b134 t10k-labels-idx1-ubyte"
    ;;
  *) fail "--set takes mnist, fashion or kmnist, not '$set'"$'\n'"$usage" 64 ;;
esac
to=${to:-$root/data/$set}

# The SHA-256 of standard input.
sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi; }
# The MD5 of standard input.
md5() { if command -v md5sum >/dev/null; then md5sum; else command md5 -q; fi; }

# True if file $1 is what the sum $2 says: for MNIST compressed or not.
verified() {
  local sum
  if [ "$set" = mnist ]; then
    sum=$(gzip -dcf <"$1" 2>/dev/null | sha256)
  else
    sum=$(md5 <"$1")
  fi && [ "${sum%% *}" = "$2" ]
}

# Copies or downloads $1 to file $2.
get() {
  case $1 in
    *://*)
      if command -v curl >/dev/null; then
        curl -fsSL --connect-timeout 10 --speed-limit 1000 --speed-time 30 -o "$2" "$1"
      else
        wget -q --timeout=30 --tries=1 -O "$2" "$1"
      fi
      ;;
    *) [ -f "$1" ] && cat -- "$1" >"$2" ;;
  esac
}

# Finds file $2 with the sum $1 at one of the sources and puts it into place.
fetch() {
  local source name kind found=""
  # A mirror has one spelling; a place of the user's may have any that the program reads.
  local names="$2.gz"
  [ -z "$from" ] || names="$2.gz ${2/-idx/.idx}.gz"
  # Whether a plain file is right, only the SHA-256 of its content says.
  [ -z "$from" ] || [ "$set" != mnist ] || names="$names $2 ${2/-idx/.idx}"
  while read -r source; do
    for name in $names; do
      get "$source/$name" "$part" || continue
      found=$source/$name
      if verified "$part" "$1"; then
        kind=""
        if gzip -t <"$part" 2>/dev/null; then kind=.gz; fi
        # The other spellings go first: a wrong file among them would shadow this one.
        rm -f "$to/$2" "$to/$2.gz" "$to/${2/-idx/.idx}" "$to/${2/-idx/.idx}.gz"
        chmod 644 "$part" && mv -f "$part" "$to/$2$kind"
        echo "$2: from $source"
        return
      fi
      echo "$found is not the $title file of that name (its check sum differs)" >&2
    done
    [ -n "$found" ] || echo "$2: not to be had from $source" >&2
  done <<<"${from:-$mirrors}"
  fail "could not get $2; with a copy of the files at hand use --from DIR_OR_URL, or train without \
them: ddpm train --data synthetic"
}

mkdir -p -- "$to" || fail "cannot make the folder $to"
# Beside the files, so that moving it into place is one step.
part=$to/.fetch.$$
{ : >"$part"; } 2>/dev/null || fail "cannot write to $to"
# Where nothing could be had, no empty folder stays to be taken for the data.
trap 'rm -f -- "$part"; rmdir -- "$to" 2>/dev/null || true' EXIT
while read -r sum name; do
  for there in "$to/$name.gz" "$to/$name"; do
    if [ -f "$there" ] && verified "$there" "$sum"; then
      echo "$name: already there"
      continue 2
    fi
  done
  fetch "$sum" "$name" </dev/null
done <<<"$files"
echo "$title is in $to"
