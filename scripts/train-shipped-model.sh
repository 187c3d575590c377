#!/usr/bin/env bash
# Makes data/model and its student data/fast again, and the tables of their evaluation.
set -euo pipefail
root=$(CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/scripts/needs.sh"

usage="usage: train-shipped-model.sh [--from DIR_OR_URL]
  --from  where to get the MNIST files (default: public mirrors)
Stopped and started again, it goes on where it was. Needs about three hours."
from=""
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) echo "$usage" && exit ;;
    --from) [ -n "${2:-}" ] || fail "$1 needs a value"$'\n'"$usage" 64 ;;
    *) fail "unknown argument '$1'"$'\n'"$usage" 64 ;;
  esac
  from=$2
  shift 2
done
case $from in "" | /* | *://*) ;; *) from=$PWD/$from ;; esac
cd "$root"

need_swift
need_zlib
swift build -c release --product ddpm
PATH=$(swift build -c release --show-bin-path):$PATH
scripts/fetch-mnist.sh ${from:+--from "$from"}

run=runs/shipped model=data/model
if [ -d $run ]; then
  ddpm train --resume --out $run
else
  ddpm train --data data/mnist --out $run --preset tiny --schedule cosine --optimizer adam \
    --epochs 24
fi

# The pipeline alone: what only a training needs stays in the run.
mkdir -p $model
cp -R $run/model_index.json $run/unet $run/scheduler $model/
# Ctrl-C in here leaves a model without it, which is then estimated at its first use.
ddpm sample --model $model --sampler ddpm --steps 10 --variance optimal --count 1 --out $run/optimal.png

# The student of two steps that --fast draws with.
student=runs/shipped-fast fast=data/fast
if [ -d $student ]; then
  ddpm distill --resume --out $student
else
  ddpm distill --model $model --data data/mnist --out $student --steps 2
fi
mkdir -p $fast
cp -R $student/model_index.json $student/unet $student/scheduler $fast/

# evaluate NAME OPTIONS...: a table of its own.
evaluate() {
  local name=$1
  shift
  ddpm evaluate --model $model --data data/mnist --metrics fd,kd,pr,neighbours \
    --out "$run/$name" "$@"
  cp "$run/$name/table.md" "$model/$name.md"
}
# Ten thousand images a cell rank samplers; of DDPM's 1000 steps a thousand take half an hour as it is.
evaluate few-steps --steps 10,20,50 --eta 0,1,hat --count 10000
evaluate ddpm-1000-steps --steps 1000 --eta 1 --count 1000
# Every solver in few evaluations; Heun, whose first step spoils images on this schedule, would be the last.
ddpm evaluate --model $model --data data/mnist --metrics fd,pr --count 2000 --eta 0 --spacing angle \
  --sampler ddim,ddpm,ddpm-optimal,dpm++2m,dpm++3m,unipc --steps 3,4,5,6,8,10,15,20,50 \
  --out $run/all-samplers
cp $run/all-samplers/table.md $model/all-samplers.md
cp $run/all-samplers/over-evaluations.svg $model/
ddpm evaluate --model $fast --data data/mnist --metrics time,fd,kd,pr --sampler ddim --eta 0 --steps 2 \
  --count 10000 --out $student/evaluation
cp $student/evaluation/table.md $fast/two-steps.md
