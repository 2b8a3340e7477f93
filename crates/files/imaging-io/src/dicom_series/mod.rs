//! Writes and reads one MR series (DICOM PS3.3 A.4, A.36), classic or enhanced.
//!
//! | file | what it holds |
//! | --- | --- |
//! | `attributes` | the attributes of a series besides its pixels |
//! | `identifiers` | UIDs, which follow from the content |
//! | `modules`, `plane`, `pixels` | the parts that classic and enhanced images share |
//! | `write`, `enhanced`, `functional_groups` | MR Image Storage and Enhanced MR Image Storage |
//! | `slice`, `stack`, `read` | reading: frames, their assembly into a volume, folders and files |
//! | `source` | the series that derived objects refer to |

mod attributes;
mod enhanced;
pub(crate) mod functional_groups;
mod identifiers;
pub(crate) mod modules;
mod pixels;
pub(crate) mod plane;
mod read;
mod slice;
mod source;
mod stack;
mod write;

pub use attributes::{Scanned, SequenceParameters, SeriesHeader};
pub use enhanced::write_enhanced;
pub use read::read_series;
pub use source::{SourceImage, SourceSeries};
pub use write::write_series;

/// Larmor frequency of hydrogen in water, γ/2π, MHz per tesla (CODATA 2018).
const LARMOR_MHZ_PER_T: f64 = 42.577_478;
