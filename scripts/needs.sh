# What a build needs, seen to before it starts: a Swift toolchain and the zlib headers. Sourced.
# shellcheck shell=bash

fail() {
  printf '%s: %s\n' "$(basename "$0")" "$1" >&2
  exit "${2:-1}"
}

need_swift() {
  local get="get Swift 6.2 or newer at https://www.swift.org/install" version
  command -v swift >/dev/null || fail "there is no swift on the PATH; $get"
  version=$(swift --version 2>/dev/null | sed -n 's/.*Swift version \([0-9]*\.[0-9]*\).*/\1/p')
  awk -v v="$version" 'BEGIN { split(v, n, "."); exit n[1] * 100 + n[2] < 602 }' ||
    fail "this is Swift ${version:-of an unknown version}; $get"
}

need_swift_format() {
  swift format --version >/dev/null 2>&1 ||
    fail "this Swift has no 'swift format'; the toolchains at https://www.swift.org/install do"
}

# Asks the preprocessor, because where headers lie differs between systems.
has_zlib() {
  local compiler
  for compiler in clang cc gcc; do
    if command -v "$compiler" >/dev/null; then
      echo '#include <zlib.h>' | "$compiler" -x c -E - >/dev/null 2>&1
      return
    fi
  done
  [ -e /usr/include/zlib.h ]
}

# Never asks for a password: a script that waits for one hangs where nobody sees it.
as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi </dev/null >/dev/null 2>&1
}

need_zlib() {
  local hint="install the development files of zlib"
  if has_zlib; then return; fi
  echo "The zlib headers are missing: installing them." >&2
  if command -v apt-get >/dev/null; then
    hint="run: sudo apt-get install zlib1g-dev"
    as_root apt-get update || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y zlib1g-dev || true
  elif command -v dnf >/dev/null; then
    hint="run: sudo dnf install zlib-devel"
    as_root dnf install -y zlib-devel || true
  elif command -v brew >/dev/null; then
    hint="run: xcode-select --install"
    brew install zlib </dev/null >/dev/null 2>&1 || true
  fi
  has_zlib || fail "the zlib headers are missing and could not be installed; $hint"
}

has_mpi() {
  command -v mpirun >/dev/null && command -v mpicc >/dev/null
}

# Fails where there is none: nothing but the trait MPI needs it.
need_mpi() {
  if has_mpi; then return; fi
  echo "MPI is missing: installing Open MPI." >&2
  if command -v apt-get >/dev/null; then
    as_root apt-get update || true
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y libopenmpi-dev openmpi-bin || true
  elif command -v dnf >/dev/null; then
    as_root dnf install -y openmpi-devel || true
  fi
  has_mpi
}
