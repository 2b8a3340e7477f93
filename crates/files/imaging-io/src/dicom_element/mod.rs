//! DICOM data elements (PS3.5), codes, UIDs and files.

mod code;
mod elements;
mod file;
mod uid;

pub use code::Code;
pub(crate) use elements::{Elements, item, long_string};
pub use file::is_dicom;
pub(crate) use file::{open, save};
pub use uid::uid;
