"""Compares our intraclass correlations and their intervals with pingouin's (pip install pingouin).

    cargo build --release --workspace --example agreement_json
    agreement_pingouin.py target/release/examples/agreement_json

Exit status 0 if all agree: estimates within 1e-3 and intervals within 0.01 (pingouin rounds them).
"""

import json
import subprocess
import sys

import numpy as np
import pandas as pd
import pingouin

SHROUT_FLEISS = np.array([[9, 2, 5, 8], [6, 1, 3, 2], [8, 4, 6, 8], [7, 1, 2, 6], [10, 5, 6, 9], [6, 2, 4, 7]], float)


def ours(table):
    text = "\n".join(" ".join(repr(float(x)) for x in row) for row in table)
    return json.loads(subprocess.run([sys.argv[1]], input=text, capture_output=True, text=True, check=True).stdout)


def theirs(table):
    rows = [(i, j, x) for i, row in enumerate(table) for j, x in enumerate(row)]
    data = pd.DataFrame(rows, columns=["subject", "observer", "x"])
    found = pingouin.intraclass_corr(data, targets="subject", raters="observer", ratings="x")
    interval = "CI95%" if "CI95%" in found.columns else "CI95"
    # Older versions name the single-measurement rows ICC1, ICC2, ICC3; newer ones ICC(1,1), ICC(A,1), ICC(C,1).
    names = {"ICC(1,1)": "ICC1", "ICC(A,1)": "ICC2", "ICC(C,1)": "ICC3"}
    return {names.get(row["Type"], row["Type"]): [row["ICC"], *row[interval]] for _, row in found.iterrows()}


def tables():
    yield "Shrout & Fleiss 1979", SHROUT_FLEISS
    rng = np.random.default_rng(1)
    for subjects, observers, noise in [(24, 6, 1.0), (60, 6, 3.0), (12, 2, 5.0), (8, 3, 20.0)]:
        truth, bias = rng.normal(15, 12, (subjects, 1)), rng.normal(0, 1, (1, observers))
        yield f"{subjects} × {observers}, noise {noise}", truth + bias + rng.normal(0, noise, (subjects, observers))


def main():
    agreed = True
    for name, table in tables():
        mine, peer = ours(table), theirs(table)
        for kind in ["ICC1", "ICC2", "ICC3"]:
            differences = np.abs(np.array(mine[kind]) - np.array(peer[kind], float))
            good = differences[0] < 1e-3 and differences[1:].max() < 0.01
            agreed &= bool(good)
            print(f"{'agrees ' if good else 'DIFFERS'} {name:24} {kind} ours {np.round(mine[kind], 4)} pingouin {peer[kind]}")
    return 0 if agreed else 1


if __name__ == "__main__":
    sys.exit(main())
