"""Recomputes the figures of run.json from cases.parquet with pandas and pingouin, and errors of planes from centres and normals.

    python tests/peers/run_figures.py RUN_DIR
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin


def main(folder):
    folder = Path(folder)
    manifest = json.loads((folder / "run.json").read_text())
    rows = pd.read_parquet(folder / "cases.parquet")
    compared = 0
    for arm, figures in manifest["by_arm"].items():
        of_arm = rows[rows["arm"] == arm]
        discs = of_arm[of_arm["record"] == "disc"]
        # A column that a metric reads bears its name; a structure's name goes before the unit.
        columns = {name: of_arm[name] for name in of_arm.columns if name in figures or name.startswith("plan.disc_")}
        for name in ["dice", "surface_mm", "surface_mean_mm", "calibration"]:
            family, unit = (name[:-3], "_mm") if name.endswith("_mm") else (name, "")
            for structure in ["vertebra", "disc", "sacrum", "canal"]:
                of_structure = of_arm[(of_arm["record"] == "structure") & (of_arm["structure"] == structure)]
                columns[f"{family}.{structure}{unit}"] = of_structure[name]
        for name in ["sagittal_tilt_deg", "coronal_tilt_deg", "slice_centre_mm", "sagittal_centre_mm"]:
            columns[f"plan.{name}"] = of_arm[f"plan.signed_{name}"].abs()
        for metric, column in columns.items():
            values = column.dropna().astype(float)
            if metric not in figures:
                assert values.empty, f"{arm} {metric} is missing"
                continue
            for statistic, value in [("n", len(values)), ("mean", values.mean()), ("median", values.median()), ("max", values.max())]:
                assert np.isclose(figures[metric][statistic], value, rtol=1e-9), (arm, metric, statistic)
                compared += 1
        compared += compare_icc(arm, discs, figures)
        compared += recompute(of_arm)
    print(f"  {compared} figures agree")


def recompute(rows):
    """Errors of planes from the centres and normals of their rows, by vector algebra alone."""

    def xyz(table, what, unit=""):
        return table[[f"{what}_{axis}{unit}" for axis in "xyz"]].to_numpy(float, copy=True)

    compared = 0
    kinds = {
        "disc": ("plan.disc_angle_deg", "plan.signed_slice_centre_mm"),
        "sagittal-stack": ("plan.sagittal_angle_deg", "plan.signed_sagittal_centre_mm"),
    }
    for record, (angle, offset) in kinds.items():
        table = rows[rows["record"] == record]
        true, centre, normal = xyz(table, "truth.centre", "_mm"), xyz(table, "group.centre", "_mm"), xyz(table, "group.normal")
        level = xyz(table, "level.centre", "_mm")
        # Without a group a disc's errors are those of its level.
        alone = np.isnan(centre[:, 0])
        centre[alone], normal[alone] = level[alone], xyz(table, "level.normal")[alone]
        head = xyz(table, "truth.normal")
        angles = np.degrees(np.arctan2(np.linalg.norm(np.cross(normal, head), axis=1), np.abs((normal * head).sum(axis=1))))
        expected = {angle: angles, offset: ((centre - true) * head).sum(axis=1)}
        if record == "disc":
            expected["plan.disc_centre_mm"] = np.linalg.norm(level - true, axis=1)
        for name, values in expected.items():
            assert np.allclose(table[name].to_numpy(float), values, atol=1e-9, equal_nan=True), name
            compared += int(np.isfinite(values).sum())
    return compared


def compare_icc(arm, discs, figures):
    """ICC(2,1) of the planned tilt over the discs that every observer planned."""
    if "agreement.icc" not in figures:
        return 0
    discs = discs.dropna(subset=["level.sagittal_tilt_deg"]).copy()
    discs["target"] = discs["scenario"] + " " + discs["case"].astype(str) + " " + discs["structure"]
    observers = discs["observer"].nunique()
    complete = discs.groupby("target").filter(lambda group: group["observer"].nunique() == observers)
    table = pingouin.intraclass_corr(complete, targets="target", raters="observer", ratings="level.sagittal_tilt_deg")
    # Older versions name the row ICC2, newer ones ICC(A,1).
    icc = table[table["Type"].isin(["ICC2", "ICC(A,1)"])].iloc[0]
    assert np.isclose(figures["agreement.icc"]["mean"], icc["ICC"], atol=1e-6), (arm, figures["agreement.icc"]["mean"], icc["ICC"])
    return 1


if __name__ == "__main__":
    main(*sys.argv[1:])
