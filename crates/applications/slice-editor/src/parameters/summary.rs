//! What a series costs and yields, live beside its parameters.

use geometry::SliceGroup;
use scanner::SeriesProtocol;
use serde::{Deserialize, Serialize};

/// Scan time, voxel, signal-to-noise ratio, SAR.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Duration of the series, s.
    pub scan_time_s: f64,
    /// Extent of a voxel as acquired: along phase encoding, along the readout, through the slice, mm.
    pub voxel_mm: [f64; 3],
    /// Signal-to-noise ratio of the same tissue signal: 1 is what the protocol's own parameters give. What TR and TE
    /// do to the contrast is not in it.
    pub relative_snr: f64,
    /// Whole-body specific absorption rate, W/kg.
    pub sar_w_per_kg: f64,
    /// Passes into which the slices are divided.
    pub passes: usize,
}

impl Summary {
    /// The summary of a series with its slices beside the protocol's own.
    pub fn of(
        (series, group): (&SeriesProtocol, &SliceGroup),
        (own_series, own_group): (&SeriesProtocol, &SliceGroup),
        field_t: f64,
    ) -> Self {
        Self {
            scan_time_s: series.scan_time_s(group),
            voxel_mm: series.voxel_mm(group),
            relative_snr: series.relative_snr(group, field_t) / own_series.relative_snr(own_group, field_t),
            sar_w_per_kg: series.sar_w_per_kg(group, field_t),
            passes: series.passes(group),
        }
    }
}
