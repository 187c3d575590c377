#!/usr/bin/env bash
# Two hosts that train together over TCP alone, with delayed and lost packets: the bytes of one process.
# The hosts are network namespaces of this machine, so only root can run it; others are let off.
set -euo pipefail
CDPATH='' cd -- "$(dirname -- "${BASH_SOURCE[0]}")/.."
source scripts/needs.sh
source scripts/cluster.sh

ddpm=${DDPM_MPI_TOOL:-$PWD/.build/mpi/debug/ddpm}
if ! reason=$(need_cluster); then
  echo "The test of two hosts is left out: $reason." >&2
  exit 0
fi
[ -x "$ddpm" ] || fail "there is no $ddpm; scripts/test-mpi.sh builds it"

milliseconds=1 loss=0.01 mbit=1000
begin_cluster 2 "$milliseconds" "$loss" "$mbit"
train=(train --data synthetic --preset tiny --threads 1 --batch 40 --steps 3 --sample-every 0 --quiet)
"$ddpm" "${train[@]}" --out "$cluster/one" >/dev/null
on_cluster 2 "$ddpm" "${train[@]}" --out "$cluster/two" >/dev/null
weights=unet/diffusion_pytorch_model.safetensors
bytes=$(ip netns exec "$network_name-2" cat "/sys/class/net/$network_name-2/statistics/tx_bytes")
# Three steps of half of 280,881 floats each way.
[ "$bytes" -gt 3000000 ] || fail "the second host sent $bytes bytes: it took no part"
cmp "$cluster/one/$weights" "$cluster/two/$weights" || fail "two hosts trained other weights than one"
echo "Two hosts, $milliseconds ms and $loss of the packets lost each way, $bytes bytes sent by one: the" \
  "weights of one process." >&2
