#!/usr/bin/env bash
# Gives a reader of bytes from outside what libFuzzer makes up, and compares what it accepts with a second reader.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

usage="usage: fuzz.sh [--fast] TARGET SECONDS [FLAG]...
  --fast   without the address sanitizer, some three times as many executions
  TARGET   idx, safetensors, json, configuration, npy, png or arguments
  SECONDS  for how long; 0: only compare what was kept with the second reader
  FLAG     one of libFuzzer's, such as -seed=1 or -runs=1000000"
sanitizer=address
if [ "${1:-}" = --fast ]; then sanitizer=none && shift; fi
case ${1:-} in
  -h | --help) echo "$usage" && exit ;;
  idx | safetensors | json | configuration | npy | png | arguments) target=$1 ;;
  *) fail "which target?"$'\n'"$usage" 64 ;;
esac
case ${2:-} in
  '' | *[!0-9]*) fail "for how many seconds?"$'\n'"$usage" 64 ;;
  *) seconds=$2 ;;
esac
shift 2

need_swift
need_zlib
case $(uname -m) in arm64) arch=aarch64 ;; *) arch=$(uname -m) ;; esac
resources=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')
DDPM_FUZZ=$(find "$resources/clang/lib/" -name "libclang_rt.fuzzer_no_main-$arch.a" 2>/dev/null | head -1)
[ -n "$DDPM_FUZZ" ] || fail "this Swift comes without libFuzzer" 69
export DDPM_FUZZ
build=.build/fuzz program=.build/fuzz
if [ $sanitizer = none ]; then export DDPM_FUZZ_FAST=1 program=.build/fuzz-fast; fi
swift build -c release --product Fuzz --scratch-path "$program" >&2
fuzz=$(swift build -c release --scratch-path "$program" --show-bin-path)/Fuzz

# What leads to new code is kept from run to run.
kept=$build/corpus/$target findings=$build/findings
mkdir -p "$kept" "$findings"
seeds=(Tests/Corpus/"$target")
if [ -n "${DDPM_FIXTURES:-}" ]; then
  case $target in
    idx | png | safetensors) seeds+=("$DDPM_FIXTURES/$target") ;;
  esac
fi

# Of ASan's memory nothing is kept for long: the limit is for what readers take. Swift's own report of a
# trap does not get on with it.
export ASAN_OPTIONS=quarantine_size_mb=1:malloc_context_size=0 SWIFT_BACKTRACE=enable=no
log=$(mktemp)
trap 'rm -f "$log"' EXIT
rc=0
if [ "$seconds" != 0 ]; then
  "$fuzz" --target="$target" -max_total_time="$seconds" -timeout=1 -rss_limit_mb=256 -max_len=4096 -len_control=100 \
    -dict="Tests/Fuzz/Dictionaries/$target.dict" -artifact_prefix="$findings/$target-" \
    -print_final_stats=1 "$@" "$kept" "${seeds[@]}" >"$log" 2>&1 || rc=$?
  executions=$(sed -n 's/^stat::number_of_executed_units: //p' "$log")
  echo "$target ${executions:-0} $sanitizer" >>"$build/executions"
  awk -v target="$target" -v now="${executions:-0}" '
    $1 == target { all += $2; if ($3 != "none") checked += $2 }
    END { printf "%s: %d executions; with those before %d, %d of them under the address sanitizer\n",
      target, now, all, checked }' "$build/executions"
  grep -oE 'cov: [0-9]+ ft: [0-9]+ corp: [0-9]+' "$log" | tail -1 || true
fi
if [ "$rc" != 0 ]; then
  tail -40 "$log" >&2
  fail "a finding: $(sed -n 's/.*Test unit written to //p' "$log" | tail -1)"
fi

case $target in
  configuration | arguments) echo "$target: no second reader" && exit ;;
esac
if ! command -v python3 >/dev/null; then echo "no python3: not compared" && exit; fi
find "$kept" "${seeds[@]}" -type f -print0 | xargs -0 "$fuzz" --target="$target" --replay |
  python3 Tests/Fuzz/compare.py "$target"
