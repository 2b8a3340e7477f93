//! A virtual MRI scanner: sequences, signal equations, coils, k-space, artefacts, noise.
//!
//! ```
//! use geometry::{Grid, PatientPosition, Volume};
//! use randomness::Stream;
//! use scanner::{Protocol, Saturation, Subject, Substance, acquire, localizer};
//!
//! /// A sphere of water, 40 mm in radius, at the isocentre.
//! struct Ball;
//!
//! impl Subject for Ball {
//!     fn substances(&self, _field_t: f64) -> Vec<Substance> {
//!         vec![Substance::AIR, Substance::water(4000.0, 1500.0, 1.0)]
//!     }
//!     fn rasterize(&self, grid: &Grid) -> Volume<u8> {
//!         Volume::from_fn(grid.clone(), |p| u8::from(p.coords.norm() < 40.0))
//!     }
//!     fn position(&self) -> PatientPosition {
//!         PatientPosition::HeadFirstSupine
//!     }
//!     fn texture_seed(&self) -> u64 {
//!         0
//!     }
//! }
//!
//! let protocol = Protocol::builtin("lumbar-1.5t").expect("ships with the crate");
//! let [_, _, axial] = localizer(&protocol);
//! let series = &protocol.localizer.series;
//! let images = acquire(&Ball, &protocol.scanner(), series, &axial, &Saturation::default(), &Stream::from_seed(1));
//! assert!(images.data[[4, 128, 128]] > 10.0 * images.data[[4, 10, 10]]);
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`substance`], [`subject`], [`implant`] | what can be scanned, and its MR properties |
//! | [`sequence`], [`fat_suppression`] | pulse sequences and their signal equations; fat saturation and Dixon |
//! | [`series`], [`series_error`], [`protocol`] | the parameters of a series; all series of an examination and the sizes of their stacks |
//! | [`mod@localizer`] | the three planes at the isocentre |
//! | [`coil`], [`mod@scanner`], [`faults`] | the scanner and its faults |
//! | [`saturation`] | saturation bands and crossing slices |
//! | [`mod@acquire`] | one series, from the subject to magnitude images |
//! | `encoding`, `ordering`, `slot`, `k_space` | lines of k-space: which there are, when each is acquired, how tissue and motion weight it, and reconstruction |
//! | `object`, `field`, `shading`, `texture`, `bias`, `motion` | the subject and the conditions during one series |

pub mod acquire;
mod bias;
pub mod coil;
mod encoding;
pub mod fat_suppression;
pub mod faults;
mod field;
pub mod implant;
mod k_space;
pub mod localizer;
mod motion;
mod object;
mod ordering;
mod patient;
pub mod protocol;
pub mod saturation;
pub mod scanner;
pub mod sequence;
pub mod series;
pub mod series_error;
mod shading;
mod slot;
pub mod subject;
pub mod substance;
mod texture;

pub use acquire::{acquire, movement};
pub use coil::Coil;
pub use fat_suppression::DixonImage;
pub use faults::Faults;
pub use implant::Implant;
pub use localizer::localizer;
pub use protocol::{FurtherSeries, LocalizerProtocol, Protocol, ProtocolError, SaturationBandRule};
pub use saturation::Saturation;
pub use scanner::Scanner;
pub use sequence::Sequence;
pub use series::SeriesProtocol;
pub use series_error::SeriesError;
pub use subject::Subject;
pub use substance::{FatPool, Substance};
