"""Recomputes the figures of run.json from cases.parquet with pandas and pingouin, and errors of planes from centres and normals.

    python tests/peers/run_figures.py RUN_DIR
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pingouin


# Signed errors, each with the column that it is the mean of.
BIASES = {
    "plan.sagittal_tilt_bias_deg": "sagittal_tilt_deg",
    "plan.coronal_tilt_bias_deg": "coronal_tilt_deg",
    "plan.slice_offset_bias_mm": "slice_centre_mm",
    "plan.sagittal_offset_bias_mm": "sagittal_centre_mm",
}


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
        for bias, column in BIASES.items():
            columns[bias] = of_arm[f"plan.signed_{column}"]
        for metric, column in columns.items():
            values = column.dropna().astype(float)
            if metric not in figures:
                assert values.empty, f"{arm} {metric} is missing"
                continue
            for statistic, value in [("n", len(values)), ("mean", values.mean()), ("median", values.median()), ("max", values.max())]:
                assert np.isclose(figures[metric][statistic], value, rtol=1e-9, atol=1e-12), (arm, metric, statistic)
                compared += 1
            if f"{metric}@L5/S1" in figures:
                of_level = values[of_arm.loc[values.index, "structure"] == "L5/S1"]
                assert np.isclose(figures[f"{metric}@L5/S1"]["mean"], of_level.mean(), rtol=1e-9, atol=1e-12), (arm, metric)
                compared += 1
        compared += compare_agreement(arm, discs, figures)
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


def compare_agreement(arm, discs, figures):
    """ICC and between-observer SD of the planned tilt: at each level with pingouin, over all levels by sums of squares."""
    tilt = "level.sagittal_tilt_deg"
    discs = discs.dropna(subset=[tilt]).copy()
    discs["patient"] = discs["scenario"] + " " + discs["case"].astype(str)
    discs["target"] = discs["patient"] + " " + discs["structure"]
    compared = 0

    def complete(table):
        """The discs that every observer planned who planned one of them with another."""
        several = table.groupby("target").filter(lambda group: group["observer"].nunique() >= 2)
        observers = several["observer"].nunique()
        return several.groupby("target").filter(lambda group: group["observer"].nunique() == observers)

    def agrees(name, expected):
        found = figures[name]["mean"]
        assert np.isclose(found, expected, atol=1e-6), (arm, name, found, expected)
        return 1

    for level, at_level in discs.groupby("structure"):
        if f"agreement.icc@{level}" in figures:
            table = pingouin.intraclass_corr(complete(at_level), targets="target", raters="observer", ratings=tilt)
            # Older versions name the row ICC2, newer ones ICC(A,1).
            compared += agrees(f"agreement.icc@{level}", table[table["Type"].isin(["ICC2", "ICC(A,1)"])].iloc[0]["ICC"])
    if "agreement.icc" in figures:
        compared += agrees("agreement.icc", icc_within_levels(complete(discs), tilt))
    if "agreement.angle_sd_deg" in figures:
        variances = discs.groupby("target")[tilt].var(ddof=1).dropna()
        compared += agrees("agreement.angle_sd_deg", np.sqrt(variances.mean()))
    return compared


def icc_within_levels(discs, tilt):
    """Patients' part of the variance in: tilt = level (fixed) + patient's disc + observer + residual."""
    table = discs.pivot(index=["structure", "target"], columns="observer", values=tilt)
    subjects, observers = table.shape
    values, own = table.to_numpy(), table.mean(axis=1)
    between = ((own - own.groupby("structure").transform("mean")) ** 2).sum()
    of_observers = ((values.mean(axis=0) - values.mean()) ** 2).sum()
    residuals = values - values.mean(axis=1, keepdims=True) - values.mean(axis=0) + values.mean()
    residual = (residuals**2).sum() / ((subjects - 1) * (observers - 1))
    levels = own.index.get_level_values("structure").nunique()
    patient = (observers * between / (subjects - levels) - residual) / observers
    observer = (subjects * of_observers / (observers - 1) - residual) / subjects
    return patient / (patient + observer + residual)


if __name__ == "__main__":
    main(*sys.argv[1:])
