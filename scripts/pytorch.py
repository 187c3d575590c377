"""Measures PyTorch on the program's network: diffusers' UNet2DModel, one process a measurement.

Prints one JSON object a line: name (train-PRESET or sample-PRESET, for other images than 28x28x1
with their size), mode, imagesPerSecond (from the median step) and peakMegabytes (of the whole
process). With --beside, our benchmark does a step of its own in another process before each of
PyTorch's, and there are also ours (its median and memory) and ratios (the quartiles of ours to
PyTorch's, pair by pair): both see the machine in the same state. Without --mode and --task: all.
"""

import argparse
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time

PRESETS = {
    "tiny": dict(block_out_channels=(16, 32, 32), layers_per_block=1, norm_num_groups=8),
    "small": dict(block_out_channels=(32, 64, 64), layers_per_block=1, norm_num_groups=8),
    "base": dict(block_out_channels=(64, 128, 128), layers_per_block=2, norm_num_groups=32),
}
MODES = [
    "eager-float32",
    "eager-float32-channels-last",
    "compiled-float32-channels-last",
    "eager-bfloat16",
    "compiled-bfloat16",
]
USUAL_IMAGE = "28x28x1"
SMALL_PARAMETERS = 1_112_801


def network(preset, image):
    from diffusers import UNet2DModel

    height, width, channels = image
    model = UNet2DModel(
        sample_size=(height, width),
        in_channels=channels,
        out_channels=channels,
        down_block_types=("DownBlock2D", "AttnDownBlock2D", "DownBlock2D"),
        up_block_types=("UpBlock2D", "AttnUpBlock2D", "UpBlock2D"),
        attention_head_dim=8,
        **PRESETS[preset],
    )
    parameters = sum(p.numel() for p in model.parameters())
    if preset == "small" and channels == 1 and parameters != SMALL_PARAMETERS:
        sys.exit(f"pytorch.py: the network has {parameters} parameters, not {SMALL_PARAMETERS}")
    return model


def training_step(model, size, image, mode, memory_format):
    """The simple loss of DDPM, its gradient, clipping to norm 1, Adam."""
    import torch

    height, width, channels = image
    data = (torch.rand(8 * size, channels, height, width) * 2 - 1).split(size)
    alpha_bar = torch.cumprod(1 - torch.linspace(1e-4, 0.02, 1000), 0)
    forward = torch.compile(model) if mode.startswith("compiled") else model
    adam = torch.optim.Adam(model.parameters(), lr=2e-4, fused=True)
    batches = iter(range(10**9))

    def step():
        x0 = data[next(batches) % len(data)].to(memory_format=memory_format)
        t = torch.randint(0, 1000, (size,))
        noise = torch.randn_like(x0)
        a = alpha_bar[t].view(-1, 1, 1, 1)
        with torch.autocast("cpu", torch.bfloat16, enabled="bfloat16" in mode):
            predicted = forward(a.sqrt() * x0 + (1 - a).sqrt() * noise, t, return_dict=False)[0]
        loss = torch.nn.functional.mse_loss(predicted.float(), noise)
        adam.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        adam.step()

    return step


def sampling_step(model, size, image, mode, memory_format):
    """One evaluation of the network for a batch, as each step of a sampler needs it."""
    import torch

    forward = torch.compile(model.eval()) if mode.startswith("compiled") else model.eval()
    height, width, channels = image
    x = torch.randn(size, channels, height, width).to(memory_format=memory_format)
    t = torch.full((size,), 500)

    def step():
        with torch.no_grad(), torch.autocast("cpu", torch.bfloat16, enabled="bfloat16" in mode):
            forward(x, t, return_dict=False)

    return step


def measure(given):
    """The result of one task in one mode."""
    name = f"{given.task}-{given.preset}"
    if given.image != USUAL_IMAGE:
        name += f"-{given.image}"
    # Before PyTorch is loaded: a process's peak memory begins with that of the one it is born of.
    ours = Ours(given.beside, name) if given.beside else None
    import torch

    torch.manual_seed(0)
    torch.set_num_threads(given.threads)
    mode, size = given.mode, given.batch
    channels_last = "channels-last" in mode or "bfloat16" in mode
    memory_format = torch.channels_last if channels_last else torch.contiguous_format
    shape = tuple(int(n) for n in given.image.split("x"))
    model = network(given.preset, shape).to(memory_format=memory_format)
    make = training_step if given.task == "train" else sampling_step
    step = make(model, size, shape, mode, memory_format)
    for _ in range(3):
        step()
    own, speeds = [], []
    until = time.perf_counter() + given.seconds
    while time.perf_counter() < until or len(speeds) < 5:
        if ours:
            own.append(ours.step())
        start = time.perf_counter()
        step()
        speeds.append(size / (time.perf_counter() - start))
    unit = 2**20 if sys.platform == "darwin" else 2**10  # ru_maxrss: bytes there, kibibytes elsewhere
    result = {
        "name": name,
        "mode": mode,
        "imagesPerSecond": round(statistics.median(speeds), 1),
        "peakMegabytes": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / unit),
    }
    if own:
        speed = round(statistics.median(one["imagesPerSecond"] for one in own), 1)
        result["ours"] = {"imagesPerSecond": speed, "peakMegabytes": own[-1]["peakMegabytes"]}
        pairs = [one["imagesPerSecond"] / speed for one, speed in zip(own, speeds)]
        result["ratios"] = [round(quartile, 3) for quartile in statistics.quantiles(pairs)]
    return result


class Ours:
    """Our benchmark in a process that does a step when a line comes in, and ends with this one."""

    def __init__(self, program, name):
        self.process = subprocess.Popen(
            [program, "--json", "--in-turn", name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            bufsize=1,
        )

    def step(self):
        self.process.stdin.write("\n")
        answer = self.process.stdout.readline()
        return json.loads(answer) if answer else sys.exit("pytorch.py: our benchmark stopped")


def table(path):
    """A Markdown table of a file of results, each measured beside ours."""
    import diffusers
    import torch

    with open(path) as file:
        results = [json.loads(line) for line in file if line.strip()]
    tasks = ["train", "sample"]
    cells = {(one["mode"], one["name"].split("-")[0]): one for one in results}
    own = {task: [one["ours"] for (_, of), one in cells.items() if of == task] for task in tasks}
    preset = results[0]["name"].split("-", 1)[1]
    versions = f"PyTorch {torch.__version__}, diffusers {diffusers.__version__}"
    print(f"Preset {preset}, {cores()} cores, {processor()}, {time.strftime('%F')}, {versions}\n")
    print("| |" + "".join(f" {task} images/s | ratio (quartiles) | peak MB |" for task in tasks))
    print("|---|" + "---|---|---|" * len(tasks))
    row = "| ddpm |"
    for task in tasks:
        speed = statistics.median(one["imagesPerSecond"] for one in own[task])
        row += f" {speed:.0f} | | {max(one['peakMegabytes'] for one in own[task]):.0f} |"
    print(row)
    for mode in MODES:
        row = f"| PyTorch, {mode} |"
        for task in tasks:
            one = cells[mode, task]
            low, middle, high = one["ratios"]
            row += f" {one['imagesPerSecond']:.0f} | **{middle:.2f}** ({low:.2f} to {high:.2f}) |"
            row += f" {one['peakMegabytes']} |"
        print(row)


def cores():
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


def processor():
    """The processor's name, where the system tells it."""
    if sys.platform == "darwin":
        brand = ["sysctl", "-n", "machdep.cpu.brand_string"]
        return subprocess.run(brand, capture_output=True, text=True).stdout.strip()
    with open("/proc/cpuinfo") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--preset", choices=PRESETS, default="small")
    parser.add_argument("--image", default=USUAL_IMAGE, help="height x width x channels")
    parser.add_argument("--task", choices=["train", "sample"])
    parser.add_argument("--mode", choices=MODES)
    parser.add_argument("--batch", type=int, default=128)
    parser.add_argument("--seconds", type=float, default=10)
    parser.add_argument("--threads", type=int, default=cores())
    parser.add_argument("--beside", metavar="PROGRAM", help="our Benchmarks")
    parser.add_argument("--list-modes", action="store_true")
    parser.add_argument("--table", metavar="FILE", help="the table of a file of results")
    given = parser.parse_args()
    if given.list_modes:
        print(*MODES, sep="\n")
        return
    if given.table:
        table(given.table)
        return
    if given.task and given.mode:
        print(json.dumps(measure(given)), flush=True)
        return
    # Each in its own process, so that peak memory and compiled code are its own.
    for mode in [given.mode] if given.mode else MODES:
        for task in [given.task] if given.task else ["train", "sample"]:
            one = [sys.executable, __file__, *sys.argv[1:], "--task", task, "--mode", mode]
            subprocess.run(one, check=True)


main()
