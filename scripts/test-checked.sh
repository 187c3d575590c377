#!/usr/bin/env bash
# The tests of kernels and tapes where kernels compare extents and memory lies between guard pages;
# arguments are passed on. DDPM_FUZZ_GRAPHS=10000 makes it a longer hunt.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

need_swift
need_zlib
DDPM_CHECKED=1 exec swift test --scratch-path .build-checked \
  --filter '^(Kernels|Numerics|Autograd)Tests\.' "$@"
