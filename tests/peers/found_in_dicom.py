"""The DICOM output of `plumbline segment` and `plumbline plan` agrees with their NIfTI and JSON output.

    python tests/peers/found_in_dicom.py SEG.dcm LABELS.nii.gz REPORT.dcm PLAN.json
"""

import json
import sys

import highdicom
import nibabel

from dicom_objects import segmentation


def main(segmented, labels, report, plan):
    segmentation(segmented, nibabel.load(labels))
    levels = json.load(open(plan))["levels"]
    groups = highdicom.sr.srread(report).content.get_image_measurement_groups()
    assert [g.tracking_identifier for g in groups] == [level["label"] for level in levels] != []
    for group, level in zip(groups, levels):
        found = {m.name.value: m.value for m in group.get_measurements()}
        centre = [found[f"DISC-CENTRE-{axis}"] for axis in "XYZ"]
        assert max(abs(a - b) for a, b in zip(centre, level["centre"])) < 1e-9, (centre, level)
        assert abs(found["122157"] - level["confidence"]) < 1e-9
    print(f"  the same labels, and {len(levels)} levels at the positions of the plan")


if __name__ == "__main__":
    main(*sys.argv[1:])
