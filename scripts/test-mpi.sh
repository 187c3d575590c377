#!/usr/bin/env bash
# The program under mpirun: builds it with the trait MPI and runs the tests that need it.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

need_swift
need_zlib
if ! need_mpi; then
  echo "There is no MPI, and none could be installed: its tests are left out." >&2
  exit 0
fi
swift build --traits MPI --product ddpm --scratch-path .build/mpi
DDPM_MPI_TOOL=$PWD/.build/mpi/debug/ddpm swift test --filter MPITests
