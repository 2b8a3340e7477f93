"""The same scan as DICOM (read by pydicom) and as NIfTI (read by nibabel) has the same geometry and values.

    python tests/peers/image_geometry.py DICOM_FOLDER NIFTI_FOLDER POSITION
"""

import sys
from pathlib import Path

import nibabel
import numpy as np
import pydicom


def affine_of(slices):
    """Index (column, row, slice) to LPS mm, from the first and last slice (PS3.3 C.7.6.2.1.1)."""
    first, last = slices[0], slices[-1]
    row, column = np.split(np.array(first.ImageOrientationPatient, float), 2)
    origin = np.array(first.ImagePositionPatient, float)
    step = (np.array(last.ImagePositionPatient, float) - origin) / max(len(slices) - 1, 1)
    affine = np.eye(4)
    affine[:3, 0] = row * float(first.PixelSpacing[1])
    affine[:3, 1] = column * float(first.PixelSpacing[0])
    affine[:3, 2] = step
    affine[:3, 3] = origin
    return affine


def main(dicom_folder, nifti_folder, expected_position):
    compared = 0
    for folder in sorted(path for path in Path(dicom_folder).iterdir() if path.is_dir()):
        slices = sorted((pydicom.dcmread(file) for file in folder.glob("*.dcm")), key=lambda s: int(s.InstanceNumber))
        nifti = nibabel.load(Path(nifti_folder) / f"{folder.name}.nii.gz")
        to_ras = np.diag([-1.0, -1.0, 1.0, 1.0])
        for name, affine in [("sform", nifti.get_sform()), ("qform", nifti.get_qform())]:
            difference = np.abs(to_ras @ affine_of(slices) - affine).max()
            assert difference < 2e-4, f"{folder.name}: {name} differs by {difference} mm"
        stored = np.stack([s.pixel_array * float(s.RescaleSlope) + float(s.RescaleIntercept) for s in slices])
        values = np.asarray(nifti.dataobj).transpose(2, 1, 0)
        step = float(slices[0].RescaleSlope)
        assert np.abs(stored - np.maximum(values, 0)).max() <= step, f"{folder.name}: values differ by more than one grey level"
        position = {s.PatientPosition for s in slices}
        assert position == {expected_position}, position
        compared += 1
    assert compared >= 9, f"only {compared} series were compared"
    print(f"  {expected_position}: {compared} series, sform and qform within 2e-4 mm, values within one grey level")


if __name__ == "__main__":
    main(*sys.argv[1:])
