//! A virtual MRI scanner: sequences, signal equations, coils, k-space, noise.
//!
//! ```
//! use geometry::{Grid, PatientPosition, Volume};
//! use randomness::Stream;
//! use scanner::{Protocol, Subject, Substance, acquire, localizer};
//!
//! /// A ball of water, 40 mm in radius, at the isocentre.
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
//! let images = acquire(&Ball, &protocol.scanner(), &protocol.localizer.series, &axial, &[], &Stream::from_seed(1));
//! assert!(images.data[[4, 128, 128]] > 10.0 * images.data[[4, 10, 10]]);
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`substance`], [`subject`] | what can be scanned, and what the scanner sees of it |
//! | [`sequence`] | pulse sequences and their signal equations |
//! | [`series`], [`stack_geometry`], [`protocol`] | how a series is scanned, how large its stack is, all series of an examination |
//! | [`mod@localizer`] | the three planes at the isocentre |
//! | [`coil`], [`mod@scanner`] | the machine |
//! | [`mod@acquire`] | one series, from the subject to magnitude images |

pub mod acquire;
mod bias;
pub mod coil;
mod k_space;
pub mod localizer;
mod patient;
pub mod protocol;
mod saturation;
pub mod scanner;
pub mod sequence;
pub mod series;
pub mod stack_geometry;
pub mod subject;
pub mod substance;
mod texture;

pub use acquire::acquire;
pub use coil::Coil;
pub use localizer::localizer;
pub use protocol::{LocalizerProtocol, Protocol, ProtocolError};
pub use scanner::Scanner;
pub use sequence::Sequence;
pub use series::{SeriesError, SeriesProtocol};
pub use stack_geometry::StackGeometry;
pub use subject::Subject;
pub use substance::Substance;
