"""Segmentation, report and images, read by highdicom, pydicom and dcm2niix, agree with our NIfTI and tables.

    python tests/peers/dicom_objects.py FOLDER      # written by the example dicom_objects of imaging-io
"""

import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import highdicom
import nibabel
import numpy as np
import pydicom

TO_RAS = np.diag([-1.0, -1.0, 1.0, 1.0])
LABELS = {"vertebra": 1, "disc": 2, "sacrum": 3, "canal": 4}
CODES = {"vertebra": "51282000", "disc": "360499006", "sacrum": "54735007", "canal": "61853006"}


def voxels_by_place(affine, values):
    """Positions, mm, and values, sorted by position."""
    index = np.stack(np.meshgrid(*map(np.arange, values.shape), indexing="ij"), -1).reshape(-1, 3)
    places = index @ affine[:3, :3].T + affine[:3, 3]
    order = np.lexsort(np.round(places, 1).T)
    return places[order], values.reshape(-1)[order]


def same_image(name, affine, values, nifti, step=0.0):
    places, read = voxels_by_place(affine, np.asarray(values, float))
    expected_places, expected = voxels_by_place(nifti.affine, np.asarray(nifti.dataobj, float))
    assert read.shape == expected.shape, f"{name}: {read.shape} voxels, NIfTI has {expected.shape}"
    distance = np.abs(places - expected_places).max()
    assert distance < 1e-3, f"{name}: voxel positions differ by {distance} mm"
    difference = np.abs(read - expected).max()
    assert difference <= step, f"{name}: values differ by {difference}"


def segmentation(file, nifti):
    read = highdicom.seg.segread(file)
    assert read.segmentation_type.value == "BINARY"
    values = np.zeros(0)
    for number in read.segment_numbers:
        description = read.get_segment_description(number)
        name = description.segment_label
        assert description.segmented_property_type.value == CODES[name], description.segmented_property_type
        assert description.algorithm_type.value == "AUTOMATIC" and "V-Net" in description.algorithm_identification.name
        volume = read.get_volume(segment_numbers=[number], combine_segments=True, relabel=True, allow_missing_positions=True)
        values = values if values.size else np.zeros(nifti.shape)
        # Slices without the structure are not stored: voxels are assigned by position.
        to_index = np.linalg.inv(nifti.affine) @ TO_RAS @ volume.affine
        index = np.argwhere(volume.array > 0) @ to_index[:3, :3].T + to_index[:3, 3]
        nearest = np.rint(index).astype(int)
        assert np.abs(index - nearest).max() < 1e-3, f"{file}: {name} is not on the voxel grid"
        assert not values[tuple(nearest.T)].any(), f"{file}: {name} overlaps another segment"
        values[tuple(nearest.T)] = LABELS[name]
    labels = np.asarray(nifti.dataobj)
    assert len(np.unique(labels)) == 5, "the labels have every structure"
    wrong = int((values != labels).sum())
    assert wrong == 0, f"{file}: {wrong} voxels differ from the NIfTI labels"
    references = {i.ReferencedSOPInstanceUID for s in read.ReferencedSeriesSequence for i in s.ReferencedInstanceSequence}
    return references, read


def report(file, table):
    read = highdicom.sr.srread(file)
    expected = list(csv.reader(open(table), delimiter="\t"))
    groups = read.content.get_image_measurement_groups()
    found = []
    for group in groups:
        (site,) = group.finding_sites
        for measurement in group.get_measurements():
            found.append([
                group.tracking_identifier, site.value.value, measurement.name.value, measurement.value, measurement.unit.value,
            ])
    assert len(found) == len(expected) > 0, (found, expected)
    for ours, theirs in zip(expected, found):
        assert ours[:3] + ours[4:] == theirs[:3] + theirs[4:], (ours, theirs)
        assert abs(float(ours[3]) - float(theirs[3])) < 1e-9, (ours, theirs)
    assert len({group.tracking_uid for group in groups}) == len(groups)
    return len(groups), {i.ReferencedSOPInstanceUID for e in read.CurrentRequestedProcedureEvidenceSequence
                         for s in e.ReferencedSeriesSequence for i in s.ReferencedSOPSequence}


def converted(folder, nifti):
    with tempfile.TemporaryDirectory() as out:
        done = subprocess.run(["dcm2niix", "-o", out, "-f", "series", "-z", "n", folder], capture_output=True, text=True)
        files = list(Path(out).glob("*.nii"))
        assert len(files) == 1, f"{folder}: dcm2niix made {files}: {done.stdout}{done.stderr}"
        theirs = nibabel.load(files[0])
        values = np.asarray(theirs.dataobj)
        # dcm2niix may flip axes: reorient to ours, then the affines must agree.
        turn = nibabel.orientations.ornt_transform(
            nibabel.io_orientation(theirs.affine), nibabel.io_orientation(nifti.affine))
        affine = theirs.affine @ nibabel.orientations.inv_ornt_aff(turn, theirs.shape)
        difference = np.abs(affine - nifti.affine).max()
        assert difference < 1e-4, f"{folder}: dcm2niix's affine differs by {difference}"
        values = nibabel.orientations.apply_orientation(values, turn)
        ours = np.asarray(nifti.dataobj)
        assert np.abs(values - ours).max() <= ours.max() / 4095, f"{folder}: dcm2niix's values differ"
        return difference


def enhanced(file, nifti):
    image = highdicom.imread(file)
    volume = image.get_volume()
    step = float(np.asarray(nifti.dataobj).max()) / 4095
    same_image(file, TO_RAS @ volume.affine, volume.array, nifti, step)


def positions(folder):
    checked = 0
    for series in sorted(path for path in folder.iterdir() if path.is_dir()):
        slices = [pydicom.dcmread(file) for file in series.glob("*.dcm")]
        assert {s.PatientPosition for s in slices} == {series.name}, series
        bright = []
        for s in slices:
            row, column = np.split(np.array(s.ImageOrientationPatient, float), 2)
            for j, i in np.argwhere(s.pixel_array * float(s.RescaleSlope) > 500):
                place = np.array(s.ImagePositionPatient, float)
                bright.append(place + row * i * float(s.PixelSpacing[1]) + column * j * float(s.PixelSpacing[0]))
        nifti = nibabel.load(folder / f"{series.name}.nii.gz")
        index = np.argwhere(np.asarray(nifti.dataobj) > 500)
        from_nifti = (index @ nifti.affine[:3, :3].T + nifti.affine[:3, 3]) * [-1, -1, 1]
        for name, places in [("DICOM", np.array(bright)), ("NIfTI", from_nifti)]:
            low, high = places.min(0), places.max(0)
            left, front, head = low[0] >= 10 and high[0] <= 40, low[1] >= -30 and high[1] <= -8, low[2] >= 6 and high[2] <= 22
            assert left and front and head, f"{series.name} as {name}: the block extends from {low} to {high}"
        assert len(bright) == len(from_nifti) > 0
        checked += 1
    assert checked == 8, f"{checked} positions"


def main(folder):
    folder = Path(folder)
    series, labels = nibabel.load(folder / "series.nii.gz"), nibabel.load(folder / "labels.nii.gz")
    images = {pydicom.dcmread(file).SOPInstanceUID for file in (folder / "series").glob("*.dcm")}
    references, _ = segmentation(folder / "segmentation.dcm", labels)
    assert references == images, "the segmentation refers to the series' images"
    segmentation(folder / "enhanced-segmentation.dcm", labels)
    print("  segmentations of classic and enhanced images: highdicom reads the voxels of the NIfTI labels")
    groups, references = report(folder / "report.dcm", folder / "measurements.tsv")
    assert references == images, "the report refers to the series' images"
    print(f"  report: highdicom reads {groups} measurement groups with our values")
    enhanced(folder / "enhanced/IM0001.dcm", series)
    print("  enhanced MR: highdicom's volume has our geometry, values within one grey level")
    for name in ["series", "enhanced"]:
        print(f"  dcm2niix of {name}: affine within {converted(folder / name, series):.0e}")
    positions(folder / "positions")
    print("  all eight patient positions: left is left, front is front, head is head, in DICOM and NIfTI")


if __name__ == "__main__":
    main(*sys.argv[1:])
