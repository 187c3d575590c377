#!/usr/bin/env bash
# The whole program once: build, get MNIST, train two minutes, sample, compare DDPM with DDIM.
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/needs.sh"

usage="usage: demo.sh [--from DIR_OR_URL] [--minutes M]
  --from     where to get the MNIST files (default: public mirrors; without a network, digits
             that the program draws itself)
  --minutes  how long to train (default: 2)"
from="" minutes=2
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) echo "$usage" && exit ;;
    --from | --minutes) [ -n "${2:-}" ] || fail "$1 needs a value"$'\n'"$usage" 64 ;;
    *) fail "unknown argument '$1'"$'\n'"$usage" 64 ;;
  esac
  if [ "$1" = --from ]; then from=$2; else minutes=$2; fi
  shift 2
done
case $from in "" | /* | *://*) ;; *) from=$PWD/$from ;; esac
cd "$root"

step() {
  printf '\n== %s\n' "$1"
}
# Shows a command as a person would type it, then runs it.
run() {
  echo "\$ $*" >&2
  "$@"
}

step "1/5  Build, for this machine's CPU"
need_swift
need_zlib
run swift build -c release --product ddpm
PATH=$(swift build -c release --show-bin-path):$PATH

step "2/5  The data"
data=data/mnist
if [ -n "$from" ]; then
  scripts/fetch-mnist.sh --from "$from"
elif ! scripts/fetch-mnist.sh; then
  data=synthetic
  echo "Going on without MNIST, with the digits that the program draws itself (--data synthetic)."
fi

step "3/5  Train for $minutes minutes: the run is in runs/demo"
run ddpm train --data $data --out runs/demo --minutes "$minutes" --overwrite

step "4/5  Sample digits, one row per class: runs/demo/digits.png"
run ddpm sample --model runs/demo --out runs/demo/digits.png

step "5/5  Compare DDPM with DDIM at 10, 20 and 50 steps: runs/demo/evaluation/report.html"
run ddpm evaluate --model runs/demo --data $data --steps 10,20,50 --eta 0,1,hat --count 64 \
  --metrics time,kd,pr >runs/demo/evaluation.txt

step "Done. The pictures"
find runs/demo -name '*.png' ! -path '*/samples/*' | LC_ALL=C sort
step "DDPM (eta 1 and hat) against DDIM (eta 0): runs/demo/evaluation.txt"
cat runs/demo/evaluation.txt
