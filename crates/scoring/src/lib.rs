//! Positioning accuracy, overlap, agreement and latency statistics.
