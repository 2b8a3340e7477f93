#!/usr/bin/env python3
"""Our scans of the virtual ACR large phantom, analysed by pylinac.

    acr_pylinac.py PROGRAM

scans the phantom without a fault and with three faults, and measures with pylinac's ACRMRILarge. The dimensions must
be those of the phantom, and each fault must change its own measure and no other.
"""
import warnings

warnings.simplefilter("ignore")  # deprecation warnings of scikit-image
from pylinac import ACRMRILarge  # noqa: E402

from virtual_acr import check_limits  # noqa: E402

MEASURES = {
    "diameter, mm": lambda r: r.geometric_distortion_module.profiles["horizontal"]["width (mm)"],
    "diameter across, mm": lambda r: r.geometric_distortion_module.profiles["vertical"]["width (mm)"],
    "slice thickness, mm": lambda r: r.slice1.measured_slice_thickness_mm,
    "slice 1 shift, mm": lambda r: r.slice1.slice_shift_mm,
    "slice 11 shift, mm": lambda r: r.slice11.slice_shift_mm,
    "uniformity, %": lambda r: r.uniformity_module.piu,
    "ghosting, %": lambda r: r.uniformity_module.psg,
}

EXPECTED = {
    "no fault": [
        ("diameter, mm", 188.0, 192.0),
        ("diameter across, mm", 188.0, 192.0),
        ("slice thickness, mm", 4.3, 5.7),
        ("slice 1 shift, mm", -2.5, 2.5),
        ("slice 11 shift, mm", -2.5, 2.5),
        ("uniformity, %", 85.0, 100.0),
        ("ghosting, %", 0.0, 1.0),
    ],
    "gradient 2 % too strong": [
        ("diameter, mm", 192.3, 195.3),
        ("diameter across, mm", 188.0, 192.0),
        ("slice thickness, mm", 4.3, 5.7),
    ],
    "slice 40 % too thick": [
        ("diameter, mm", 188.0, 192.0),
        ("slice thickness, mm", 6.3, 7.7),
    ],
    "ghost of 5 %": [
        ("diameter, mm", 188.0, 192.0),
        ("slice thickness, mm", 4.3, 5.7),
        ("ghosting, %", 1.0, 6.0),
    ],
}


def analyse(series):
    phantom = ACRMRILarge(str(series))
    phantom.analyze()
    results = phantom.results_data()
    return {name: float(measure(results)) for name, measure in MEASURES.items()}


if __name__ == "__main__":
    check_limits(analyse, EXPECTED)
