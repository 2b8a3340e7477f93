//! One file a verb, or a family of them.

pub mod console;
mod derived_dicom;
pub mod eval;
pub mod help;
pub mod model_card;
pub mod phantom;
mod phantom_sheet;
pub mod plan;
pub mod run;
pub mod runs;
pub mod scan;
pub mod segment;
pub mod train;
