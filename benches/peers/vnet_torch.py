#!/usr/bin/env python3
"""Compares the shipped network with PyTorch and ONNX Runtime: logits and times, in one run.

    benches/peers/vnet_torch.py [MODEL] [--step]

The network is rebuilt with PyTorch's operations from the description in the weights file, which reveals errors of our
kernels. All use two threads. Exits with 1 if a logit differs by more than 1e-3. `--step` also times a training step
(forward, Dice and cross-entropy, backward). On a CPU with AVX-512 BF16 both also run in bf16.
`tests/peers/run_heavy` installs what it needs.
"""
import json
import os
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

THREADS = 2
REPEATS = 9
EXTENT = (20, 256, 128)  # the localizer without the surrounding air
CROP = (16, 192, 128)


class NormPrelu(nn.Module):
    """PReLU(norm(x) * gamma + beta + residual), instance normalization over all voxels."""

    def __init__(self, values):
        super().__init__()
        gamma, beta, alpha = values
        self.gamma, self.beta, self.alpha = nn.Parameter(gamma), nn.Parameter(beta), nn.Parameter(alpha)

    def forward(self, x, residual=None):
        x = F.instance_norm(x, weight=self.gamma, bias=self.beta, eps=1e-5)
        return F.prelu(x if residual is None else x + residual, self.alpha)


def convolution(weight, kernel):
    """[tap, in, out] as PyTorch's [out, in, depth, row, column]."""
    taps, inputs, outputs = weight.shape
    layer = nn.Conv3d(inputs, outputs, kernel, padding=[k // 2 for k in kernel], bias=False)
    layer.weight = nn.Parameter(weight.permute(2, 1, 0).reshape(outputs, inputs, *kernel).contiguous())
    return layer


def strided(weight, stride, inputs):
    """Our 1 x 1 x 1 convolution of gathered voxels is PyTorch's strided one."""
    outputs = weight.shape[2]
    layer = nn.Conv3d(inputs, outputs, stride, stride, bias=False)
    layer.weight = nn.Parameter(weight.reshape(*stride, inputs, outputs).permute(4, 3, 0, 1, 2).contiguous())
    return layer


def transposed(weight, stride, outputs):
    inputs = weight.shape[1]
    layer = nn.ConvTranspose3d(inputs, outputs, stride, stride, bias=False)
    layer.weight = nn.Parameter(weight.reshape(inputs, *stride, outputs).permute(0, 4, 1, 2, 3).contiguous())
    return layer


class VNet(nn.Module):
    def __init__(self, shape, tensors):
        super().__init__()
        self.levels = shape["levels"]
        take = {name: torch.from_numpy(values.copy()) for name, values in tensors.items()}
        self.enter, self.enter_norm, self.encode = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for n, level in enumerate(self.levels):
            if n == 0:
                self.enter.append(convolution(take["lift.weight"], level["kernel"]))
                self.enter_norm.append(NormPrelu(take["lift.norm"]))
            else:
                self.enter.append(strided(take[f"down{n}.weight"], level["stride"], self.levels[n - 1]["width"]))
                self.enter_norm.append(NormPrelu(take[f"down{n}.norm"]))
            self.encode.append(self.stage(take, f"encode{n}", level))
        self.up, self.up_norm, self.decode = nn.ModuleList(), nn.ModuleList(), nn.ModuleList()
        for n in reversed(range(len(self.levels) - 1)):
            self.up.append(transposed(take[f"up{n}.weight"], self.levels[n + 1]["stride"], self.levels[n]["width"]))
            self.up_norm.append(NormPrelu(take[f"up{n}.norm"]))
            self.decode.append(self.stage(take, f"decode{n}", self.levels[n]))
        weight = take["head.weight"]
        self.head = nn.Conv3d(weight.shape[1], weight.shape[2], 1)
        self.head.weight = nn.Parameter(weight[0].T.reshape(weight.shape[2], weight.shape[1], 1, 1, 1).contiguous())
        self.head.bias = nn.Parameter(take["head.bias"])

    @staticmethod
    def stage(take, name, level):
        layers = nn.ModuleList()
        for c in range(level["convolutions"]):
            layers.append(convolution(take[f"{name}.{c}.weight"], level["kernel"]))
            layers.append(NormPrelu(take[f"{name}.{c}.norm"]))
        return layers

    @staticmethod
    def run_stage(layers, x, entry):
        for c in range(0, len(layers), 2):
            last = c + 2 == len(layers)
            x = layers[c + 1](layers[c](x), entry if last else None)
        return x

    def forward(self, x):
        skips = []
        for n in range(len(self.levels)):
            if n > 0:
                skips.append(x)
            x = self.enter_norm[n](self.enter[n](x))
            x = self.run_stage(self.encode[n], x, x)
        for up, norm, stage, skip in zip(self.up, self.up_norm, self.decode, reversed(skips)):
            x = norm(up(x))
            x = self.run_stage(stage, torch.cat([x, skip], 1), x)
        return self.head(x)


def read_weights(path):
    """A safetensors file: metadata and float32 tensors."""
    data = Path(path).read_bytes()
    (length,) = struct.unpack("<Q", data[:8])
    header = json.loads(data[8:8 + length])
    metadata = header.pop("__metadata__")
    body = data[8 + length:]
    tensors = {}
    for name, entry in header.items():
        first, last = entry["data_offsets"]
        tensors[name] = np.frombuffer(body[first:last], np.float32).reshape(entry["shape"])
    return metadata, tensors


def ours(package, example, *arguments):
    command = ["cargo", "run", "--release", "--quiet", "-p", package, "--example", example, "--", *map(str, arguments)]
    environment = os.environ | {"RAYON_NUM_THREADS": str(THREADS)}
    return [float(line) for line in subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout.split()]


def timed(function, repeats=REPEATS):
    function()
    seconds = []
    for _ in range(repeats):
        begun = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - begun)
    return seconds


def gemm_rate():
    """Rate of the CPU's matrix product, GFLOP/s."""
    a, b = torch.rand(2048, 2048), torch.rand(2048, 2048)
    return 2 * 2048**3 / min(timed(lambda: a @ b)) / 1e9


def flop(shape, extent):
    """Floating-point operations of the convolutions."""
    total, voxels = 0, np.prod(extent)
    widths = [level["width"] for level in shape["levels"]]
    for n, level in enumerate(shape["levels"]):
        fan = int(np.prod(level["stride"]))
        voxels = voxels // fan
        taps, w = int(np.prod(level["kernel"])), level["width"]
        entering = taps * w if n == 0 else widths[n - 1] * fan * w
        total += voxels * (entering + level["convolutions"] * taps * w * w)
        if n + 1 < len(widths):
            below = shape["levels"][n + 1]["width"]
            total += voxels * (below * w + taps * 2 * w * w + (level["convolutions"] - 1) * taps * w * w)
    return 2 * (total + np.prod(extent) * widths[0] * shape["classes"])


def training_step(network, classes, crop):
    """Dice counts the sixth class, where there is one, with the second, as `crates/vision/vnet-train/src/op/loss.rs` does."""
    image, labels = torch.rand(1, 1, *crop), torch.randint(0, classes, (1, *crop))
    structure = torch.tensor([0, 1, 2, 3, 4, 1][:classes])
    optimizer = torch.optim.AdamW(network.parameters(), lr=1e-6)
    # Channels last is PyTorch's faster layout for forward passes; both are measured.
    best = []
    for layout in (torch.contiguous_format, torch.channels_last_3d):
        net, x = network.to(memory_format=layout), image.to(memory_format=layout)

        def step():
            optimizer.zero_grad()
            logits = net(x)
            p, g = logits.softmax(1), F.one_hot(structure[labels], 5).permute(0, 4, 1, 2, 3).float()
            p = torch.cat((p[:, :1], p[:, 1:2] + p[:, 5:].sum(1, keepdim=True), p[:, 2:5]), 1)
            dice = 2 * (p * g).sum((0, 2, 3, 4)) / ((p * p).sum((0, 2, 3, 4)) + (g * g).sum((0, 2, 3, 4)))
            (1 - dice.mean() + F.cross_entropy(logits, labels)).backward()
            torch.nn.utils.clip_grad_norm_(net.parameters(), 1.0)
            optimizer.step()

        best.append(timed(step, 5))
    return min(best, key=statistics.median)


def in_bf16(model, network, classes):
    """Both in bf16, and the fraction of voxels with the same class as in f32."""
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        mine = statistics.median(ours("plumbline-vnet", "forward_pass", model, *EXTENT, folder, REPEATS + 1, "bf16")[1:])
        image = torch.from_numpy(np.fromfile(f"{folder}/image.f32", np.float32).reshape(1, 1, *EXTENT))
        logits = np.fromfile(f"{folder}/logits.f32", np.float32).reshape(*EXTENT, -1)
        best, kept = float("inf"), 0.0
        for layout in (torch.contiguous_format, torch.channels_last_3d):
            net, x = network.to(torch.bfloat16).to(memory_format=layout), image.to(torch.bfloat16).to(memory_format=layout)
            best = min(best, statistics.median(timed(lambda: net(x))))
            kept = (net(x)[0].float().argmax(0).numpy() == classes).mean()
    print(f"bf16: Plumbline {mine:.3f} s, PyTorch {best:.3f} s, ratio {best / mine:.2f}; same classes as in f32: "
          f"{100 * (logits.argmax(-1) == classes).mean():.2f} % and {100 * kept:.2f} %")


def main():
    arguments = [a for a in sys.argv[1:] if not a.startswith("--")]
    model = arguments[0] if arguments else "models/lumbar-vnet"
    torch.set_num_threads(THREADS)
    metadata, tensors = read_weights(Path(model) / "weights.safetensors")
    shape = json.loads(metadata["network"])
    network = VNet(shape, tensors).eval()
    found = {}
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        found["Plumbline"] = ours("plumbline-vnet", "forward_pass", model, *EXTENT, folder, REPEATS + 1)[1:]
        image = torch.from_numpy(np.fromfile(f"{folder}/image.f32", np.float32).reshape(1, 1, *EXTENT))
        logits = np.fromfile(f"{folder}/logits.f32", np.float32).reshape(*EXTENT, -1)
        theirs = network(image)[0].permute(1, 2, 3, 0).numpy()
        difference = np.abs(logits - theirs).max()
        equal = (logits.argmax(-1) == theirs.argmax(-1)).mean()
        print(f"logits: largest difference {difference:.1e}, the same class in {100 * equal:.3f} % of voxels")
        found["PyTorch"] = timed(lambda: network(image))
        last = network.to(memory_format=torch.channels_last_3d)
        wide = image.to(memory_format=torch.channels_last_3d)
        found["PyTorch, channels last"] = timed(lambda: last(wide))
        try:
            import onnxruntime

            torch.onnx.export(network.to(memory_format=torch.contiguous_format), image, f"{folder}/net.onnx", dynamo=False)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = THREADS
            session = onnxruntime.InferenceSession(f"{folder}/net.onnx", options, providers=["CPUExecutionProvider"])
            name, values = session.get_inputs()[0].name, image.numpy()
            found["ONNX Runtime"] = timed(lambda: session.run(None, {name: values}))
        except ImportError:
            print("ONNX Runtime is not installed: skipped")
    work, rate = flop(shape, EXTENT) / 1e9, gemm_rate()
    print(f"forward pass of {' x '.join(map(str, EXTENT))} voxels, {work:.1f} GFLOP; sgemm {rate:.0f} GFLOP/s")
    for name, seconds in found.items():
        median = statistics.median(seconds)
        print(f"{name:24} {median:6.3f} s  (min {min(seconds):.3f}, max {max(seconds):.3f})  {work / median:4.0f} GFLOP/s")
    best = min(statistics.median(seconds) for name, seconds in found.items() if name != "Plumbline")
    print(f"Plumbline is {best / statistics.median(found['Plumbline']):.2f} times as fast as the fastest of them, "
          f"at {100 * work / statistics.median(found['Plumbline']) / rate:.0f} % of sgemm")
    if " avx512_bf16" in Path("/proc/cpuinfo").read_text():
        in_bf16(model, VNet(shape, tensors).eval(), theirs.argmax(-1))
    if "--step" in sys.argv:
        mine, torchs = ours("plumbline-vnet-train", "training_step", model, *CROP, 7)[2:], training_step(
            VNet(shape, tensors).train(), shape["classes"], CROP)
        print(f"training step of {' x '.join(map(str, CROP))}: Plumbline {statistics.median(mine):.3f} s, "
              f"PyTorch {statistics.median(torchs):.3f} s, ratio {statistics.median(torchs) / statistics.median(mine):.2f}")
    sys.exit(1 if difference > 1e-3 else 0)


if __name__ == "__main__":
    main()
