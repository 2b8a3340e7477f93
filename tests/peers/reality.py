#!/usr/bin/env python3
"""Compares our sagittal 3-D T2 with real ones: intensity ratios, sharpness, noise, and a picture.

    reality.py OURS.nii.gz OUR_LABELS.nii.gz SPIDER_FOLDER [PICTURE.png]

SPIDER_FOLDER has NNN_image.nii.gz and NNN_label.nii.gz (0 background, 1 vertebra, 2 disc, 4 canal), T2 SPACE
images of the SPIDER dataset (CC BY 4.0; not part of this project). Exits with 1 if one of our ratios is outside
the range of the real ones, widened by 20 %.
"""
import sys
from pathlib import Path

import nibabel as nib
import numpy as np


def canonical(path):
    """The image reoriented to axes that run to the right, the feet and the back."""
    image = nib.load(path)
    axes = nib.orientations.axcodes2ornt(("R", "I", "P"))
    transform = nib.orientations.ornt_transform(nib.orientations.io_orientation(image.affine), axes)
    return image.as_reoriented(transform)


def onto(labels, image):
    """Labels at the voxels of the image, by nearest neighbour."""
    place = np.linalg.inv(labels.affine) @ image.affine
    index = np.indices(image.shape).reshape(3, -1)
    at = np.rint(place[:3, :3] @ index + place[:3, 3:]).astype(int)
    data = np.asarray(labels.dataobj)
    inside = np.all((at >= 0) & (at < np.array(data.shape)[:, None]), axis=0)
    values = np.zeros(at.shape[1], dtype=int)
    values[inside] = data[tuple(at[:, inside])]
    return values.reshape(image.shape)


def eroded(mask):
    """The mask without its outermost in-plane voxels."""
    core = mask.copy()
    for axis in (1, 2):
        for step in (-2, 2):
            core &= np.roll(mask, step, axis)
    return core


def measures(image, labels, zooms):
    middle = slice(image.shape[0] // 2 - 2, image.shape[0] // 2 + 3)
    values, marks = image[middle].astype(float), labels[middle]
    canal, disc, bone = (eroded(marks == mark) for mark in (4, 2, 1))
    csf = np.percentile(values[canal], 75)
    # Subcutaneous fat: bright tissue at least 25 mm behind the canal, in the rows of the canal.
    rows = np.where((marks == 4).any(axis=(0, 2)))[0]
    rear = np.where((marks == 4).any(axis=(0, 1)))[0].max() + int(25 / zooms[2])
    behind = values[:, rows.min():rows.max(), rear:]
    fat = np.percentile(behind[behind > 0.15 * csf], 75) if (behind > 0.15 * csf).any() else np.nan
    muscle = np.percentile(behind[behind > 0.03 * csf], 10) if behind.size else np.nan
    # Sharpness: steepest slope between bone and canal along each row, relative to the step, per mm.
    slopes = []
    for plane, mark in zip(values, marks):
        for row in rows[::4]:
            edge = np.where(mark[row] == 4)[0]
            if len(edge) == 0 or edge[0] < 6:
                continue
            profile = plane[row, edge[0] - 6:edge[0] + 7]
            step = profile.max() - profile.min()
            if step > 0.3 * csf:
                slopes.append(np.abs(np.diff(profile)).max() / step / zooms[2])
    # Noise: SD of second differences within bone, where the tissue varies least from voxel to voxel.
    second = values[:, :, 2:] - 2 * values[:, :, 1:-1] + values[:, :, :-2]
    grain = np.median(np.abs(second[bone[:, :, 1:-1]])) / 0.6745 / np.sqrt(6)
    return {
        "disc / CSF": np.median(values[disc]) / csf,
        "marrow / CSF": np.median(values[bone]) / csf,
        "fat / CSF": fat / csf,
        "muscle / CSF": muscle / csf,
        "marrow / fat": np.median(values[bone]) / fat,
        "edge, 1/mm": np.median(slopes) if slopes else np.nan,
        "grain / CSF": grain / csf,
    }


def main():
    ours, our_labels, folder = Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3])
    image = canonical(ours)
    labels = onto(canonical(our_labels), image)
    mine = measures(image.get_fdata(), labels, image.header.get_zooms())
    real, images = [], []
    for path in sorted(folder.glob("*_image.nii.gz")):
        other, marks = canonical(path), canonical(str(path).replace("_image", "_label"))
        images.append((path.name[:3], other))
        real.append(measures(other.get_fdata(), np.asarray(marks.dataobj), other.header.get_zooms()))
    print(f"{'':14} {'ours':>7} {'real: min':>12} {'max':>7}")
    outside = 0
    for name, value in mine.items():
        range_ = [r[name] for r in real]
        low, high = np.nanmin(range_), np.nanmax(range_)
        good = low / 1.2 <= value <= high * 1.2
        outside += not good
        print(f"{name:14} {value:7.3f} {low:12.3f} {high:7.3f}  {'' if good else 'outside'}")
    if len(sys.argv) > 4:
        draw(sys.argv[4], [("ours", image)] + images)
    sys.exit(1 if outside else 0)


def draw(path, pictures):
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(pictures), figsize=(4 * len(pictures), 6))
    for axis, (title, image) in zip(axes, pictures):
        data = image.get_fdata()
        axis.imshow(data[data.shape[0] // 2], cmap="gray", vmin=0, vmax=np.percentile(data, 99.3))
        axis.set_title(title)
        axis.axis("off")
    figure.tight_layout()
    figure.savefig(path, dpi=70)


if __name__ == "__main__":
    main()
