#!/usr/bin/env bash
# Steps of a training shared by hosts on a slow network, as scripts/cluster.sh makes them; for root.
#
# usage: measure-cluster.sh RANKS MILLISECONDS MBIT OPTION ... (of ddpm train, in place of those below)
# DDPM_MPI_TOOL names the program, which was built with --traits MPI.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh
source scripts/cluster.sh

[ $# -ge 3 ] || fail "usage: measure-cluster.sh RANKS MILLISECONDS MBIT OPTION ..." 64
ranks=$1 milliseconds=$2 mbit=$3
shift 3
reason=$(need_cluster) || fail "$reason"
# Large packets: what carries them computes on the same cores as the ranks.
CLUSTER_MTU=${CLUSTER_MTU:-15000} begin_cluster "$ranks" "$milliseconds" 0 "$mbit"
if ! on_cluster "$ranks" "${DDPM_MPI_TOOL:-$PWD/.build/mpi/release/ddpm}" train --data synthetic \
  --preset tiny --threads 1 --sample-every 0 --out "$cluster/run" "$@" >"$cluster/log" 2>&1; then
  cat "$cluster/log" >&2
  fail "the training failed"
fi
grep '^each step' "$cluster/log"
# The log has a line for ten steps; the first ten are slower.
sed -n 's/.*"images_per_second":\([0-9.]*\).*/\1/p' "$cluster/run/metrics.jsonl" | tail -n +2 | sort -g |
  awk '{ rate[NR] = $1 } END { print "images per second, the median: " rate[int((NR + 1) / 2)] }'
