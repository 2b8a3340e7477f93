//! Reading and writing of images: NIfTI, DICOM and PNG.
//!
//! ```
//! use geometry::{Grid, Point, Volume};
//! use imaging_io::picture::{SliceView, Window};
//!
//! let grid = Grid::axis_aligned(Point::origin(), [1.0, 1.0, 4.0], [64, 48, 3]);
//! let volume = Volume::from_fn(grid, |p| p.x as f32);
//! let view = SliceView::of(&volume, 1, Window { low: 0.0, high: 64.0 }, 2.0); // 2 pixels per mm
//! assert_eq!((view.picture.width, view.picture.height), (128, 96));
//! assert!(view.picture.encode_png().starts_with(b"\x89PNG"));
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`nifti_file`] | NIfTI-1 files; converts between LPS here and RAS in the file |
//! | [`dicom_series`] | writes and reads one MR series, classic or enhanced |
//! | [`dicom_segmentation`] | labels as a DICOM segmentation of a series |
//! | [`dicom_report`] | measurements as a DICOM structured report |
//! | [`dicom_element`] | data elements, codes and UIDs |
//! | [`anatomy_codes`] | vertebrae, discs, sacrum and canal in SNOMED CT |
//! | [`image`], [`mod@read_image`] | an image with its source; reads any supported format |
//! | [`picture`] | slices as pictures with labels, planes and captions |
//! | [`error`] | why a file cannot be read or written |
//! | [`whole_file`] | atomic writing of files |

pub mod anatomy_codes;
pub mod dicom_element;
pub mod dicom_report;
pub mod dicom_segmentation;
pub mod dicom_series;
pub mod error;
pub mod image;
pub mod nifti_file;
pub mod picture;
pub mod read_image;
pub mod whole_file;

pub use dicom_element::{Code, is_dicom};
pub use dicom_report::{Measurement, MeasurementGroup, MeasurementReport, write_report};
pub use dicom_segmentation::{Algorithm, Segment, Segmentation, SegmentationError, write_segmentation};
pub use dicom_series::{
    Scanned, SequenceParameters, SeriesHeader, SourceSeries, read_series, write_enhanced, write_series,
};
pub use error::FileError;
pub use image::Image;
pub use nifti_file::{read_nifti, write_nifti};
pub use picture::{Picture, SliceView, Window};
pub use read_image::{ReadError, read_image};
pub use whole_file::{PARTIAL, same_file, write_whole};
