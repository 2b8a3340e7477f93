#!/usr/bin/env python3
"""Our scans of the virtual ACR large phantom, analysed by pylinac.

    acr_pylinac.py PROGRAM

scans the phantom with a machine in order and with three faults, and lets pylinac's ACRMRILarge measure. What was
set must be what it finds, and each fault must show in its own measure and in no other.
"""
import subprocess
import sys
import tempfile
import warnings
from pathlib import Path

warnings.simplefilter("ignore")  # scikit-image announces changes that do not concern us
from pylinac import ACRMRILarge  # noqa: E402

MEASURES = {
    "diameter, mm": lambda r: r.geometric_distortion_module.profiles["horizontal"]["width (mm)"],
    "diameter across, mm": lambda r: r.geometric_distortion_module.profiles["vertical"]["width (mm)"],
    "slice thickness, mm": lambda r: r.slice1.measured_slice_thickness_mm,
    "slice 1 shift, mm": lambda r: r.slice1.slice_shift_mm,
    "slice 11 shift, mm": lambda r: r.slice11.slice_shift_mm,
    "uniformity, %": lambda r: r.uniformity_module.piu,
    "ghosting, %": lambda r: r.uniformity_module.psg,
}

# Fault file, and what pylinac must then find: measure, least, most.
CASES = {
    "in order": ("", [
        ("diameter, mm", 188.0, 192.0),
        ("diameter across, mm", 188.0, 192.0),
        ("slice thickness, mm", 4.3, 5.7),
        ("slice 1 shift, mm", -2.5, 2.5),
        ("slice 11 shift, mm", -2.5, 2.5),
        ("uniformity, %", 85.0, 100.0),
        ("ghosting, %", 0.0, 1.0),
    ]),
    "gradient 2 % too strong": ("gradient-error = [0.02, 0.0, 0.0]", [
        ("diameter, mm", 192.3, 195.3),
        ("diameter across, mm", 188.0, 192.0),
        ("slice thickness, mm", 4.3, 5.7),
    ]),
    "slice 40 % too thick": ("slice-thickness-error = 0.4", [
        ("diameter, mm", 188.0, 192.0),
        ("slice thickness, mm", 6.3, 7.7),
    ]),
    "ghost of 5 %": ("ghost = 0.05", [
        ("diameter, mm", 188.0, 192.0),
        ("slice thickness, mm", 4.3, 5.7),
        ("ghosting, %", 1.0, 6.0),
    ]),
}


def analysed(program, fault):
    with tempfile.TemporaryDirectory() as scratch:
        faults = Path(scratch) / "faults.toml"
        faults.write_text(fault)
        subprocess.run([program, "scan", "acr-large", "--faults", faults, "--out", f"{scratch}/scan", "--format", "dicom"],
                       check=True, stdout=subprocess.DEVNULL)
        (series,) = [path for path in Path(scratch, "scan").iterdir() if path.is_dir()]
        phantom = ACRMRILarge(str(series))
        phantom.analyze()
        results = phantom.results_data()
        return {name: float(measure(results)) for name, measure in MEASURES.items()}


def main():
    found = {name: analysed(sys.argv[1], fault) for name, (fault, _) in CASES.items()}
    width = max(map(len, found))
    print(f"{'':20}" + "".join(f" {name:>{width}}" for name in found))
    for measure in MEASURES:
        print(f"{measure:20}" + "".join(f" {found[name][measure]:{width}.2f}" for name in found))
    missed = 0
    for name, (_, limits) in CASES.items():
        for measure, low, high in limits:
            value = found[name][measure]
            if not low <= value <= high:
                missed += 1
                print(f"{name}: {measure} is {value:.2f}, expected {low} to {high}")
    sys.exit(1 if missed else 0)


if __name__ == "__main__":
    main()
