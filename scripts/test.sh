#!/usr/bin/env bash
# The tests: sees to what the build needs, then `swift test`; arguments are passed on.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh

need_swift
need_zlib
exec swift test "$@"
