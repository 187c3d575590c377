#!/usr/bin/env bash
# All that must hold before a change lands: format, a build without warnings, the guards, the tests.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

usage="usage: check.sh [--quick|--full]
  --quick  the usual build and its tests only: for work at hand
  --full   also emulated CPUs, fuzzers, and the program installed as a user builds it"
extent=${1:-}
case $extent in
  '' | --quick | --full) ;;
  -h | --help) echo "$usage" && exit ;;
  *) fail "unknown argument '$extent'"$'\n'"$usage" 64 ;;
esac

need_swift
need_swift_format
need_zlib

# Fails, and shows what it was given, unless that is nothing.
refuse() {
  if [ -n "$2" ]; then fail "$1:"$'\n'"$2"; fi
}
# The lines of Swift files that match the extended expression $1.
lines() {
  grep -rnE --include='*.swift' -- "$1" Package.swift Sources Tests || true
}
# All lines but those that match; an empty result is not an error.
except() {
  grep -vE -- "$1" || true
}

echo "== format"
swift format lint --strict --parallel --recursive Package.swift Sources Tests

echo "== guards"
refuse "pointers and SIMD types belong in Sources/Kernels, those of libFuzzer's interface aside" \
  "$(lines 'Unsafe[A-Za-z]*Pointer|\bSIMD[0-9]+\b' |
    except '^(Sources|Tests)/Kernels(Tests)?/|^Tests/Fuzz/Program/main.swift:')"
refuse "conditions on the CPU belong in Sources/Kernels/Vector/Vector.swift" \
  "$(lines '#(if|elseif).*(arch|canImport)\(' |
    except '^(Package|Sources/Kernels/Vector/Vector)\.swift:|canImport\((Glibc|Musl)\)')"
refuse "conditions on the system belong in Sources/Diffusion/OperatingSystem.swift and the kernels' Pages.swift" \
  "$(lines '#(if|elseif).*os\(|canImport\((Darwin|Glibc|Musl)\)' |
    except '^(Sources/Diffusion/OperatingSystem|Sources/Kernels/Memory/Pages)\.swift:')"
refuse "these files are longer than 300 lines" \
  "$(find Sources Tests scripts -type f \( -name '*.swift' -o -name '*.sh' -o -name '*.py' \) \
    -exec awk 'FNR == 301 { print FILENAME }' {} +)"
refuse "left-over marks" \
  "$(grep -rnwE 'TOD[O]|FIXM[E]|XX[X]|HAC[K]|fatalErro[r]|<{7}|>{7}' \
    Package.swift Sources Tests scripts .ci || true)"

# The types that the Swift files of the folders "$@" of Diffusion declare.
declared() {
  (cd Sources/Diffusion && find "$@" -name '*.swift' -exec sed -nE \
    's/^((public|package|final|indirect) )*(struct|enum|class|protocol) ([A-Za-z0-9]+).*/\4/p' {} +)
}
# Refuses uses in folder $1 of what the folders behind it declare: arrows between folders go one way.
below() {
  local folder=$1
  shift
  refuse "Sources/Diffusion/$folder is below $* and uses their types" \
    "$(grep -rnwFf <(declared "$@") "Sources/Diffusion/$folder" | except ':[0-9]+: *//' || true)"
}
below Data Process Network Denoising Training Sampling Distillation Editing Evaluation Pipeline
below Process Network Denoising Training Sampling Distillation Editing Evaluation Pipeline
below Network Denoising Training Sampling Distillation Editing Evaluation Pipeline
below Denoising Training Sampling Distillation Editing Evaluation Pipeline
below Training Sampling Distillation Editing Evaluation Pipeline
below Sampling Training Distillation Editing Evaluation Pipeline
below Distillation Editing Evaluation Pipeline
below Editing Distillation Pipeline
below Evaluation Pipeline

echo "== build"
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# A target may import what Package.swift lets it depend on, and nothing else: so the modules' arrows hold.
swift build --build-tests --explicit-target-dependency-import-check error 2>&1 | tee "$log"
if grep -q 'warning:' "$log"; then
  # A file that is not compiled again would not warn again: the next run must see it too.
  sed -nE 's/^(.*\.swift):[0-9]+:[0-9]+: warning:.*/\1/p' "$log" | sort -u | tr '\n' '\0' |
    xargs -0 touch
  fail "the build has warnings"
fi

echo "== tests"
scripts/test.sh

if [ "$extent" = --quick ]; then exit; fi

echo "== release"
swift build -c release

scripts/test-builds.sh

if [ "$extent" = --full ]; then
  scripts/test-builds.sh emulated
  echo "== fuzzers, ten seconds each"
  for target in idx safetensors json configuration npy png arguments; do scripts/fuzz.sh $target 10; done
fi

echo "== faults"
if strace -f -qq -o /dev/null true 2>/dev/null; then
  scripts/faults.sh --quick "$(swift build --show-bin-path)/ddpm"
else
  echo "There is no strace that may trace: failing system calls are left out." >&2
fi

echo "== the installed program"
if [ "$extent" = --full ]; then
  # As a user's own call builds it: with Swift's libraries in the program.
  scripts/test-install.sh
else
  scripts/test-install.sh "$(swift build --show-bin-path)/ddpm"
fi

echo "== mpirun"
scripts/test-mpi.sh

echo "== two hosts"
scripts/test-cluster.sh

echo "== a package that depends on the library"
for program in OwnSchedule OwnSampler OwnTraining OwnImages; do
  swift run --package-path Tests/Dependent --scratch-path .build/dependent "$program"
done
