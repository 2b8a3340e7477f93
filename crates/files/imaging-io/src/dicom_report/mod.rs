//! Measurements as a structured report (DICOM PS3.16 TID 1500, in Comprehensive 3D SR Storage): one measurement
//! group (TID 1501) per disc, with values, units and finding site.

mod content;
mod measurement;
mod template;
mod write;

pub use measurement::{Measurement, MeasurementGroup, MeasurementReport};
pub use write::write_report;
