#!/usr/bin/env python3
"""All eight patient positions: dcm2niix and our NIfTI writer agree on every affine and voxel, the patient's right
is on the right, and the files have the registered position.

    positions_dcm2niix.py PROGRAM

The patient is asymmetric: the liver lies on the right, so a mirrored image would show fat in its place.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np
import pydicom

POSITIONS = ["HFS", "HFP", "HFDR", "HFDL", "FFS", "FFP", "FFDR", "FFDL"]


def run(*command):
    subprocess.run([str(part) for part in command], check=True, stdout=subprocess.DEVNULL)


def difference(ours, theirs):
    """Largest difference of the affines, mm, and of the values, after undoing dcm2niix's axis flips."""
    between = np.linalg.inv(ours.affine) @ theirs.affine
    turn = np.rint(between[:3, :3])
    values = np.asarray(theirs.dataobj, dtype=float)
    affine = theirs.affine.copy()
    for axis in range(3):
        if turn[axis, axis] < 0:
            values = np.flip(values, axis)
            affine[:3, 3] += affine[:3, axis] * (values.shape[axis] - 1)
            affine[:3, axis] *= -1
    return np.abs(affine - ours.affine).max(), np.abs(values - np.maximum(np.asarray(ours.dataobj), 0)).max()


def liver_against_mirror(image, tissue, liver):
    """Median signal in the liver and at its mirrored position."""
    places = np.argwhere(np.asarray(tissue.dataobj) == liver)[::97]
    world = nib.affines.apply_affine(tissue.affine, places)
    at = lambda points: np.rint(nib.affines.apply_affine(np.linalg.inv(image.affine), points)).astype(int)
    data = np.asarray(image.dataobj)

    def median(points):
        index = at(points)
        inside = np.all((index >= 0) & (index < data.shape), axis=1)
        return np.median(data[tuple(index[inside].T)])

    assert np.median(world[:, 0]) > 30, "RAS: the liver's x is to the right"
    return median(world), median(world * [-1, 1, 1])


def main():
    program = sys.argv[1]
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch)
        run(program, "phantom", "synth", "adult-lumbar", "--voxel-mm", "3", "--out", scratch / "synth")
        import json

        tissues = json.loads((scratch / "synth/truth.json").read_text())["tissues"]
        tissue = nib.load(scratch / "synth/tissue.nii.gz")
        for position in POSITIONS:
            folder = scratch / position
            for format_ in ("dicom", "nifti"):
                run(program, "scan", "adult-lumbar", "--position", position, "--format", format_, "--out", folder / format_)
            worst = [0.0, 0.0]
            for series in sorted(path for path in (folder / "dicom").iterdir() if path.is_dir()):
                header = pydicom.dcmread(next(series.glob("*.dcm")), stop_before_pixels=True)
                assert header.PatientPosition == position, f"{series.name}: {header.PatientPosition}"
                (folder / "converted").mkdir(exist_ok=True)
                run("dcm2niix", "-f", series.name, "-o", folder / "converted", "-b", "n", series)
                theirs = nib.load(folder / "converted" / f"{series.name}.nii")
                ours = nib.load(folder / "nifti" / f"{series.name}.nii.gz")
                worst = np.maximum(worst, difference(ours, theirs))
            image = nib.load(folder / "nifti/localizer-coronal.nii.gz")
            liver, mirror = liver_against_mirror(image, tissue, tissues.index("Liver"))
            print(f"  {position:4}: affines within {worst[0]:.1e} mm, values within {worst[1]:.2f}; liver {liver:.0f}, its mirror {mirror:.0f}")
            assert worst[0] < 1e-4, "dcm2niix and our NIfTI differ"
            assert worst[1] <= 1.0, "values differ by more than one grey level"
            assert mirror > 1.3 * liver, "the liver is not on the right"


if __name__ == "__main__":
    main()
