//! Wall-clock time by stage.

use super::NO_LIMIT;
use crate::metrics::{Better, Metric, Source};

const LATENCY_WHY: &str = "The patient lies in the bore while the computer thinks.";

/// From the phantom to the ready plan; the order is that of the stages.
pub(super) static LATENCY: [Metric; 8] = [
    Metric {
        name: "latency.synthesize_ms",
        title: "Time to build the phantom",
        what: "Wall-clock time to build the phantom.",
        why: "Cost of the harness, not of the planner.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Attempt(|attempt| attempt.timings.synthesize_ms),
    },
    Metric {
        name: "latency.acquire_ms",
        title: "Time to simulate the localizer",
        what: "Wall-clock time to simulate the localizer.",
        why: "Cost of the harness, not of the planner.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 100.0,
        source: Source::Attempt(|attempt| attempt.timings.acquire_ms),
    },
    Metric {
        name: "latency.segment_ms",
        title: "Time to segment",
        what: "Wall-clock time of the segmentation.",
        why: LATENCY_WHY,
        limit: "1100 ms is the published system's (Cheng 2026).",
        better: Better::Lower,
        margin: 50.0,
        source: Source::Attempt(|attempt| attempt.timings.segment_ms),
    },
    Metric {
        name: "latency.label_ms",
        title: "Time to label the levels",
        what: "Wall-clock time from segmentation to labelled discs.",
        why: LATENCY_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Attempt(|attempt| attempt.timings.label_ms),
    },
    Metric {
        name: "latency.count_ms",
        title: "Time to count the vertebrae by the ribs",
        what: "Wall-clock time to count the lumbar vertebrae by the ribs on coronal slices, the segmentation of these included.",
        why: LATENCY_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 50.0,
        source: Source::Attempt(|attempt| attempt.timings.count_ms),
    },
    Metric {
        name: "latency.plan_ms",
        title: "Time to prescribe the slices",
        what: "Wall-clock time from labelled discs to slice groups.",
        why: LATENCY_WHY,
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Attempt(|attempt| attempt.timings.plan_ms),
    },
    Metric {
        name: "latency.check_ms",
        title: "Time to check the acquired series",
        what: "Wall-clock time of the quality checks after the planned series.",
        why: "The technologist waits for the check before the next series.",
        limit: NO_LIMIT,
        better: Better::Lower,
        margin: 20.0,
        source: Source::Attempt(|attempt| attempt.timings.check_ms),
    },
    Metric {
        name: "latency.loop_ms",
        title: "Localizer complete to plan ready",
        what: "Wall-clock time from the complete localizer to the ready plan.",
        why: LATENCY_WHY,
        limit: "Median at most 500 ms on two CPU cores is the target (project choice); 3000 ms is too long.",
        better: Better::Lower,
        margin: 50.0,
        source: Source::Attempt(|attempt| attempt.timings.loop_ms),
    },
];
