//! Files are written and read back.

mod dicom_refusals;
mod patient_positions;
mod round_trips;
mod segmentation_and_report;
mod support;
