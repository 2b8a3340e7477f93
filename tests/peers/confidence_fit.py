#!/usr/bin/env python3
r"""Fits the confidence of a level to the accuracy of measured discs (crates/vision/planner/src/confidence.rs).

    sed s/adult-lumbar/training-wide/ scenarios/lumbar-routine.toml >wide.toml
    measured_discs models/lumbar-vnet 7500312 wide.toml \
        scenarios/{degenerative-clinic,post-operative,restless,worn-machine}.toml >discs.csv
    confidence_fit.py discs.csv

Prints the maximum-likelihood intercept and slope of the residual with the other terms fixed, the Brier score of the
confidences in the CSV and of the fitted ones, and the fraction of right discs by confidence, before and after.
"""
import csv
import sys

import numpy as np
from scipy.optimize import minimize

# A disc is wrong beyond these limits, as in plan.confidence_brier.
WRONG_DEG, WRONG_MM = 5.0, 5.0
# Residuals below this have no effect, mm.
FLAT_MM = 0.5


def other_terms(row):
    """The terms of the logit with fixed coefficients."""
    probability, height, depth, width = (float(row[name]) for name in ("probability", "height", "depth", "width"))
    return (
        -10.0 * max(0.85 - probability, 0.0)
        - 0.4 * max(5.0 - height, 0.0)
        - 0.15 * max(26.0 - depth, 0.0)
        - 0.15 * max(32.0 - width, 0.0)
    )


def reliability(confidence, right):
    """Number of discs and fraction of right ones, by confidence."""
    edges = [0.0, 0.5, 0.8, 0.95, 0.99, 1.001]
    for low, high in zip(edges, edges[1:]):
        inside = (confidence >= low) & (confidence < high)
        fraction = f"{right[inside].mean():.3f} right, {confidence[inside].mean():.3f} expected" if inside.any() else ""
        print(f"  {low:.2f} to {min(high, 1):.2f}: {inside.sum():4d} discs  {fraction}")


def main():
    with open(sys.argv[1], newline="", encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    excess = np.array([max(float(row["residual"]) - FLAT_MM, 0.0) for row in rows])
    others = np.array([other_terms(row) for row in rows])
    right = np.array([float(row["angle"]) <= WRONG_DEG and float(row["centre"]) <= WRONG_MM for row in rows])
    before = np.array([float(row["confidence"]) for row in rows])

    def logit(parameters):
        return parameters[0] - parameters[1] * excess + others

    def negative_log_likelihood(parameters):
        return np.logaddexp(0.0, np.where(right, -1.0, 1.0) * logit(parameters)).sum()

    fit = minimize(negative_log_likelihood, [4.0, 10.0], method="Nelder-Mead").x
    after = 1.0 / (1.0 + np.exp(-logit(fit)))
    print(f"{len(rows)} discs, {(~right).sum()} wrong: intercept {fit[0]:.2f}, slope {fit[1]:.1f} per mm")
    for name, confidence in (("current", before), ("fitted", after)):
        print(f"{name}: Brier {((confidence - right) ** 2).mean():.4f}")
        reliability(confidence, right)


main()
