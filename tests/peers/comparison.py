"""Recomputes the rows of compare.json from both runs' cases.parquet with SciPy: means, exact rates, Holm's adjustment.

    python tests/peers/comparison.py BASELINE CANDIDATE COMPARED
"""

import json
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

# Columns whose mean a metric of discs is, and whether only their size counts.
DISCS = {
    "plan.disc_angle_deg": ("plan.disc_angle_deg", False),
    "plan.disc_centre_mm": ("plan.disc_centre_mm", False),
    "plan.sagittal_tilt_deg": ("plan.signed_sagittal_tilt_deg", True),
    "plan.coronal_tilt_deg": ("plan.signed_coronal_tilt_deg", True),
    "plan.slice_centre_mm": ("plan.signed_slice_centre_mm", True),
}


def main(baseline, candidate, compared):
    rows = json.loads((Path(compared) / "compare.json").read_text())["metrics"]
    tables = [pd.read_parquet(Path(folder) / "cases.parquet") for folder in (baseline, candidate)]
    checked = 0
    p_values, adjusted = [], []
    for row in rows:
        if row["p_holm"] is not None:
            adjusted.append(row["p_holm"])
        name, _, level = row["metric"].partition("@")
        if name in DISCS and row["statistic"] == "mean":
            before, after = (patients(table, *DISCS[name], level) for table in tables)
            both = before.index.intersection(after.index)
            change = after[both] - before[both]
            close(row["difference"], change.mean(), row)
            test = stats.ttest_1samp(change, 0.0)
            low, high = test.confidence_interval(0.95)
            close(row["ci95"][0], low, row)
            close(row["ci95"][1], high, row)
            p_values.append((row["p_holm"], test.pvalue))
            checked += 3
        if name == "plan.silent_failure_rate":
            before, after = (patients(table, name, False, "") for table in tables)
            change = after - before
            worse, better = change.clip(lower=0).sum(), (-change).clip(lower=0).sum()
            limits = [exact(count, len(change)) for count in (worse, better)]
            close(row["ci95"][0], limits[0][0] - limits[1][1], row)
            close(row["ci95"][1], limits[0][1] - limits[1][0], row)
            checked += 2
    # Holm: an adjusted probability is at least the own one, at most the own one times the number of rows.
    for found, own in p_values:
        assert own - 1e-9 <= found <= min(1.0, own * len(adjusted)) + 1e-9, (found, own)
        checked += 1
    print(f"  {checked} figures agree")


def patients(table, column, size, level):
    """Each patient's mean over discs and repeats of the automated arm."""
    rows = table[(table["arm"] == "automated") & table[column].notna()]
    if level:
        rows = rows[rows["structure"] == level]
    values = rows[column].astype(float)
    values = values.abs() if size else values
    return values.groupby([rows["scenario"], rows["case"]]).mean()


def exact(count, patients):
    """Clopper and Pearson; one-sided where all or none did."""
    one_sided = 1 - 0.05 ** (1 / patients)
    if count == 0:
        return 0.0, one_sided
    if count == patients:
        return 1 - one_sided, 1.0
    low = stats.beta.ppf(0.025, count, patients - count + 1)
    return low, stats.beta.ppf(0.975, count + 1, patients - count)


def close(found, expected, row):
    assert np.isclose(found, expected, rtol=1e-6, atol=1e-8), (row, expected)


if __name__ == "__main__":
    main(*sys.argv[1:])
