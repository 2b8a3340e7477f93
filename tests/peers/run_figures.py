"""Recomputes the figures of run.json from cases.parquet with pandas and pingouin.

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
        discs = of_arm[of_arm["structure"].str.contains("/")]
        columns = {
            "plan.disc_angle_deg": discs["angle_deg"],
            "plan.disc_centre_mm": discs["centre_mm"],
            "label.identification_rate": discs["identified"],
            **{f"dice.{name}": of_arm[of_arm["structure"] == name]["dice"] for name in ["vertebra", "disc", "sacrum", "canal"]},
        }
        for metric, column in columns.items():
            values = column.dropna().astype(float)
            if metric not in figures:
                assert values.empty, f"{arm} {metric} is missing"
                continue
            for statistic, value in [("n", len(values)), ("mean", values.mean()), ("median", values.median()), ("max", values.max())]:
                assert np.isclose(figures[metric][statistic], value, rtol=1e-9), (arm, metric, statistic)
                compared += 1
        compared += compare_icc(arm, discs, figures)
    print(f"  {compared} figures agree")


def compare_icc(arm, discs, figures):
    """ICC(2,1) of the planned tilt over the discs that every observer planned."""
    if "agreement.icc" not in figures:
        return 0
    discs = discs.dropna(subset=["planned_sagittal_tilt_deg"]).copy()
    discs["target"] = discs["scenario"] + " " + discs["case"].astype(str) + " " + discs["structure"]
    observers = discs["observer"].nunique()
    complete = discs.groupby("target").filter(lambda group: group["observer"].nunique() == observers)
    table = pingouin.intraclass_corr(complete, targets="target", raters="observer", ratings="planned_sagittal_tilt_deg")
    # Older versions name the row ICC2, newer ones ICC(A,1).
    icc = table[table["Type"].isin(["ICC2", "ICC(A,1)"])].iloc[0]
    assert np.isclose(figures["agreement.icc"]["mean"], icc["ICC"], atol=1e-6), (arm, figures["agreement.icc"]["mean"], icc["ICC"])
    return 1


if __name__ == "__main__":
    main(*sys.argv[1:])
