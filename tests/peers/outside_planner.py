#!/usr/bin/env python3
"""A run with `crates/vision/planner/examples/outside_planner.py`, which plans without looking at the image: its plan is
accepted and has the expected errors.

    outside_planner.py RUN.json
"""
import json
import sys

run = json.load(open(sys.argv[1]))
figures = run["by_arm"]["automated"]
assert figures["exam.error_rate"]["mean"] == 0.0, "the plan was refused"
assert figures["plan.flagged_rate"]["mean"] == 1.0, "the plan flags itself"
angle = figures["plan.disc_angle_deg"]["median"]
assert 1.0 < angle < 30.0, f"the plan is off by {angle}°"
assert not [warning for warning in run["warnings"] if "axial group" in warning["message"]], "group names"
print(f"ok: the plan's median angle error is {angle:.1f}°")
