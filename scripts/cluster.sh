# Hosts on one machine: network namespaces on a slow network, and ranks started in them. Sourced; for root.
# The network is slow-network.py between TUN devices: tc's netem is not in every kernel.
# shellcheck shell=bash

# Says what is missing for such hosts; fails where something is.
need_cluster() {
  if [ "$(id -u)" != 0 ]; then
    echo "only root can make network namespaces"
    return 1
  fi
  local tool
  for tool in ip unshare python3 mpirun; do
    if ! command -v "$tool" >/dev/null; then
      echo "there is no $tool"
      return 1
    fi
  done
  if ! mpirun --version 2>&1 | grep -q 'Open MPI'; then
    echo "mpirun is not Open MPI's, whose options are used"
    return 1
  fi
  if [ ! -e /dev/net/tun ] || ! ip netns add "ddpm$$" 2>/dev/null; then
    echo "this kernel has no network namespaces, or no TUN devices"
    return 1
  fi
  ip netns del "ddpm$$"
}

# Sets up hosts 1 to $1, with $2 ms of delay each way, a share $3 of packets lost and $4 Mbit/s each.
begin_cluster() {
  local hosts=$1 delay=$2 loss=$3 mbit=$4 host devices=() folder
  folder=$(dirname -- "${BASH_SOURCE[0]}")
  cluster=$(mktemp -d)
  trap end_cluster EXIT
  network_name=ddpm$$
  for ((host = 1; host <= hosts; host++)); do devices+=("$network_name-$host"); done
  mkfifo "$cluster/ready"
  python3 "$folder/slow-network.py" "${devices[@]}" --delay "$delay" --loss "$loss" \
    --mbit "$mbit" >"$cluster/ready" &
  network=$!
  read -r -t 10 _ <"$cluster/ready"
  for ((host = 1; host <= hosts; host++)); do
    ip netns add "$network_name-$host"
    ip link set "$network_name-$host" netns "$network_name-$host"
    ip -n "$network_name-$host" link set lo up
    ip -n "$network_name-$host" address add "10.77.0.$host/24" dev "$network_name-$host"
    ip -n "$network_name-$host" link set "$network_name-$host" mtu "${CLUSTER_MTU:-1500}" up
  done
  # What mpirun calls in place of ssh: a host's address, and words of shell for it.
  cat >"$cluster/start" <<END
#!/usr/bin/env bash
host=\${1##*.}
shift
exec ip netns exec "$network_name-\$host" unshare --uts bash -c "hostname host-\$host; \$*"
END
  chmod +x "$cluster/start"
}

end_cluster() {
  local host
  for host in $(ip netns list | awk -v name="$network_name-" 'index($1, name) == 1 { print $1 }'); do
    ip netns del "$host"
  done
  kill "$network" 2>/dev/null || true
  rm -rf "$cluster"
}

# Runs a command line in $1 ranks, one on each host.
on_cluster() {
  local ranks=$1 host addresses=()
  shift
  for ((host = 1; host <= ranks; host++)); do addresses+=("10.77.0.$host"); done
  OMPI_ALLOW_RUN_AS_ROOT=1 OMPI_ALLOW_RUN_AS_ROOT_CONFIRM=1 \
    "$cluster/start" "${addresses[0]}" exec timeout "${CLUSTER_TIMEOUT:-300}" mpirun -n "$ranks" \
    -H "$(IFS=, && echo "${addresses[*]}")" --bind-to none \
    --mca plm_rsh_agent "$cluster/start" --mca btl tcp,self --mca btl_tcp_if_include 10.77.0.0/24 \
    --mca oob_tcp_if_include 10.77.0.0/24 "${@@Q}"
}
