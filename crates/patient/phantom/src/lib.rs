//! Lumbar spines as implicit solids, sampled from population statistics.
//!
//! A [`Population`] gives [`SpineParameters`], these build a [`Spine`], and a [`Positioning`] lays it on
//! the table as a [`PatientOnTable`], which can be rasterized on any grid and has its own truth.
//!
//! ```
//! use std::sync::Arc;
//!
//! use geometry::{Grid, Point, Structure};
//! use phantom::{PatientOnTable, Population, Positioning, Spine};
//! use randomness::Stream;
//!
//! let parameters = Population::adult_lumbar().sample(&Stream::from_seed(7));
//! let spine = Spine::build(&parameters, true).expect("drawn sizes are anatomical");
//! let patient = PatientOnTable::new(Arc::new(spine), Positioning::default());
//!
//! // The voxel in the middle of a disc is labelled as disc.
//! let truth = patient.truth();
//! let middle = truth.discs[6].labelled.plane.centre;
//! let labels = patient.structures(&Grid::axis_aligned(middle, [1.0; 3], [1, 1, 1]));
//! assert_eq!(labels.data[[0, 0, 0]], Structure::Disc.label());
//! ```
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`population`], `statistics`, `prevalence`, `sampling` | a population file, its tables, one draw from them |
//! | [`individual`] | a named phantom's file |
//! | [`parameters`], `limits` | all parameters of one spine, and their limits |
//! | [`findings`], `applied_findings` | findings that a radiologist would report, and how they change sizes |
//! | `variants` | the same person with four or six lumbar vertebrae, or at another scale |
//! | `column` | the frames of vertebrae, discs and sacrum along the spine |
//! | `anatomy` | solids by region, from the contents of the canal to the skin |
//! | `shape`, `solid`, `rasterize` | primitives, their unions, and their voxels |
//! | [`tissue`], [`material`] | relaxation times, and one patient's tissues by structure |
//! | [`spine`], [`truth`], [`grading`] | the built spine, its truth, and its radiological grades |
//! | [`positioning`], [`motion`], [`patient`] | how a patient lies and moves; the patient on the table |

mod anatomy;
mod applied_findings;
mod column;
pub mod findings;
pub mod grading;
pub mod individual;
mod limits;
pub mod material;
pub mod motion;
pub mod parameters;
pub mod patient;
pub mod population;
pub mod positioning;
mod prevalence;
mod rasterize;
mod sampling;
mod shape;
mod solid;
pub mod spine;
mod statistics;
pub mod tissue;
pub mod truth;
mod variants;

pub use findings::Findings;
pub use grading::LevelTruth;
pub use individual::{Individual, IndividualError};
pub use limits::AnatomyError;
pub use material::Material;
pub use motion::Motion;
pub use parameters::SpineParameters;
pub use patient::PatientOnTable;
pub use population::{Population, PopulationError};
pub use positioning::{Positioning, PositioningDistribution, PositioningError};
pub use spine::Spine;
pub use tissue::{Relaxation, Tissue};
pub use truth::{DiscTruth, Measurements, SpineTruth, VertebraTruth};
