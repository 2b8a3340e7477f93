"""Scans of the virtual ACR large phantom with and without faults, and a table of the measures."""
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

# Faults of the scanner, as `plumbline scan --faults` reads them.
FAULTS = {
    "no fault": "",
    "gradient 2 % too strong": "gradient-error = [0.02, 0.0, 0.0]",
    "slice 40 % too thick": "slice-thickness-error = 0.4",
    "ghost of 5 %": "ghost = 0.05",
    "noise doubled": "excess-noise = 1.0",
}


@contextmanager
def scanned(program, fault):
    """The folder with the DICOM files of the axial series."""
    with tempfile.TemporaryDirectory() as scratch:
        faults = Path(scratch) / "faults.toml"
        faults.write_text(fault)
        subprocess.run([program, "scan", "acr-large", "--faults", faults, "--out", f"{scratch}/scan", "--format", "dicom"],
                       check=True, stdout=subprocess.DEVNULL)
        (series,) = [path for path in Path(scratch, "scan").iterdir() if path.is_dir()]
        yield series


def check_limits(analyse, expected):
    """Scans with every fault of `expected` (limits by measure: lowest, highest), prints a table, exits with 1 if a
    measure is outside its limits.

    `analyse` takes the folder of a series and returns values by measure.
    """
    found = {}
    for fault in expected:
        with scanned(sys.argv[1], FAULTS[fault]) as series:
            found[fault] = analyse(series)
    measures = list(next(iter(found.values())))
    width = max(map(len, found))
    print(f"{'':20}" + "".join(f" {fault:>{width}}" for fault in found))
    for measure in measures:
        print(f"{measure:20}" + "".join(f" {found[fault][measure]:{width}.2f}" for fault in found))
    outside = 0
    for fault, limits in expected.items():
        for measure, low, high in limits(found["no fault"]) if callable(limits) else limits:
            value = found[fault][measure]
            if not low <= value <= high:
                outside += 1
                print(f"{fault}: {measure} is {value:.2f}, expected {low:.2f} to {high:.2f}")
    sys.exit(1 if outside else 0)
