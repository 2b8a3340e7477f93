"""Scans of the virtual ACR large phantom by machines in order and with faults, and the table of what was found."""
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

# What is wrong with the machine, as `plumbline scan --faults` reads it.
FAULTS = {
    "in order": "",
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


def judged(analyse, expected):
    """Analyses every machine of `expected` (measure, least, most), prints a table, exits with 1 if a limit is missed.

    `analyse` takes the folder of a series and returns figures by measure.
    """
    found = {}
    for machine in expected:
        with scanned(sys.argv[1], FAULTS[machine]) as series:
            found[machine] = analyse(series)
    measures = list(next(iter(found.values())))
    width = max(map(len, found))
    print(f"{'':20}" + "".join(f" {machine:>{width}}" for machine in found))
    for measure in measures:
        print(f"{measure:20}" + "".join(f" {found[machine][measure]:{width}.2f}" for machine in found))
    missed = 0
    for machine, limits in expected.items():
        for measure, low, high in limits(found["in order"]) if callable(limits) else limits:
            value = found[machine][measure]
            if not low <= value <= high:
                missed += 1
                print(f"{machine}: {measure} is {value:.2f}, expected {low:.2f} to {high:.2f}")
    sys.exit(1 if missed else 0)
