#!/usr/bin/env python3
"""Compares our sagittal T2 with every artefact with TorchIO's artefact transforms on an image of the same size, in one run.

    benches/peers/torchio_artefacts.py

Both use two threads and take a volume of 384 x 384 x 15. TorchIO is given a finished image and adds motion, a bias
field, noise and ghosts; ours starts at the anatomy and simulates the acquisition. `tests/peers/run_heavy` installs
what it needs.
"""
import os
import statistics
import subprocess
import time

import torch
import torchio as tio

REPEATS = 7


def theirs():
    torch.set_num_threads(2)
    transforms = [
        tio.RandomMotion(num_transforms=1), tio.RandomBiasField(), tio.RandomNoise(), tio.RandomGhosting(),
    ]
    subject = tio.ScalarImage(tensor=torch.rand(1, 384, 384, 15))
    seconds = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        image = subject
        for transform in transforms:
            image = transform(image)
        seconds.append(time.perf_counter() - start)
    return seconds


def ours():
    command = ["cargo", "run", "--release", "--quiet", "-p", "plumbline-scanner", "--example", "acquisition_time", "--",
               str(REPEATS)]
    run = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ | {"RAYON_NUM_THREADS": "2"})
    return [float(line) for line in run.stdout.split()]


def main():
    found = {"TorchIO": theirs(), "Plumbline": ours()}
    for name, seconds in found.items():
        print(f"{name:10} {statistics.median(seconds):6.2f} s  (min {min(seconds):.2f}, max {max(seconds):.2f})")
    ratio = statistics.median(found["TorchIO"]) / statistics.median(found["Plumbline"])
    print(f"Plumbline is {ratio:.2f} times as fast")


if __name__ == "__main__":
    main()
