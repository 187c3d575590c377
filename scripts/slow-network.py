#!/usr/bin/env python3
# A slow and lossy network between TUN devices, where the kernel has no netem: packets wait here.
#
# usage: slow-network.py DEVICE ... (10.77.0.1 is behind the first, 10.77.0.2 behind the second)
#        --delay MS (each way) --loss SHARE --mbit RATE (of each device)
import argparse
import fcntl
import heapq
import os
import random
import select
import struct
import time

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x0001, 0x1000
LARGEST_PACKET = 65536
DESTINATION = 19  # The last byte of an IPv4 packet's destination.

parser = argparse.ArgumentParser()
parser.add_argument("devices", nargs="+")
parser.add_argument("--delay", type=float, default=0)
parser.add_argument("--loss", type=float, default=0)
parser.add_argument("--mbit", type=float, default=float("inf"))
options = parser.parse_args()

files = []
for device in options.devices:
    file = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(file, TUNSETIFF, struct.pack("16sH", device.encode(), IFF_TUN | IFF_NO_PI))
    files.append(file)
print("ready", flush=True)

chance = random.Random(0)
free = dict.fromkeys(files, 0.0)  # When the device has sent what it was given.
waiting = []  # A heap of (when, number, packet).
number = 0
while True:
    wait = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    for file in select.select(files, [], [], wait)[0]:
        try:
            packet = os.read(file, LARGEST_PACKET)
        except OSError:  # A device that is not up yet.
            time.sleep(0.01)
            continue
        free[file] = max(free[file], time.monotonic()) + len(packet) * 8e-6 / options.mbit
        if packet[0] >> 4 == 4 and chance.random() >= options.loss:
            number += 1
            heapq.heappush(waiting, (free[file] + options.delay / 1000, number, packet))
    while waiting and waiting[0][0] <= time.monotonic():
        packet = heapq.heappop(waiting)[2]
        try:
            os.write(files[packet[DESTINATION] - 1], packet)
        except (OSError, IndexError):
            pass  # A device that is down, or for somebody who is not there.
