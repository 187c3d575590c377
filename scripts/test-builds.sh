#!/usr/bin/env bash
# The library in builds that differ from the usual one: other CPUs, checked kernels, sanitizers.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

usage="usage: test-builds.sh [BUILD...]
  x86-64      kernels of four floats, for any 64-bit PC
  x86-64-v3   kernels of eight floats, AVX2 and FMA
  checked     kernels that compare extents, memory between guard pages (DDPM_FUZZ_GRAPHS=N: more graphs)
  thread      the thread sanitizer, on what several threads share
  address     the address sanitizer, on what reads files
  emulated    the program for AVX2 and for any PC, on CPUs that qemu-x86_64 emulates
  arm64       the kernels are compiled for it, by the toolchain's library for bare machines; nothing is run
  Without a BUILD: all but the emulated that this machine can run and the usual build is not."

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Kernels, tape, and what reference implementations computed.
numbers='^(KernelsTests|NumericsTests|AutogradTests)\.|Fixture|Trajectory|DiffusersTables'
shared='GradientAccumulator|Workers|AdamW|TrainerTests|SamplingTests|SumTree|DistillerTests'
readers='^FilesTests\.|DiffusionTests\.(Data|IDX|Images|UNetConfiguration|SchedulerConfiguration|PipelineFolder)'

# Tests with a scratch folder of its own; ddpm and its tests are left out of the build.
run() {
  local name=$1 filter=$2
  shift 2
  echo "== tests, $name"
  DDPM_TESTS=library env "$@" swift test --scratch-path ".build/$name" --filter "$filter" \
    ${flags[@]+"${flags[@]}"}
}

# Whether a program with sanitizer $1 runs here: some systems place memory where it has its own.
sanitizes() {
  local rc=0
  echo 'print("runs")' >"$work/main.swift"
  { swiftc -sanitize="$1" -o "$work/program" "$work/main.swift" && "$work/program"; } \
    >"$work/said" 2>&1 || rc=$?
  if [ $rc != 0 ]; then
    echo "The $1 sanitizer does not run here and is left out: $(tail -1 "$work/said")" >&2
  fi
  return $rc
}

# Compiles the kernels for an arm64 CPU without any system, and for Apple's.
compile_for_arm64() {
  local target library
  library=$(swiftc -print-target-info | sed -n 's/.*"runtimeResourcePath": "\(.*\)".*/\1/p')/embedded
  # Of Foundation the kernels take a logarithm.
  echo 'public func log(_ x: Double) -> Double { x }' >"$work/Foundation.swift"
  for target in aarch64-none-none-elf arm64-apple-none-macho; do
    if [ ! -e "$library/Swift.swiftmodule/$target.swiftmodule" ]; then
      echo "This Swift comes without its library for $target: left out." >&2
      continue
    fi
    echo "== kernels compiled for $target"
    local embedded=(swiftc -target "$target" -enable-experimental-feature Embedded -wmo -parse-as-library
      -swift-version 6 -package-name ddpm -I "$work")
    "${embedded[@]}" -module-name Foundation -emit-module -o "$work/Foundation.swiftmodule" \
      "$work/Foundation.swift"
    find Sources/Kernels -name '*.swift' -print0 |
      xargs -0 "${embedded[@]}" -module-name Kernels -Ounchecked -warnings-as-errors \
        -Xcc -ffreestanding -Xcc -fmodule-map-file=Sources/CPU/Instructions/module.modulemap \
        -emit-object -o "$work/kernels.o"
    rm "$work/Foundation.swiftmodule"
  done
}

# Runs the program that was built for CPU $1 on the emulated one $2.
emulate() {
  local program
  program=$(swift build --scratch-path ".build/emulated-$1" --show-bin-path)/ddpm
  qemu-x86_64 -cpu "$2" "$program" sample --count 1 --steps 1 --quiet --out "$work/digit.png" 2>&1
}

# A CPU that lacks what a build needs is refused in a line, and any other one draws.
try_emulated() {
  if ! command -v qemu-x86_64 >/dev/null; then
    echo "There is no qemu-x86_64: emulated CPUs are left out." >&2
    return
  fi
  local said rc=0
  for build in x86-64-v3 x86-64; do
    DDPM_CPU=$build swift build --product ddpm --scratch-path ".build/emulated-$build"
  done
  echo "== emulated CPUs"
  said=$(emulate x86-64-v3 Nehalem) || rc=$?
  case "$rc $said" in
    "69 "*"ddpm: this CPU lacks "*avx2*) echo "$said" ;;
    *) fail "on a CPU without AVX2 a build for it ended with code $rc: $said" ;;
  esac
  emulate x86-64-v3 Haswell
  emulate x86-64 Nehalem
}

need_swift
need_zlib
if [ $# -eq 0 ]; then
  set -- checked thread address arm64
  # What this machine's own build is not already.
  if [ "$(uname -m)" = x86_64 ]; then
    if grep -qw avx512f /proc/cpuinfo; then set -- x86-64-v3 "$@"; fi
    if grep -qw avx2 /proc/cpuinfo; then set -- x86-64 "$@"; fi
  fi
fi
for build in "$@"; do
  flags=()
  case $build in
    x86-64 | x86-64-v3) run "$build" "$numbers" "DDPM_CPU=$build" ;;
    checked) run checked "$numbers" DDPM_CHECKED=1 ;;
    thread)
      flags=(--sanitize thread)
      if sanitizes thread; then run thread "$shared"; fi
      ;;
    address)
      # XCTest, which has nothing to run here, leaks.
      flags=(--sanitize address --disable-xctest)
      if sanitizes address; then run address "$readers"; fi
      ;;
    emulated) try_emulated ;;
    arm64) compile_for_arm64 ;;
    *) fail "there is no build '$build'"$'\n'"$usage" 64 ;;
  esac
done
