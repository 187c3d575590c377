#!/usr/bin/env bash
# Our speed beside PyTorch's on the same network: steps in turn, and a table with the ratios.
set -euo pipefail
start=$PWD
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

environment=.build/pytorch
usage="usage: compare-pytorch.sh [--make-env] [--python PATH] [--preset NAME] [--image HxWxC]
                          [--batch N] [--seconds S]
  --make-env  first install PyTorch and diffusers with pip into $environment (some gigabytes)
  --python    a Python that has both (default: that of $environment, else python3)
  --preset    tiny, small or base (default: small)
  --image     28x28x1 (default); with preset small also 32x32x1, 20x20x1, 28x28x3, 32x32x3
  --batch     images a PyTorch step (default: 128)
  --seconds   how long each of PyTorch's modes and ours do steps in turn (default: 40)"
make_env=no python="" preset=small image=28x28x1 batch=128 seconds=40
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) echo "$usage" && exit ;;
    --make-env) make_env=yes && shift && continue ;;
    --python | --preset | --image | --batch | --seconds) [ -n "${2:-}" ] || fail "$1 needs a value" 64 ;;
    *) fail "unknown argument '$1'"$'\n'"$usage" 64 ;;
  esac
  case $1 in
    --python) python=$2 ;;
    --preset) preset=$2 ;;
    --image) image=$2 ;;
    --batch) batch=$2 ;;
    --seconds) seconds=$2 ;;
  esac
  shift 2
done

if [ $make_env = yes ]; then
  python3 -m venv "$environment" || fail "python3 cannot make an environment: install python3-venv"
  "$environment/bin/pip" install torch diffusers numpy safetensors
fi
case $python in
  "") if [ -x $environment/bin/python ]; then python=$environment/bin/python; else python=python3; fi ;;
  /*) ;;
  */*) python=$start/$python ;;
esac
"$python" -c 'import torch, diffusers' 2>/dev/null ||
  fail "$python has no PyTorch and diffusers: name one that has with --python, or use --make-env"

need_swift
need_zlib
swift build -c release --product Benchmarks >&2
benchmarks=$(swift build -c release --show-bin-path)/Benchmarks
results=$(mktemp)
trap 'rm -f "$results"' EXIT

for mode in $("$python" scripts/pytorch.py --list-modes); do
  for task in train sample; do
    echo "$task, $mode" >&2
    "$python" -W ignore scripts/pytorch.py --task $task --mode "$mode" --preset "$preset" \
      --image "$image" --batch "$batch" --seconds "$seconds" --beside "$benchmarks" >>"$results"
  done
done
"$python" scripts/pytorch.py --table "$results"
