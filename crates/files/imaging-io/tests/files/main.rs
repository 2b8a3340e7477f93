//! Files written and read, as the programs on either side see them.

mod dicom_refusals;
mod patient_positions;
mod round_trips;
mod segmentation_and_report;
mod support;
