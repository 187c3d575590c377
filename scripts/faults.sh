#!/usr/bin/env bash
# What the program promises on a machine that fails: every file stays whole, every end is one line.
set -euo pipefail
caller=$PWD
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh
source scripts/inject.sh

usage="usage: faults.sh [--quick] [--only CASE] [BINARY]
  --quick  a part of the cases, in three to five minutes
  --only   the cases whose name begins so, as a failure prints it: 'train write 12 EIO'
  BINARY   the program (default: \$DDPM, else that of the release build)"
quick=0 only='' ddpm=${DDPM:-}
while [ $# -gt 0 ]; do
  case $1 in
    -h | --help) echo "$usage" && exit ;;
    --quick) quick=1 ;;
    --only) [ -n "${2:-}" ] || fail "$1 needs a value"$'\n'"$usage" 64 && only=$2 && shift ;;
    -*) fail "unknown argument '$1'"$'\n'"$usage" 64 ;;
    *) ddpm=$1 ;;
  esac
  shift
done
if [ -z "$ddpm" ]; then ddpm=$(swift build -c release --show-bin-path)/ddpm; fi
case $ddpm in /*) ;; *) ddpm=$caller/$ddpm ;; esac
ddpm=$(realpath -- "$ddpm")
[ -x "$ddpm" ] || fail "there is no program at $ddpm: swift build -c release" 66
strace -f -qq -o /dev/null true 2>/dev/null || fail "needs an strace that may trace" 69

work=$(realpath -- "$(mktemp -d)")
trap 'rm -rf "$work"' EXIT
export HOME=$work/home XDG_CACHE_HOME=$work/run/cache LC_ALL=C NO_COLOR=1
run=$work/run start=$work/start
state=none replaces=no reads=yes thorough=yes began=$SECONDS again=() rc=0

# Images of 8 x 8 pixels in four classes: a command on them is over in a moment.
make_images() {
  mkdir -p "$1"
  local split
  for split in train t10k; do
    # `seq` is cut short, which is no failure.
    { printf '\0\0\10\3\0\0\0\100\0\0\0\10\0\0\0\10' && { seq 1 2000 || true; } | head -c 4096; } \
      >"$1/$split-images-idx3-ubyte"
    { printf '\0\0\10\1\0\0\0\100' && printf '\0\1\2\3%.0s' {1..16}; } \
      >"$1/$split-labels-idx1-ubyte"
  done
}

make_images "$work/data"
mkdir -p "$start"
network=(--channels "8,8" --blocks 1 --attention none --batch 8 --save-every 1)
train=("$ddpm" train --data "$work/data" --threads 1 --quiet)
learn_pictures=("$ddpm" train --data pictures "${network[@]}" --steps 1 --threads 1 --quiet --overwrite
  --sample-every 0 --out new)
draw=("$ddpm" sample --model model --steps 2 --threads 1 --quiet)
edit=("$ddpm" edit --model model --data "$work/data" --count 2 --steps 2 --threads 1 --quiet)
evaluate=("$ddpm" evaluate --model model --data "$work/data" --count 20 --steps 2 --threads 1 --quiet)
distill=("$ddpm" distill --model model --data "$work/data" --steps 1 --epochs 1 --batch 64
  --sample-every 0 --threads 1 --quiet --overwrite --out fast)

# Runs what must succeed, as there is no fault in it.
must() {
  attempt "$@"
  [ "$rc" = 0 ] || fail "without any fault, exit code $rc: $(head -1 "$work/err")"
}

# What every case begins with: a model, and the network that measures images, which takes a while.
prepare() {
  cp -a "$start" "$run"
  must "${train[@]}" "${network[@]}" --steps 2 --sample-every 1 --keep-every 1 --out model
  cp -a "$run/model" "$start/model"
  must "${edit[@]}" --towards 1 --out edited.png
  cp -a "$run/cache" "$start/cache"
  mkdir "$run/pictures"
  must "${draw[@]}" --count 4 --class 0 --out pictures/zero/
  must "${draw[@]}" --count 4 --class 1 --out pictures/one/
  cp -a "$run/pictures" "$start/pictures"
}

# $1 random kills of a training, which is begun anew whenever it comes to its end.
kills() {
  wanted kill || return 0
  local number pid span complaint out=killed/training/state.safetensors
  local run_on=("${train[@]}" "${network[@]}" --steps 40 --sample-every 10 --keep-every 7 --overwrite --out killed)
  rm -rf "$run" && mkdir "$run"
  span=$(date +%s%N)
  must "${run_on[@]}"
  span=$((($(date +%s%N) - span) / 1000000))
  listing "$run" >"$work/after"
  rm -rf "$run" && mkdir "$run"
  state=$out
  for ((number = 1; number <= $1; number++)); do
    going_on "${run_on[@]}"
    (cd "$run" && exec "${again[@]}" </dev/null >"$work/out" 2>"$work/err") &
    pid=$!
    sleep "$(awk -v ms="$((RANDOM * span / 32768))" 'BEGIN { print ms / 1000 }')"
    kill -9 $pid 2>/dev/null || true
    rc=0
    { wait $pid; } 2>/dev/null || rc=$?
    complaint=''
    if [ "$rc" != 137 ]; then complaint=$(complain_about_end); fi
    if [ "$rc" = 0 ] || [ "$number" = "$1" ]; then
      going_on "${run_on[@]}"
      complaint+=$(complain_about_next)
      rm -rf "$run" && mkdir "$run"
    fi
    judge "kill $number" "${complaint//$'\n'/; }"
  done
  state=none
  sum_up kill
}

# The command "$4..." under each of the limits $3 (ulimit -$2), as the group $1.
limits() {
  local group=$1 flag=$2 values=$3 value complaint
  shift 3
  wanted "$group" || return 0
  without_fault "$group" "$@"
  for value in $values; do
    wanted "$group $value" || continue
    reset_run
    # shellcheck disable=SC2016
    attempt bash -c 'ulimit "$1" "$2" && shift 2 && exec "$@"' - "-$flag" "$value" "$@"
    going_on "$@"
    complaint=$(complain_about_end 64 65 70 73 74; complain_about_files)
    if [ -n "$complaint" ]; then cp "$work/err" "$work/first"; else : >"$work/first"; fi
    complaint+=${complaint:+; }$(complain_about_next)
    complaint=${complaint%; }
    if [ -s "$work/first" ]; then cp "$work/first" "$work/err"; fi
    judge "$group $value" "${complaint//$'\n'/; }"
  done
  sum_up "$group"
}

prepare
go_on=("${train[@]}" --resume --steps 3 --out model)

# All faults at each call of what people run most.
thorough=yes
faults train "${go_on[@]}"
if ((quick)); then reads=no; fi
faults edit "${edit[@]}" --latents latents.npy --out edited.png
reads=no
faults sample.png "${draw[@]}" --count 4 --out images.png
faults sample.idx.gz "${draw[@]}" --count 4 --out images.idx.gz
faults sample.npy "${draw[@]}" --count 4 --out images.npy
faults sample.folder "${draw[@]}" --count 4 --out images/
faults evaluate "${evaluate[@]}" --metrics "recon,loss" --out report
state=fast/training/state.safetensors
faults distill "${distill[@]}"

# And one at each of what else writes or reads in a way of its own.
thorough=no
state=new/training/state.safetensors
faults first "${train[@]}" "${network[@]}" --steps 1 --sample-every 1 --overwrite --out new
faults from "${train[@]}" --from model --steps 1 --batch 8 --overwrite --out new
if ! ((quick)); then
  reads=yes
  faults pictures "${learn_pictures[@]}"
  reads=no
fi
state=none
faults towards "${edit[@]}" --towards 1 --out edited.png
faults forward "$ddpm" forward --data "$work/data" --count 1 --quiet --out forward.png
if ! ((quick)); then
  faults optimal "${draw[@]}" --count 2 --sampler ddpm --variance optimal --out images.pgm
fi
replaces=yes
faults overwrite "${train[@]}" "${network[@]}" --steps 1 --overwrite --out model
replaces=no

kills $((quick ? 30 : 1000))

few=$((quick ? 4 : 1))
limits file.train f "$(seq 1 $((few * 16)) 400)" "${go_on[@]}"
limits file.sample f "$(seq 1 $few 12)" "${draw[@]}" --count 64 --out images.npy
limits file.evaluate f "$(seq 1 $few 12)" "${evaluate[@]}" --metrics "recon,loss" --out report
limits descriptors.train n "$(seq 3 12)" "${go_on[@]}"
limits descriptors.sample n "$(seq 3 12)" "${draw[@]}" --count 4 --out images/
memory=$(for ((i = 0; i < 50; i += few)); do echo $(((64 + 16 * i) * 1024)); done)
limits memory.train v "$memory" "${go_on[@]}"
limits memory.sample v "$memory" "${draw[@]}" --count 64 --out images.png
if ! ((quick)); then
  state=new/training/state.safetensors
  limits memory.small v "$(seq 65536 49152 851968)" "${train[@]}" --preset small --batch 32 --steps 1 \
    --sample-every 0 --overwrite --out new
fi

[ $all_failed = 0 ] || exit 1
