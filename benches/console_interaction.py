#!/usr/bin/env python3
"""Responsiveness of the console without a graphics card: start-up, dragging with the 3-D room in view, idle load, memory.

    cargo build --release -p plumbline-console
    benches/console_interaction.py target/release/plumbline-console

Needs Xvfb, xdotool and Mesa's software Vulkan (Debian: xvfb xdotool mesa-vulkan-drivers). Prints one line per figure
with its limit; measure on an idle computer.
"""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SCRIPT = ROOT / "scenarios/lessons/first-examination.jsonl"
GROUP = '{"do": {"draw": {"add-group": {"target": {"disc": "L4/L5"}, "centre": [0, 0, -20]}}}}'


def wait_for(path, process, limit_s=120):
    begin = time.monotonic()
    while not (path.exists() and path.stat().st_size):
        if process.poll() is not None or time.monotonic() - begin > limit_s:
            sys.exit(f"{path.name} was not written within {limit_s} s, or the console ended")
        time.sleep(0.02)
    return time.monotonic() - begin


def cpu_s(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory_mib(pid):
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main():
    console = str(Path(sys.argv[1]).resolve()) if len(sys.argv) == 2 else sys.exit(__doc__)
    display = subprocess.Popen(
        ["Xvfb", ":93", "-screen", "0", "1280x800x24"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    environment = {**os.environ, "DISPLAY": ":93", "WGPU_BACKEND": "vulkan"}
    software = "/usr/share/vulkan/icd.d/lvp_icd.x86_64.json"
    if os.path.exists(software):
        environment["VK_DRIVER_FILES"] = software
    environment.pop("WAYLAND_DISPLAY", None)
    time.sleep(1)
    try:
        with tempfile.TemporaryDirectory() as folder:
            measure(console, environment, Path(folder))
    finally:
        display.kill()


def measure(console, environment, folder):
    def start(lines, *extra):
        script = folder / "script.jsonl"
        script.write_text("\n".join(lines) + "\n")
        command = [console, "--trainee", "Bench", "--database", str(folder / "a.sqlite"), "--script", str(script)]
        command += ["--screenshot-dir", str(folder), "--stay", *extra]
        return subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True)

    process = start(['{"picture": "worklist"}'])
    print(f"start to worklist on disk   {wait_for(folder / 'worklist.png', process):6.2f} s    (limit 3)")
    process.kill()
    process.communicate()

    lines = [line for line in SCRIPT.read_text().splitlines() if "picture" not in line]
    until = next(n for n, line in enumerate(lines) if "accept-proposal" in line)
    process = start([*lines[:until], GROUP], "--frame-times", "--layout-to", str(folder / "layout.json"))
    wait_for(folder / "layout.json", process)
    x, y = (round(value) for value in json.loads((folder / "layout.json").read_text())["rotate"])

    def mouse(*words):
        subprocess.run(["xdotool", *map(str, words)], env=environment, check=True)

    time.sleep(2)
    mouse("mousemove", x, y)
    mouse("mousedown", 1)
    end = time.monotonic() + 8
    step = 0
    while time.monotonic() < end:
        step += 1
        mouse("mousemove", x, y + abs(step % 80 - 40))
        time.sleep(0.01)
    mouse("mouseup", 1)
    time.sleep(4)
    before = cpu_s(process.pid)
    time.sleep(10)
    print(f"idle load                   {(cpu_s(process.pid) - before) * 10:6.2f} % of a core")
    print(f"peak memory                 {memory_mib(process.pid):6.0f} MiB  (limit 1536)")
    process.send_signal(signal.SIGINT)
    _, output = process.communicate(timeout=60)
    for line in output.splitlines():
        if "frames" in line:
            print(line)


main()
