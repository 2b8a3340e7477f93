#!/usr/bin/env python3
"""`plumbline segment` on real images: Dice per structure, of bodies and of arches, discs found and false discs.

    real_mri.py PROGRAM FOLDER [PICTURES]

FOLDER holds NNN_image.nii.gz and NNN_label.nii.gz as in the SPIDER data set (van der Graaf et al., Scientific Data
2024;11:264): 1 vertebra, 2 disc, 4 spinal canal; the sacrum is not labelled. PICTURES, if given, receives the middle
slice of each image with its labels. The images are not part of this project.
"""
import subprocess
import sys
import tempfile
from pathlib import Path

import nibabel as nib
import numpy as np
from scipy import ndimage

# Name, our label, theirs.
STRUCTURES = [("vertebra", 1, 1), ("disc", 2, 2), ("canal", 4, 4)]
# Discs below this volume are ignored in both: they are cut off at the edge of the image.
SMALLEST_DISC_MM3 = 500.0
# A disc counts as found if at least this fraction of its voxels is.
FOUND = 0.3


def discs(mask, voxel_mm3):
    """Numbered connected discs, and the numbers of those that are large enough."""
    numbers, count = ndimage.label(mask)
    sizes = ndimage.sum(mask, numbers, range(1, count + 1)) * voxel_mm3
    kept = [number + 1 for number, size in enumerate(sizes) if size >= SMALLEST_DISC_MM3]
    return numbers, kept


def overlap(a, b):
    """Dice of two masks."""
    return 2 * (a & b).sum() / max(a.sum() + b.sum(), 1)


def behind_the_canal(theirs):
    """Mask of the voxels behind the middle of the canal, row by row (axes: left-right, head-foot, front-back)."""
    columns = np.arange(theirs.shape[2])
    seen = [np.nonzero((theirs[:, row] == 4).any(axis=0))[0] for row in range(theirs.shape[1])]
    rows = [row for row, found in enumerate(seen) if len(found)]
    middle = np.interp(np.arange(len(seen)), rows, [seen[row].mean() for row in rows])
    back = np.sign(middle.mean() - np.nonzero(theirs == 2)[2].mean())
    return np.broadcast_to((columns[None, :] - middle[:, None]) * back > 0, theirs.shape)


def measure(ours, theirs, voxel_mm3):
    row = [overlap(ours == our_label, theirs == their_label) for _, our_label, their_label in STRUCTURES]
    arches = behind_the_canal(theirs)
    row += [overlap((ours == 1) & part, (theirs == 1) & part) for part in (~arches, arches)]
    numbers, true_discs = discs(theirs == 2, voxel_mm3)
    found = sum((ours[numbers == n] == 2).mean() >= FOUND for n in true_discs)
    numbers, our_discs = discs(ours == 2, voxel_mm3)
    false = sum((theirs[numbers == n] == 2).mean() < 0.1 for n in our_discs)
    return row, found, len(true_discs), false


def main():
    program, folder = sys.argv[1], Path(sys.argv[2])
    pictures = Path(sys.argv[3]) if len(sys.argv) > 3 else None
    if pictures:
        pictures.mkdir(parents=True, exist_ok=True)
    print(f"{'image':>8} {'vertebra':>9} {'disc':>6} {'canal':>6}  discs found  false discs  bodies  arches")
    rows = []
    for image in sorted(folder.glob("*_image.nii.gz")):
        name = image.name.split("_")[0]
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "labels.nii.gz"
            command = [program, "segment", str(image), "--out", str(out)]
            if pictures:
                command += ["--picture", str(pictures / f"{name}.png")]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            ours = np.asarray(nib.load(out).dataobj)
        label = nib.load(folder / f"{name}_label.nii.gz")
        theirs = np.asarray(label.dataobj)
        assert ours.shape == theirs.shape, f"{name}: {ours.shape} for {theirs.shape}"
        row, found, total, false = measure(ours, theirs, float(np.prod(label.header.get_zooms()[:3])))
        rows.append(row)
        print(
            f"{name:>8} {row[0]:9.3f} {row[1]:6.3f} {row[2]:6.3f}"
            f"  {found} of {total:<9} {false:<10} {row[3]:.3f}   {row[4]:.3f}"
        )
    mean = np.mean(rows, axis=0)
    print(f"{'mean':>8} {mean[0]:9.3f} {mean[1]:6.3f} {mean[2]:6.3f} {'':26} {mean[3]:.3f}   {mean[4]:.3f}")


if __name__ == "__main__":
    main()
