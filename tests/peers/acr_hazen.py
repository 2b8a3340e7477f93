#!/usr/bin/env python3
"""Our scans of the virtual ACR large phantom, analysed by hazen.

    acr_hazen.py PROGRAM

As acr_pylinac.py, with hazen's measures, and SNR, which must halve when the scanner's noise doubles. Two of hazen's
measures are omitted: lengths on slice 1, where acrylic fills so much of our slice that hazen switches to a threshold
that fails, and the position of slice 11, where it mistakes the rim of the spokes for the end of the wedges.
"""
import logging
import tempfile
import warnings
from pathlib import Path

logging.disable(logging.CRITICAL)
warnings.simplefilter("ignore")  # an overflow in hazen's fit of the ramps
import pydicom  # noqa: E402
from hazenlib.tasks.acr_geometric_accuracy import ACRGeometricAccuracy  # noqa: E402
from hazenlib.tasks.acr_ghosting import ACRGhosting  # noqa: E402
from hazenlib.tasks.acr_slice_position import ACRSlicePosition  # noqa: E402
from hazenlib.tasks.acr_slice_thickness import ACRSliceThickness  # noqa: E402
from hazenlib.tasks.acr_snr import ACRSNR  # noqa: E402
from hazenlib.tasks.acr_uniformity import ACRUniformity  # noqa: E402
from hazenlib.utils import get_dicom_files  # noqa: E402

from virtual_acr import check_limits  # noqa: E402

# Our name: hazen's task, and the start of the measurement's subtype or description.
MEASURES = {
    "diameter, mm": (ACRGeometricAccuracy, "Slice 5 Horizontal"),
    "diameter across, mm": (ACRGeometricAccuracy, "Slice 5 Vertical"),
    "diagonal, mm": (ACRGeometricAccuracy, "Slice 5 Diagonal SW"),
    "other diagonal, mm": (ACRGeometricAccuracy, "Slice 5 Diagonal SE"),
    "slice thickness, mm": (ACRSliceThickness, "slice width"),
    "slice 1 bars, mm": (ACRSlicePosition, "Slice 1 "),
    "uniformity, %": (ACRUniformity, "Integral uniformity"),
    "ghosting, %": (ACRGhosting, "signal ghosting"),
    "SNR": (ACRSNR, "smoothing"),
}

ROUND = [
    ("diameter, mm", 188.0, 192.0),
    ("diameter across, mm", 188.0, 192.0),
    ("diagonal, mm", 188.0, 192.0),
    ("other diagonal, mm", 188.0, 192.0),
]

EXPECTED = {
    "no fault": [*ROUND, ("slice thickness, mm", 4.3, 5.7), ("slice 1 bars, mm", -2.0, 2.0), ("uniformity, %", 85.0, 100.0),
                 ("ghosting, %", 0.0, 1.0)],
    "gradient 2 % too strong": [("diameter, mm", 192.3, 195.3), ("diameter across, mm", 188.0, 192.0)],
    "slice 40 % too thick": [*ROUND, ("slice thickness, mm", 6.3, 7.7)],
    "ghost of 5 %": [*ROUND, ("ghosting, %", 1.0, 6.0)],
    "noise doubled": lambda no_fault: [*ROUND, ("SNR", 0.45 * no_fault["SNR"], 0.55 * no_fault["SNR"])],
}


def copy_with_vendor(series, folder):
    """Copies with a vendor's name: hazen's SNR task reads the pixel size only for four vendors."""
    for file in series.glob("*.dcm"):
        image = pydicom.dcmread(file)
        image.Manufacturer = "SIEMENS"
        image.save_as(Path(folder) / file.name)


def analyse(series):
    with tempfile.TemporaryDirectory() as folder:
        copy_with_vendor(series, folder)
        files = get_dicom_files(folder)
        tasks = {task: task(input_data=files, report=False).run() for task in {task for task, _ in MEASURES.values()}}
    found = {}
    for name, (task, text) in MEASURES.items():
        matching = (m for m in tasks[task].measurements if f"{m.subtype}".startswith(text) or f"{m.description}".startswith(text))
        found[name] = float(next(matching).value)
    return found


if __name__ == "__main__":
    check_limits(analyse, EXPECTED)
