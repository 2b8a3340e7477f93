#!/usr/bin/env python3
"""A planner of your own for `plumbline run SCENARIO --planner 'cmd:python3 outside_planner.py'`.

It ignores the voxels: it assumes a spine of average shape at the middle of the sagittal localizer. Start from here.
What comes in and goes out: `cargo doc -p plumbline-planner`, module `command_planner`; `plumbline schema plan`.
"""
import array
import json
import math
import sys

# Height above L3/L4 in mm and tilt in degrees, upper side forward, of an average adult's discs on a table.
DISCS = {"L1/L2": (76, -8), "L2/L3": (38, -4), "L3/L4": (0, 2), "L4/L5": (-37, 12), "L5/S1": (-70, 28)}


def read():
    """The header, and for each image its voxels in the order slice, row, column."""
    header = json.loads(sys.stdin.buffer.readline())
    for image in header["images"]:
        image["voxels"] = array.array("f", sys.stdin.buffer.read(4 * math.prod(image["shape"])))
    return header


def middle(image):
    """LPS mm of the middle of an image."""
    index = [(extent - 1) / 2 for extent in image["shape"]] + [1]
    return [sum(a * i for a, i in zip(row, index)) for row in image["affine"]]


def group(name, target, size, centre, row, column):
    """A slice group of the size that the protocol prescribes; the target says what it is for, the name is a label."""
    return {
        "name": name, "target": target, "centre": centre, "row": row, "column": column,
        "slices": size["slices"], "thickness_mm": size["thickness-mm"], "gap_mm": size["gap-mm"],
        "fov_mm": size["fov-mm"], "matrix": size["matrix"],
        "phase_encoding": "column" if target == "sagittal" else "row",
    }


def main():
    header = read()
    rules = header["rules"]
    x, y, z = middle(next(image for image in header["images"] if image["orientation"] == "sagittal"))
    groups = [group("sagittal", "sagittal", rules["sagittal"], [x, y, z], [0, 1, 0], [0, 0, -1])]
    levels = []
    for name, (height, tilt) in DISCS.items():
        centre = [x, y, z + height]
        sine, cosine = math.sin(math.radians(tilt)), math.cos(math.radians(tilt))
        levels.append({"label": name, "centre": centre, "normal": [0, -sine, cosine], "confidence": 0.1})
        groups.append(group(f"axial {name}", {"disc": name}, rules["axial"], centre, [1, 0, 0], [0, cosine, sine]))
    flag = {"code": "low-confidence", "severity": "warning", "message": "planned without looking at the images"}
    plan = {"format_version": 2, "frame": "patient-lps-mm", "levels": levels, "groups": groups, "flags": [flag]}
    json.dump(plan, sys.stdout)


if __name__ == "__main__":
    main()
